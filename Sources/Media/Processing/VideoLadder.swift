import Foundation

/// One quality of a recording.
struct VideoRung: Sendable, Equatable {
    /// Pixels of the shorter side.
    let side: Int
    /// Kilobits per second, at most, of the picture and of the sound.
    let video: Int
    let sound: Int

    static let all = [
        VideoRung(side: 180, video: 200, sound: 48), VideoRung(side: 360, video: 500, sound: 64),
        VideoRung(side: 720, video: 1800, sound: 128),
    ]

    var file: String { "\(side).mp4" }
    var playlist: String { "\(side).m3u8" }
    var segments: String { "\(side).m4s" }
}

/// Which qualities are made of a recording, and the words to ffmpeg for each. Nothing is made larger than it was.
struct VideoLadder: Sendable, Equatable {
    /// From the lowest.
    let rungs: [VideoRung]

    init(width: Int, height: Int) {
        let side = min(width, height), fitting = VideoRung.all.filter { $0.side <= side }
        // Codecs want even numbers of pixels.
        let small = VideoRung(side: max(16, side / 2 * 2), video: 200, sound: 48)
        rungs = fitting.isEmpty ? [small] : fitting
    }

    /// Seconds between the key frames, and of one part of a stream.
    static let part = 4
    /// What goes before every input: complaints only, and how far it is.
    static let start = ["-v", "error", "-nostdin", "-y", "-progress", "pipe:1", "-nostats"]
    /// The first picture and the first sound, without what the file tells about places and devices.
    private static let streams = [
        "-map", "0:V:0", "-map", "0:a:0?", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1",
    ]

    /// The same streams in an MP4 that begins to play before it is all there.
    static func remux(_ input: String, to output: String) -> [String] {
        start + ["-i", input] + streams + ["-c", "copy", "-movflags", "+faststart", output]
    }

    static func encode(_ input: String, _ rung: VideoRung, _ video: MediaProbe.Video, to output: String) -> [String] {
        var filters = video.isInterlaced ? ["yadif"] : []
        filters.append("scale='if(gt(iw,ih),-2,\(rung.side))':'if(gt(iw,ih),\(rung.side),-2)'")
        if video.rate > 30.5 { filters.append("fps=30") }
        filters += ["setsar=1", "format=yuv420p"]
        return start + ["-i", input] + streams + [
            "-vf", filters.joined(separator: ","), "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main",
            "-level:v", "3.1", "-crf", "23", "-maxrate", "\(rung.video)k", "-bufsize", "\(rung.video * 2)k",
            "-force_key_frames", "expr:gte(t,n_forced*\(part))", "-c:a", "aac", "-b:a", "\(rung.sound)k", "-ac",
            rung.sound < 128 ? "1" : "2", "-ar", "48000", "-movflags", "+faststart", output,
        ]
    }

    /// The MP4 of a rung as a stream in parts, all in one file.
    static func stream(_ input: String, _ rung: VideoRung) -> [String] {
        start + ["-i", input] + [
            "-c", "copy", "-f", "hls", "-hls_time", "\(part)", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
            "-hls_flags", "single_file", rung.playlist,
        ]
    }

    /// The list of the streams, the lowest first, so that something is seen soon on a slow line (RFC 8216, 4.3.4.2).
    /// - Parameter sizes: pixels and bytes of each rung's MP4.
    static func master(_ rungs: [(rung: VideoRung, width: Int, height: Int)], hasSound: Bool) -> String {
        let codecs = "avc1.4d401f" + (hasSound ? ",mp4a.40.2" : "")
        let lines = rungs.map { made in
            let rate = (made.rung.video + made.rung.sound) * 1100
            return """
                #EXT-X-STREAM-INF:BANDWIDTH=\(rate),RESOLUTION=\(made.width)x\(made.height),CODECS="\(codecs)"
                \(made.rung.playlist)

                """
        }
        return "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n" + lines.joined()
    }

    static func poster(_ input: String, at seconds: Double, to output: String) -> [String] {
        start + [
            "-ss", String(format: "%.2f", seconds), "-i", input, "-frames:v", "1", "-vf", fitted(1280), "-q:v", "4",
            "-map_metadata", "-1", output,
        ]
    }

    /// A sheet of small pictures, from key frames only.
    static func sprite(_ input: String, _ sheet: SpriteSheet, to output: String) -> [String] {
        start + [
            "-skip_frame", "nokey", "-i", input, "-vf",
            "fps=1/\(sheet.interval):round=up,scale=\(SpriteSheet.width):\(SpriteSheet.height):"
                + "force_original_aspect_ratio=decrease,pad=\(SpriteSheet.width):\(SpriteSheet.height):-1:-1,"
                + "tile=\(SpriteSheet.columns)x\(sheet.rows)", "-frames:v", "1", "-q:v", "5", output,
        ]
    }

    /// Pixels of the pictures that are hashed.
    static let greySize = (width: 72, height: 64)

    /// Such pictures one after the other without anything between, from key frames only.
    static func grey(_ input: String, every seconds: Int, to output: String) -> [String] {
        start + [
            "-skip_frame", "nokey", "-i", input, "-map", "0:V:0", "-vf",
            "fps=1/\(seconds):round=up,scale=\(greySize.width):\(greySize.height):flags=area,format=gray",
            "-frames:v", "\(PictureHashes.mostFrames)", "-f", "rawvideo", output,
        ]
    }

    /// A filter that makes the longer side at most so many pixels.
    static func fitted(_ side: Int) -> String {
        "scale='if(gt(iw,ih),min(\(side),iw),-2)':'if(gt(iw,ih),-2,min(\(side),ih))'"
    }
}

/// Small pictures of a recording at equal distances, in one picture.
struct SpriteSheet: Sendable, Equatable {
    static let width = 160
    static let height = 90
    static let columns = 10
    /// Seconds between two pictures: about a hundred in all, at least two apart.
    let interval: Int
    let count: Int

    init(seconds: Double) {
        interval = max(2, Int((seconds / 100).rounded(.up)))
        count = min(100, max(1, Int((seconds / Double(interval)).rounded(.up))))
    }

    var rows: Int { (count + SpriteSheet.columns - 1) / SpriteSheet.columns }

    /// Which part of the picture belongs to which time, as WebVTT with media fragments.
    func track(_ picture: String, seconds: Double) -> String {
        (0..<count).reduce("WEBVTT\n") { text, number in
            let start = Double(number * interval), end = min(seconds, start + Double(interval))
            let x = number % SpriteSheet.columns * SpriteSheet.width
            let y = number / SpriteSheet.columns * SpriteSheet.height
            return text + """

                \(PlayingTime.stamp(start)) --> \(PlayingTime.stamp(max(end, start + 0.1)))
                \(picture)#xywh=\(x),\(y),\(SpriteSheet.width),\(SpriteSheet.height)

                """
        }
    }
}
