import Foundation
import Kernel

/// Recordings: an MP4 that plays at once, the ladder of qualities, a poster and small pictures for the time bar.
enum VideoProcessor {
    private static let broken = "视频已损坏或不完整，打不开。请重新导出后再上传，原文件可以下载。"
    private static let silent = "音频已损坏或不完整，打不开。原文件可以下载。"

    static func plan(_ bench: Workbench, isAudio: Bool = false) async throws -> ProcessingPlan {
        let words = isAudio ? silent : broken
        let answer = try await bench.must(.ffprobe, MediaProbe.arguments + [bench.input], else: words)
        guard let probe = MediaProbe(json: answer.output) else { throw ProcessingRefusal(words) }
        var plan = ProcessingPlan()
        if probe.seconds > 0 { plan.facts.seconds = probe.seconds }
        guard let video = probe.video, !isAudio else {
            guard probe.audio != nil else { throw ProcessingRefusal(words) }
            plan.steps = [sound(probe)]
            return plan
        }
        guard video.width > 0, video.height > 0, video.width * video.height <= mostPixels else {
            throw ProcessingRefusal(broken)
        }
        (plan.facts.width, plan.facts.height) = (video.width, video.height)
        plan.facts.norms = VideoNorm.all.map { $0.finding(probe, bytes: bench.size) }
        if !probe.chapters.isEmpty { plan.facts.chapters = probe.chapters }
        let ladder = VideoLadder(width: video.width, height: video.height)
        plan.steps = steps(probe, video, ladder)
        return plan
    }

    /// 8K.
    private static let mostPixels = 7680 * 4320

    /// First what lets it be seen: its own streams when browsers play them, else the best quality.
    private static func steps(
        _ probe: MediaProbe, _ video: MediaProbe.Video, _ ladder: VideoLadder
    ) -> [ProcessingStep] {
        let limits = limits(probe), top = ladder.rungs[ladder.rungs.count - 1]
        let main = probe.isPlayable ? "original.mp4" : top.file
        var steps: [ProcessingStep] = [], rest = ladder.rungs
        if probe.isPlayable {
            steps.append(
                ProcessingStep("original") { bench in
                    _ = try await bench.must(
                        .ffmpeg, VideoLadder.remux(bench.input, to: main), limits, lasting: probe.seconds, else: broken)
                    return StepResult(files: [
                        .init(name: main, mediaType: "video/mp4", width: video.width, height: video.height)
                    ])
                })
        } else {
            rest.removeLast()
            steps.append(rung(top, probe, video, limits))
        }
        steps += [poster(main, probe, video)] + rest.map { rung($0, probe, video, limits) }
        if probe.seconds > 0 {
            steps.append(sprite(top, probe))
            steps.append(.hashing { try await hash(top.file, seconds: probe.seconds, $0) })
        }
        if !probe.chapters.isEmpty { steps.append(chapters(probe)) }
        steps.append(master(ladder, probe, video))
        return steps
    }

    private static func limits(_ probe: MediaProbe) -> ProgramLimits {
        // A slow machine makes 720p at a third of its speed; ten times is far beyond.
        ProgramLimits(seconds: 600 + Int(probe.seconds * 10), fileBytes: 16 << 30)
    }

    private static func size(_ rung: VideoRung, _ video: MediaProbe.Video) -> (width: Int, height: Int) {
        let short = min(video.width, video.height), long = max(video.width, video.height)
        let other = Int((Double(long * rung.side) / Double(short) / 2).rounded()) * 2
        return video.width > video.height ? (other, rung.side) : (rung.side, other)
    }

    private static func rung(
        _ rung: VideoRung, _ probe: MediaProbe, _ video: MediaProbe.Video, _ limits: ProgramLimits
    ) -> ProcessingStep {
        let (width, height) = size(rung, video)
        return ProcessingStep("rung-\(rung.side)") { bench in
            _ = try await bench.must(
                .ffmpeg, VideoLadder.encode(bench.input, rung, video, to: rung.file), limits, lasting: probe.seconds,
                else: broken)
            _ = try await bench.must(
                .ffmpeg, VideoLadder.stream("\(Jail.inside)/\(rung.file)", rung), limits, lasting: probe.seconds,
                else: broken)
            return StepResult(files: [
                .init(name: rung.file, mediaType: "video/mp4", width: width, height: height),
                .init(name: rung.playlist, mediaType: "application/vnd.apple.mpegurl"),
                .init(name: rung.segments, mediaType: "video/mp4"),
            ])
        }
    }

