import Database
import Kernel
import Platform

/// What is known of a content and can be shown of it.
package struct MediaView: Sendable {
    package enum State: String, Column, Sendable {
        /// Waits for its turn, or is being worked on.
        case waiting
        /// Waits until the operator installs a program; `remark` names the packages.
        case missing
        case done
        /// Nothing (more) can be made of it; `remark` says why, in words.
        case failed
    }

    /// Hexadecimal SHA-256 of the content.
    package let source: String
    package let kind: ProcessingKind
    package let state: State
    package let remark: String
    package let facts: MediaFacts
    /// Percent of the work that is done, while it is under way.
    package let progress: Int?
    /// In the order in which they are shown.
    package let files: [DerivedFile]

    package func file(_ name: String) -> DerivedFile? { files.first { $0.name == name } }
    package var isOpen: Bool { state == .waiting }
}

/// A file that was made of a content.
package struct DerivedFile: Sendable, Equatable {
    /// Within its source: `360.mp4`, `page-0001.jpg`.
    package let name: String
    /// Of its own content.
    package let sha256: String
    /// Bytes.
    package let size: Int
    package let mediaType: String
    /// Pixels; 0 for what has none.
    package let width: Int
    package let height: Int

    init(name: String, sha256: String, size: Int, mediaType: String, width: Int, height: Int) {
        (self.name, self.sha256, self.size, self.mediaType) = (name, sha256, size, mediaType)
        (self.width, self.height) = (width, height)
    }

    static let columns: SQL = "d.name, s.sha256, s.size, d.media_type, d.width, d.height"

    init(_ row: borrowing Row) throws {
        (name, sha256, size) = (try row.get(0), try row.get(1), try row.get(2))
        (mediaType, width, height) = (try row.get(3), try row.get(4), try row.get(5))
    }
}

/// What processing found out about a content.
package struct MediaFacts: Codable, Sendable, Equatable {
    /// Seconds that it plays.
    package var seconds: Double?
    package var width: Int?
    package var height: Int?
    /// Pages of a document, of which at most `DocumentProcessor.mostPages` are shown.
    package var pages: Int?
    /// How a recording stands to the norms of lesson recordings.
    package var norms: [NormFinding]?
    /// What the file names its parts; only of films, and `nil` without any.
    package var chapters: [MediaChapter]?

    package init() {}
}

/// Told when the processing of a content has ended, whatever came of it.
package struct MediaProcessed: DomainEvent {
    package static let kind = "media.processed"
    /// Hexadecimal SHA-256 of the content.
    package let sha256: String
    /// Whether there is now something to show or to read; the text is read by `MediaText`.
    package let isDone: Bool
    /// Seconds from asking for it to its end; `nil` when a newer version of the platform made it anew, which nobody waits for.
    package var waited: Int64?
}

/// The text that was found in contents.
package enum MediaText {
    /// Characters kept of one content.
    static let longest = 1_000_000

    /// Everything there is to read in a content, pages parted by U+000C; `nil` before it was processed and when there is
    /// none. Part of the caller's transaction.
    package static func text(of sha256: String, on db: Connection) throws -> String? {
        try db.value("SELECT body FROM media_text WHERE source = \(sha256)")
    }
}
