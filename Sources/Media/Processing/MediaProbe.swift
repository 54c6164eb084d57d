import Foundation

/// What ffprobe tells of a recording or picture.
struct MediaProbe: Sendable, Equatable {
    struct Video: Sendable, Equatable {
        /// `h264`
        var codec: String
        /// Pixels as shown, after turning.
        var width: Int
        var height: Int
        /// `yuv420p`
        var pixels: String
        /// Frames per second; 0 when not told.
        var rate: Double
        var isInterlaced: Bool
        /// Bits per second; 0 when not told.
        var bitRate: Int
        /// Turned while shown, in degrees.
        var rotation: Int
    }

    struct Audio: Sendable, Equatable {
        var codec: String
        /// Samples per second.
        var rate: Int
        var bitRate: Int
    }

    /// ffprobe's names of the container: `mov,mp4,m4a,3gp,3g2,mj2`.
    var format: String
    /// Seconds; 0 when not told.
    var seconds: Double
    /// Bits per second of the whole.
    var bitRate: Int
    var video: Video?
    var audio: Audio?
    /// In order; empty when the file has none.
    var chapters: [MediaChapter] = []

    static let arguments = ["-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters"]

    private struct Answer: Decodable {
        struct Stream: Decodable {
            struct SideData: Decodable { var rotation: Int? }
            struct Disposition: Decodable { var attached_pic: Int? }
            var codec_type: String?
            var codec_name: String?
            var width: Int?
            var height: Int?
            var pix_fmt: String?
            var avg_frame_rate: String?
            var field_order: String?
            var bit_rate: String?
            var sample_rate: String?
            var duration: String?
            var disposition: Disposition?
            var side_data_list: [SideData]?
        }
        struct Format: Decodable {
            var format_name: String?
            var duration: String?
            var bit_rate: String?
        }
        struct Chapter: Decodable {
            struct Tags: Decodable { var title: String? }
            var start_time: String?
            var tags: Tags?
        }
        var streams: [Stream]?
        var format: Format?
        var chapters: [Chapter]?
    }

    init(
        format: String, seconds: Double, bitRate: Int, video: Video?, audio: Audio?
    ) {
        (self.format, self.seconds, self.bitRate) = (format, seconds, bitRate)
        (self.video, self.audio) = (video, audio)
    }

    /// `nil` when it is no answer of ffprobe's or tells of no stream.
    init?(json: [UInt8]) {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(json)), let streams = answer.streams,
            !streams.isEmpty
        else { return nil }
        func number(_ text: String?) -> Int { text.flatMap { Int($0) } ?? 0 }
        format = answer.format?.format_name ?? ""
        let lengths = ([answer.format?.duration] + streams.map(\.duration)).compactMap { $0.flatMap { Double($0) } }
        // An hour-long list of zeros or a length beyond a week is no length.
        seconds = lengths.first { $0.isFinite && $0 > 0 && $0 < 604_800 } ?? 0
        bitRate = number(answer.format?.bit_rate)
        video = streams.first { $0.codec_type == "video" && $0.disposition?.attached_pic != 1 }.map { stream in
            let rotation = stream.side_data_list?.compactMap(\.rotation).first ?? 0
            let isTurned = abs(rotation) % 180 == 90, size = (stream.width ?? 0, stream.height ?? 0)
            return Video(
                codec: stream.codec_name ?? "", width: isTurned ? size.1 : size.0, height: isTurned ? size.0 : size.1,
                pixels: stream.pix_fmt ?? "", rate: MediaProbe.ratio(stream.avg_frame_rate ?? ""),
                isInterlaced: ["tt", "bb", "tb", "bt"].contains(stream.field_order ?? ""),
                bitRate: number(stream.bit_rate), rotation: rotation)
        }
        audio = streams.first { $0.codec_type == "audio" }.map { stream in
            Audio(codec: stream.codec_name ?? "", rate: number(stream.sample_rate), bitRate: number(stream.bit_rate))
        }
        let named = (answer.chapters ?? []).compactMap { chapter -> (start: Double, title: String)? in
            chapter.start_time.flatMap { Double($0) }.map { ($0, chapter.tags?.title ?? "") }
        }
        chapters = MediaChapter.all(named, seconds: seconds)
    }

    /// `25/1`, `30000/1001`; 0 for anything that is no rate.
    static func ratio(_ text: String) -> Double {
        let halves = text.split(separator: "/").map { Double($0) ?? 0 }
        guard halves.count == 2, halves[1] > 0 else { return 0 }
        return halves[0] / halves[1]
    }

    /// Whether every browser plays the streams as they are: H.264 in 8 bits and 4:2:0, at most 1080p, with AAC or silent.
    var isPlayable: Bool {
        guard let video, video.codec == "h264", ["yuv420p", "yuvj420p"].contains(video.pixels), !video.isInterlaced,
            min(video.width, video.height) <= 1080, max(video.width, video.height) <= 1920
        else { return false }
        return audio == nil || audio?.codec == "aac"
    }
}