    private static func poster(_ main: String, _ probe: MediaProbe, _ video: MediaProbe.Video) -> ProcessingStep {
        ProcessingStep("poster") { bench in
            // Titles fade in: a little later there is more to see.
            let at = min(5, probe.seconds / 10), picture = "poster.jpg"
            _ = try await bench.must(
                .ffmpeg, VideoLadder.poster("/in/\(main)", at: at, to: picture), others: [main], else: broken)
            guard bench.exists(picture), let size = JPEGSize.read(bench.path(picture)) else {
                throw ProcessingRefusal(broken)
            }
            return StepResult(files: [
                .init(name: picture, mediaType: "image/jpeg", width: size.width, height: size.height)
            ])
        }
    }

    private static func sprite(_ top: VideoRung, _ probe: MediaProbe) -> ProcessingStep {
        ProcessingStep("sprite") { bench in
            let sheet = SpriteSheet(seconds: probe.seconds), picture = "sprite.jpg", track = "sprite.vtt"
            _ = try await bench.must(
                .ffmpeg, VideoLadder.sprite("/in/\(top.file)", sheet, to: picture), others: [top.file],
                ProgramLimits(seconds: 600), else: broken)
            guard bench.exists(picture), let size = JPEGSize.read(bench.path(picture)) else {
                throw ProcessingRefusal(broken)
            }
            try Data(sheet.track(picture, seconds: probe.seconds).utf8).write(
                to: URL(fileURLWithPath: bench.path(track)))
            return StepResult(files: [
                .init(name: picture, mediaType: "image/jpeg", width: size.width, height: size.height),
                .init(name: track, mediaType: "text/vtt; charset=utf-8"),
            ])
        }
    }

    private static func chapters(_ probe: MediaProbe) -> ProcessingStep {
        ProcessingStep("chapters") { bench in
            let track = "chapters.vtt"
            try Data(MediaChapter.track(probe.chapters, seconds: probe.seconds).utf8).write(
                to: URL(fileURLWithPath: bench.path(track)))
            return StepResult(files: [.init(name: track, mediaType: "text/vtt; charset=utf-8")])
        }
    }

    private static func master(
        _ ladder: VideoLadder, _ probe: MediaProbe, _ video: MediaProbe.Video
    ) -> ProcessingStep {
        ProcessingStep("master") { bench in
            let made = ladder.rungs.map { rung in
                let size = size(rung, video)
                return (rung: rung, width: size.width, height: size.height)
            }
            try Data(VideoLadder.master(made, hasSound: probe.audio != nil).utf8).write(
                to: URL(fileURLWithPath: bench.path("master.m3u8")))
            return StepResult(files: [.init(name: "master.m3u8", mediaType: "application/vnd.apple.mpegurl")])
        }
    }

    private static func sound(_ probe: MediaProbe) -> ProcessingStep {
        ProcessingStep("sound") { bench in
            let name = "sound.m4a", isReady = probe.audio?.codec == "aac"
            let coding = isReady ? ["-c:a", "copy"] : ["-c:a", "aac", "-b:a", "96k"]
            _ = try await bench.must(
                .ffmpeg,
                VideoLadder.start + ["-i", bench.input, "-map", "0:a:0", "-vn", "-map_metadata", "-1"] + coding
                    + ["-movflags", "+faststart", name], limits(probe), lasting: probe.seconds, else: silent)
            return StepResult(files: [.init(name: name, mediaType: "audio/mp4")])
        }
    }

    /// Small grey pictures at even distances, from key frames only.
    /// - Parameter rung: the name of a quality that was made.
    static func hash(_ rung: String, seconds: Double, _ bench: Workbench) async throws -> PictureHashes {
        let spacing = PictureHashes.spacing(seconds: seconds), output = "hash.gray"
        _ = try await bench.must(
            .ffmpeg, VideoLadder.grey("/in/\(rung)", every: spacing, to: output), others: [rung],
            ProgramLimits(seconds: 600, fileBytes: 4 << 20), else: broken)
        let (width, height) = VideoLadder.greySize, length = width * height
        guard let bytes = try await bench.read(output, atMost: length * (PictureHashes.mostFrames + 1)) else {
            throw ProcessingRefusal(broken)
        }
        let values = stride(from: 0, to: bytes.count - bytes.count % length, by: length).prefix(
            PictureHashes.mostFrames
        ).map { start in
            GreyPicture(width: width, height: height, pixels: Array(bytes[start..<start + length])).map(PictureHash.of)
                ?? 0
        }
        return PictureHashes(.frame, spacing: spacing, values)
    }
}
