import Database
import Foundation
import Kernel
import Media
import Platform

/// What is known of the inside of a content, whatever its format.
package struct ContentInsides: Sendable, Equatable {
    /// The text of it; empty when it has none.
    package var text: String
    /// One hash of 64 bits a page, near for near pictures; in the order of the pages.
    package var pages: [UInt64]
    /// The same for frames of a film, in their order.
    package var frames: [UInt64]
    /// Seconds from one frame to the next; 0 when it has none.
    package var spacing: Int

    package init(text: String = "", pages: [UInt64] = [], frames: [UInt64] = [], spacing: Int = 0) {
        (self.text, self.pages, self.frames, self.spacing) = (text, pages, frames, spacing)
    }

    init(text: String, _ hashes: PictureHashes?) {
        let values = hashes?.values ?? [], isFilm = hashes?.kind == .frame
        self.init(
            text: text, pages: isFilm ? [] : values, frames: isFilm ? values : [], spacing: hashes?.spacing ?? 0)
    }

    /// Text of one content that is looked through, in UTF-8 bytes.
    static let longest = 2 << 20
}

/// How far somebody is with a content.
package enum ContentReading: Sendable, Equatable {
    case ready(ContentInsides)
    /// It is being taken apart; ask again.
    case pending
    /// Nothing can be read out of it.
    case none
}

/// Reads what is inside of stored contents; an extension point for whatever takes files apart.
package protocol ContentReader: Sendable {
    /// - Parameters:
    ///   - sha256: of the content.
    ///   - name: as its sender named the file.
    func read(_ sha256: String, name: String) async throws -> ContentReading
}

/// Reads what processing has found, and plain text by itself.
struct ProcessedReader: ContentReader {
    let database: Database
    let uploads: MediaUploads

    private static let endings: Set<String> = ["txt", "md", "csv", "html", "htm", "xml", "json", "srt", "vtt"]

    func read(_ sha256: String, name: String) async throws -> ContentReading {
        let (view, text, hashes) = try await database.read { db in
            (
                try MediaProcessing.views(of: [sha256], on: db)[sha256], try MediaText.text(of: sha256, on: db),
                try MediaPictures.hashes(of: sha256, on: db)
            )
        }
        // The text comes before the pictures; who is processed anew has both of the version before.
        if view?.isOpen ?? false, hashes == nil { return .pending }
        if text != nil || hashes != nil { return .ready(ContentInsides(text: text ?? "", hashes)) }
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        guard ProcessedReader.endings.contains(ending) else { return .none }
        let path = try await uploads.localPath(of: sha256)
        return try await SheetRowFeed.onThread {
            guard let handle = FileHandle(forReadingAtPath: path) else { return .none }
            defer { try? handle.close() }  // only read
            guard let data = try? handle.read(upToCount: ContentInsides.longest) else { return .none }
            // A character cut at the end is one that cannot be read, and no more.
            return .ready(ContentInsides(text: String(decoding: data, as: UTF8.self)))
        }
    }
}
