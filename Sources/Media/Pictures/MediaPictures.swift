import Database
import Kernel
import Web

/// What contents look like, by the hashes of their pages and frames.
package enum MediaPictures {
    /// `nil` before the content was processed, and when it has no pictures. Part of the caller's transaction.
    package static func hashes(of sha256: String, on db: Connection) throws -> PictureHashes? {
        try PictureHashStore(db).find(sha256)
    }
}

extension MediaView {
    /// The quality with the most pixels.
    var widest: DerivedFile? {
        files.filter { $0.mediaType == "video/mp4" && $0.name != "original.mp4" && $0.height > 0 }
            .max { min($0.width, $0.height) < min($1.width, $1.height) }
    }
}

extension MediaFigures {
    /// One of the pictures that were hashed, small: a page, or what stood in a film at the time. Empty when it was not
    /// kept.
    /// - Parameter index: of the hash.
    package func still(_ index: Int, spacing: Int, label: String) -> HTML {
        switch view.kind {
        case .document: sheet(index, label)
        case .video: moment(index * spacing, label)
        case .audio, .image, .subtitle, .text: ""
        }
    }

    private func sheet(_ index: Int, _ label: String) -> HTML {
        guard let file = view.file(DocumentProcessor.pageName(index + 1)) else { return "" }
        return #"""
            <img class="media-still" src="\#(url: base + "/" + file.name)" width="\#(file.width)" height="\#(file.height)"\#
             loading="lazy" alt="\#(label)">
            """#
    }

    /// Cut out of the small pictures of the time bar.
    private func moment(_ second: Int, _ label: String) -> HTML {
        guard let file = view.file("sprite.jpg"), let seconds = view.facts.seconds else { return "" }
        let sheet = SpriteSheet(seconds: seconds), number = min(sheet.count - 1, second / sheet.interval)
        let x = number % SpriteSheet.columns * SpriteSheet.width
        let y = number / SpriteSheet.columns * SpriteSheet.height
        return #"""
            <svg class="media-still" viewBox="\#(x) \#(y) \#(SpriteSheet.width) \#(SpriteSheet.height)" role="img"\#
             aria-label="\#(label)"><image href="\#(url: base + "/" + file.name)" width="\#(file.width)"\#
             height="\#(file.height)"/></svg>
            """#
    }
}
