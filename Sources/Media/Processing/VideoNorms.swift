import Foundation

/// How a recording stands to one norm.
package struct NormFinding: Codable, Sendable, Equatable {
    /// Whose norm, as teachers call it.
    package let name: String
    /// What differs, each with what is asked and what there is; empty when it meets the norm.
    package let differences: [String]
}

/// What an activity asks of a recording (domain fact book 3.1.2).
struct VideoNorm: Sendable {
    let name: String
    /// Least pixels of width and height.
    let size: (width: Int, height: Int)
    /// Kilobits per second of the whole.
    let rate: ClosedRange<Int>?
    /// Minutes.
    var minutes: ClosedRange<Int>?
    /// Frames per second.
    var frames: Int?
    /// Bytes.
    var mostBytes: Int?
    /// Samples per second and kilobits per second of the sound.
    var sound: (samples: Int, rate: Int)?
    var isWide = false

    static let all = [
        VideoNorm(name: "晒课", size: (720, 576), rate: 500...1000),
        VideoNorm(
            name: "基础教育精品课", size: (1920, 1080), rate: 7000...9000, minutes: 10...20, frames: 25,
            mostBytes: 1 << 30, isWide: true),
        VideoNorm(
            name: "参赛视频", size: (720, 576), rate: 1024...1280, frames: 25, sound: (48_000, 128)),
    ]

    /// - Parameter bytes: of the file.
    func finding(_ probe: MediaProbe, bytes: Int) -> NormFinding {
        var list: [String] = []
        func differ(_ what: String, _ asked: String, _ found: String) { list.append("\(what)应为\(asked)，现为\(found)") }
        if !probe.format.split(separator: ",").contains("mp4") { differ("文件格式", " MP4", "其他格式") }
        if let video = probe.video {
            if video.codec != "h264" { differ("视频编码", " H.264", " \(video.codec.uppercased())") }
            if video.width < size.width || video.height < size.height {
                differ("画面", "至少 \(size.width)×\(size.height)", " \(video.width)×\(video.height)")
            }
            if isWide, video.width * 9 != video.height * 16 {
                differ("画面比例", " 16:9", " \(video.width)×\(video.height)")
            }
            if let frames, video.rate > 0, abs(video.rate - Double(frames)) > 0.1 {
                differ("帧率", "每秒 \(frames) 帧", " \(Int(video.rate.rounded())) 帧")
            }
            if video.isInterlaced, frames != nil { differ("扫描方式", "逐行", "隔行") }
        }
        if let audio = probe.audio {
            if audio.codec != "aac" { differ("声音编码", " AAC", " \(audio.codec.uppercased())") }
            if let sound, audio.rate != sound.samples {
                differ("声音采样率", " \(sound.samples / 1000) kHz", " \(audio.rate) Hz")
            }
        } else {
            list.append("没有声音")
        }
        if let rate, probe.bitRate > 0, !rate.contains(probe.bitRate / 1000) {
            differ("码率", " \(rate.lowerBound) 至 \(rate.upperBound) kbit/s", " \(probe.bitRate / 1000) kbit/s")
        }
        if let minutes, probe.seconds > 0,
            probe.seconds < Double(minutes.lowerBound * 60) || probe.seconds > Double(minutes.upperBound * 60)
        {
            differ("时长", " \(minutes.lowerBound) 至 \(minutes.upperBound) 分钟", PlayingTime.words(probe.seconds))
        }
        if let mostBytes, bytes > mostBytes {
            differ("大小", "不超过 \(FileSize.text(mostBytes))", " \(FileSize.text(bytes))")
        }
        return NormFinding(name: name, differences: list)
    }
}

/// How long something plays, for people and for subtitles.
enum PlayingTime {
    /// `12 分 30 秒`
    static func words(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return whole < 60 ? " \(whole) 秒" : " \(whole / 60) 分 \(whole % 60) 秒"
    }

    /// `1:02`, `1:00:05`, as players show it.
    static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds)
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }

    /// `00:01:02.500`, as WebVTT has it.
    static func stamp(_ seconds: Double) -> String {
        let total = Int((seconds * 1000).rounded())
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        let rest = String(1000 + total % 1000).dropFirst()
        return "\(two(total / 3_600_000)):\(two(total / 60_000 % 60)):\(two(total / 1000 % 60)).\(rest)"
    }
}
