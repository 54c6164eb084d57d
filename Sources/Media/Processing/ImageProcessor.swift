import Foundation
import Kernel

/// Pictures: one to look at and a small one, without what the camera wrote about place and device.
enum ImageProcessor {
    private static let broken = "这张图片打不开，不能在线显示。原文件可以下载。"
    /// More is an attack, or a map that no browser shows.
    private static let mostPixels = 100_000_000
    private static let clear: Set<String> = [
        "rgba", "bgra", "argb", "abgr", "ya8", "ya16be", "rgba64be", "pal8", "yuva420p", "yuva444p",
    ]

    static func plan(_ bench: Workbench) async throws -> ProcessingPlan {
        let input = try await readable(bench)
        let answer = try await bench.must(.ffprobe, MediaProbe.arguments + [input], else: broken)
        guard let picture = MediaProbe(json: answer.output)?.video, picture.width > 0, picture.height > 0 else {
            throw ProcessingRefusal(broken)
        }
        guard picture.width * picture.height <= mostPixels else {
            throw ProcessingRefusal("图片有 \(picture.width)×\(picture.height) 像素，太大，不能在线显示。原文件可以下载。")
        }
        var plan = ProcessingPlan()
        (plan.facts.width, plan.facts.height) = (picture.width, picture.height)
        let ending = clear.contains(picture.pixels) ? "png" : "jpg"
        plan.steps = [step("image", 1600, ending, input), step("thumb", 320, ending, input)]
        return plan
    }

    /// Where programs find the picture in a form that ffmpeg reads. Pictures of phones (HEIF) are first made JPEG; that
    /// takes a moment and is done anew when the work is taken up again.
    private static func readable(_ bench: Workbench) async throws -> String {
        guard isHEIF(bench) else { return bench.input }
        let limits = ProgramLimits(seconds: 60, fileBytes: 256 << 20)
        _ = try await bench.must(
            .heifConvert, ["-q", "95", bench.input, "\(Jail.inside)/\(decoded).jpg"], limits, else: broken)
        // Of several pictures in one file it numbers what it makes.
        for name in ["\(decoded).jpg", "\(decoded)-1.jpg"] where bench.exists(name) { return "\(Jail.inside)/\(name)" }
        throw ProcessingRefusal(broken)
    }
    private static let decoded = "decoded"

    private static func isHEIF(_ bench: Workbench) -> Bool { MediaType.heic.endings.contains(bench.ending) }

    private static func step(_ name: String, _ side: Int, _ ending: String, _ input: String) -> ProcessingStep {
        ProcessingStep(name) { bench in
            let file = "\(name).\(ending)"
            // heif-convert turns the picture and leaves the camera's note that it is to be turned.
            let turning = isHEIF(bench) ? ["-noautorotate"] : []
            _ = try await bench.must(
                .ffmpeg,
                VideoLadder.start + turning + [
                    "-max_pixels", "\(mostPixels)", "-i", input, "-frames:v", "1", "-map_metadata", "-1", "-vf",
                    VideoLadder.fitted(side), "-q:v", "3", file,
                ], ProgramLimits(seconds: 60, fileBytes: 256 << 20), else: broken)
            let answer = try await bench.must(.ffprobe, MediaProbe.arguments + ["\(Jail.inside)/\(file)"], else: broken)
            guard let made = MediaProbe(json: answer.output)?.video else { throw ProcessingRefusal(broken) }
            let type = ending == "png" ? "image/png" : "image/jpeg"
            return StepResult(files: [.init(name: file, mediaType: type, width: made.width, height: made.height)])
        }
    }
}
