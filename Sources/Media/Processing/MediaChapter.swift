import Foundation

/// A part of a recording that its file names.
package struct MediaChapter: Codable, Sendable, Equatable {
    /// Seconds from the start of the recording.
    package let start: Double
    /// Plain text of one line; never empty.
    package let title: String

    /// More is no help to find one's way.
    static let most = 100
    /// Characters of a title.
    static let longest = 100

    /// Chapters as ffprobe tells of them, in order, each with its own beginning within the recording; those without a
    /// title are counted.
    static func all(_ found: [(start: Double, title: String)], seconds: Double) -> [MediaChapter] {
        var chapters: [MediaChapter] = []
        for one in found.filter({ $0.start.isFinite && $0.start >= 0 && $0.start < seconds }).sorted(by: {
            $0.start < $1.start
        }) where chapters.count < most && chapters.last.map({ one.start - $0.start >= 0.001 }) ?? true {
            let line = one.title.split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 32 } }
                .joined(separator: " ")
            let title = line.isEmpty ? "第 \(chapters.count + 1) 章" : String(line.prefix(longest))
            chapters.append(MediaChapter(start: one.start, title: title))
        }
        return chapters
    }

    /// The chapters as a WebVTT track, each up to the next.
    static func track(_ chapters: [MediaChapter], seconds: Double) -> String {
        var text = "WEBVTT\n"
        for (number, chapter) in chapters.enumerated() {
            let end = number + 1 < chapters.count ? chapters[number + 1].start : seconds
            let words = chapter.title.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
                ">", with: "&gt;")
            text += "\n\(PlayingTime.stamp(chapter.start)) --> \(PlayingTime.stamp(end))\n\(words)\n"
        }
        return text
    }
}
