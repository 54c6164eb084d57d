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
        let answer = try await bench.must(.ffprobe, MediaProbe.arguments + [bench.input], else: broken)
        guard let picture = MediaProbe(json: answer.output)?.video, picture.width > 0, picture.height > 0 else {
            throw ProcessingRefusal(broken)
        }
        guard picture.width * picture.height <= mostPixels else {
            throw ProcessingRefusal("图片有 \(picture.width)×\(picture.height) 像素，太大，不能在线显示。原文件可以下载。")
        }
        var plan = ProcessingPlan()
        (plan.facts.width, plan.facts.height) = (picture.width, picture.height)
        let ending = clear.contains(picture.pixels) ? "png" : "jpg"
        plan.steps = [step("image", 1600, ending), step("thumb", 320, ending)]
        return plan
    }

    private static func step(_ name: String, _ side: Int, _ ending: String) -> ProcessingStep {
        ProcessingStep(name) { bench in
            let file = "\(name).\(ending)"
            _ = try await bench.must(
                .ffmpeg,
                VideoLadder.start + [
                    "-max_pixels", "\(mostPixels)", "-i", bench.input, "-frames:v", "1", "-map_metadata", "-1", "-vf",
                    VideoLadder.fitted(side), "-q:v", "3", file,
                ], ProgramLimits(seconds: 60, fileBytes: 256 << 20), else: broken)
            let answer = try await bench.must(.ffprobe, MediaProbe.arguments + ["\(Jail.inside)/\(file)"], else: broken)
            guard let made = MediaProbe(json: answer.output)?.video else { throw ProcessingRefusal(broken) }
            let type = ending == "png" ? "image/png" : "image/jpeg"
            return StepResult(files: [.init(name: file, mediaType: type, width: made.width, height: made.height)])
        }
    }
}
