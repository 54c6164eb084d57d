import Foundation
import Kernel
import Platform

/// Plain text, and subtitles as browsers read them. No program is needed.
enum TextProcessor {
    /// Bytes that are read of a text.
    private static let most = 4 << 20
    static let captions = "captions.vtt"

    static func plan(_ bench: Workbench, isSubtitle: Bool) throws -> ProcessingPlan {
        var plan = ProcessingPlan()
        if isSubtitle, bench.size > most { throw ProcessingRefusal("字幕文件太大，不能使用。") }
        plan.steps = [
            ProcessingStep("text") { bench in
                let text = try read(bench.source)
                guard isSubtitle else { return StepResult(text: text) }
                guard let track = SubtitleText.track(text) else {
                    throw ProcessingRefusal("不是 WebVTT 或 SRT 字幕，不能配在视频上。原文件可以下载。")
                }
                try Data(track.utf8).write(to: URL(fileURLWithPath: bench.path(captions)))
                return StepResult(
                    files: [.init(name: captions, mediaType: "text/vtt; charset=utf-8")],
                    text: SubtitleText.words(track))
            }
        ]
        return plan
    }

    private static func read(_ path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { throw DomainError.notFound }
        defer { try? file.close() }  // only read
        var bytes = [UInt8](try file.read(upToCount: most) ?? Data())
        // A cut may go through a character.
        for _ in 0..<4 {
            if let text = try? TextDecoding.string(from: bytes) { return text }
            guard bytes.count >= most - 4 else { break }
            bytes.removeLast()
        }
        throw ProcessingRefusal("文本的编码不认识，不能在线显示。请另存为 UTF-8 后再上传。")
    }
}

/// Subtitles in WebVTT, and SRT made into it.
enum SubtitleText {
    /// `nil` when there is no line of times.
    static func track(_ text: String) -> String? {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        guard lines.contains(where: isTiming) else { return nil }
        if lines.first?.hasPrefix("WEBVTT") == true { return lines.joined(separator: "\n") + "\n" }
        let body = lines.map { isTiming($0) ? String($0).replacing(",", with: ".") : String($0) }
        return "WEBVTT\n\n" + body.joined(separator: "\n") + "\n"
    }

    /// What is said, without times, numbers and marks of style.
    static func words(_ track: String) -> String {
        let lines = track.split(separator: "\n").dropFirst().filter { line in
            !isTiming(line) && !line.allSatisfy(\.isNumber) && !line.hasPrefix("NOTE")
        }
        return lines.map { $0.replacing(#/<[^<>]{1,40}>/#, with: "") }.joined(separator: "\n")
    }

    private static func isTiming(_ line: Substring) -> Bool {
        line.wholeMatch(of: #/\s*(\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}\s+-->\s+(\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}.*/#)
            != nil
    }
}
