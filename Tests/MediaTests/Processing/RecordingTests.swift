import Foundation
import Testing

@testable import Media

/// What is decided about a recording before a program is started.
@Suite("录像：判断") struct RecordingTests {
    private func probe(
        _ codec: String = "h264", _ width: Int = 1280, _ height: Int = 720, rate: Double = 25, bits: Int = 900_000,
        seconds: Double = 600, audio: String? = "aac", format: String = "mov,mp4,m4a,3gp,3g2,mj2",
        pixels: String = "yuv420p"
    ) -> MediaProbe {
        MediaProbe(
            format: format, seconds: seconds, bitRate: bits,
            video: .init(
                codec: codec, width: width, height: height, pixels: pixels, rate: rate, isInterlaced: false,
                bitRate: bits, rotation: 0), audio: audio.map { .init(codec: $0, rate: 48_000, bitRate: 128_000) })
    }

    @Test func `what ffprobe tells is read, turned pictures as they are shown`() throws {
        let json = """
            {"streams":[{"codec_type":"video","codec_name":"mjpeg","width":9,"height":9,"disposition":{"attached_pic":1}},
            {"codec_type":"video","codec_name":"hevc","width":1920,"height":1080,"pix_fmt":"yuv420p10le",
            "avg_frame_rate":"30000/1001","field_order":"tt","side_data_list":[{"rotation":-90}]},
            {"codec_type":"audio","codec_name":"aac","sample_rate":"44100","bit_rate":"96000"}],
            "format":{"format_name":"mov,mp4","duration":"12.5","bit_rate":"800000"}}
            """
        let found = try #require(MediaProbe(json: Array(json.utf8)))
        let video = try #require(found.video)
        #expect(video.codec == "hevc" && video.width == 1080 && video.height == 1920 && video.isInterlaced)
        #expect(abs(video.rate - 29.97) < 0.01 && found.seconds == 12.5 && found.audio?.rate == 44_100)
        #expect(!found.isPlayable)
        #expect(MediaProbe(json: Array("{}".utf8)) == nil && MediaProbe(json: Array("{\"streams\":[]}".utf8)) == nil)
    }

    @Test func `chapters are read in order, and what cannot be one is left out`() throws {
        let json = """
            {"streams":[{"codec_type":"video","codec_name":"h264","width":640,"height":360}],
            "format":{"duration":"4000"},"chapters":[
            {"id":2,"start_time":"3605.500000","tags":{"title":" 练习\\n <b>&--> "}},
            {"id":1,"start_time":"0.000000","tags":{"title":"导入"}},{"id":3,"start_time":"62.000000"},
            {"id":4,"start_time":"62.000000","tags":{"title":"重复"}},{"id":5,"start_time":"4000.0"},
            {"id":6,"start_time":"-1"},{"id":7,"start_time":"nan"},{"id":8}]}
            """
        let found = try #require(MediaProbe(json: Array(json.utf8)))
        #expect(found.chapters.map(\.start) == [0, 62, 3605.5])
        #expect(found.chapters.map(\.title) == ["导入", "第 2 章", "练习 <b>&-->"])
        #expect(
            MediaChapter.track(found.chapters, seconds: 4000) == """
                WEBVTT

                00:00:00.000 --> 00:01:02.000
                导入

                00:01:02.000 --> 01:00:05.500
                第 2 章

                01:00:05.500 --> 01:06:40.000
                练习 &lt;b&gt;&amp;--&gt;

                """)
        let many = MediaChapter.all(
            (0..<300).map { (Double($0), String(repeating: "长", count: 500)) }, seconds: 300)
        #expect(many.count == 100 && many[99].title.count == 100)
        #expect(PlayingTime.clock(62.9) == "1:02" && PlayingTime.clock(3605.5) == "1:00:05")
    }

    @Test func `only what every browser plays is taken as it is`() {
        #expect(probe().isPlayable && probe(audio: nil).isPlayable)
        for other in [
            probe("hevc"), probe(audio: "mp3"), probe(pixels: "yuv422p"), probe("h264", 2560, 1440), probe("vp9"),
        ] { #expect(!other.isPlayable) }
    }

    @Test func `norms say in words what differs`() throws {
        let findings = VideoNorm.all.map { $0.finding(probe(), bytes: 100 << 20) }
        #expect(findings.map(\.name) == ["晒课", "基础教育精品课", "参赛视频"])
        #expect(findings[0].differences.isEmpty)
        #expect(findings[1].differences.contains("画面应为至少 1920×1080，现为 1280×720"))
        #expect(findings[1].differences.contains("码率应为 7000 至 9000 kbit/s，现为 900 kbit/s"))
        let small = VideoNorm.all[0].finding(
            probe("mpeg4", 320, 240, audio: nil, format: "avi"), bytes: 1)
        #expect(small.differences.contains("文件格式应为 MP4，现为其他格式"))
        #expect(small.differences.contains("视频编码应为 H.264，现为 MPEG4"))
        #expect(small.differences.contains("没有声音"))
        let long = VideoNorm.all[1].finding(probe("h264", 1920, 1080, bits: 8_000_000, seconds: 1845), bytes: 2 << 30)
        #expect(long.differences == ["时长应为 10 至 20 分钟，现为 30 分 45 秒", "大小应为不超过 1 GB，现为 2 GB"])
    }

    @Test(arguments: [
        (1920, 1080, [180, 360, 720]), (640, 360, [180, 360]), (360, 640, [180, 360]), (719, 719, [180, 360]),
        (101, 75, [74]),
    ])
    func `nothing is made larger than it was`(_ width: Int, _ height: Int, _ sides: [Int]) {
        #expect(VideoLadder(width: width, height: height).rungs.map(\.side) == sides)
    }

    @Test func `command lines are lists without names of people's making`() throws {
        let rung = VideoRung.all[1], video = try #require(probe(rate: 60).video)
        let encode = VideoLadder.encode("/in/source.mp4", rung, video, to: rung.file)
        #expect(encode.contains("scale='if(gt(iw,ih),-2,360)':'if(gt(iw,ih),360,-2)',fps=30,setsar=1,format=yuv420p"))
        #expect(encode.suffix(3) == ["-movflags", "+faststart", "360.mp4"])
        #expect(VideoLadder.remux("/in/source.mov", to: "o.mp4").contains("copy"))
        #expect(VideoLadder.stream("\(Jail.inside)/360.mp4", rung).contains("single_file"))
        let master = VideoLadder.master([(rung, 640, 360)], hasSound: false)
        #expect(master.contains("RESOLUTION=640x360,CODECS=\"avc1.4d401f\"\n360.m3u8\n"))
    }

    @Test func `a jail shows one folder to write and no network`() {
        let jail = Jail(programs: Programs(folder: "/usr/bin"), folder: "/data/processing/x")
        let line = jail.arguments(.pdftotext, ["-"], inputs: [("source.pdf", "/data/files/ab/abc")], ProgramLimits())
        #expect(line.starts(with: ["--unshare-all", "--die-with-parent"]) && !line.contains("--share-net"))
        #expect(line.filter { $0 == "--bind" }.count == 1)
        let text = line.joined(separator: " ")
        #expect(text.contains("--ro-bind /data/files/ab/abc /in/source.pdf") && text.contains("--clearenv"))
        #expect(text.hasSuffix("/usr/bin/nice -n 10 /usr/bin/pdftotext -"))
    }

    @Test func `small pictures carry their times`() {
        let sheet = SpriteSheet(seconds: 25), track = sheet.track("sprite.jpg", seconds: 25)
        #expect(sheet.interval == 2 && sheet.count == 13 && sheet.rows == 2)
        #expect(track.contains("00:00:20.000 --> 00:00:22.000\nsprite.jpg#xywh=0,90,160,90"))
        #expect(track.contains("00:00:24.000 --> 00:00:25.000"))
        #expect(SpriteSheet(seconds: 3600).interval == 36 && SpriteSheet(seconds: 0.2).count == 1)
    }

    @Test func `subtitles become WebVTT, and their words text`() throws {
        let srt =
            "1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>同学们好</i>\r\n\r\n2\r\n00:00:04,000 --> 00:00:05,000\r\n开始\r\n"
        let track = try #require(SubtitleText.track(srt))
        #expect(track.hasPrefix("WEBVTT\n\n1\n00:00:01.500 --> 00:00:03.000\n"))
        #expect(SubtitleText.words(track) == "同学们好\n开始")
        #expect(SubtitleText.track("WEBVTT\n\n01:02.000 --> 01:03.000\n好") == "WEBVTT\n\n01:02.000 --> 01:03.000\n好\n")
        #expect(SubtitleText.track("只是文字") == nil)
    }

    @Test func `the size of a JPEG is read from its head, and of nothing else`() {
        let head: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC2, 0, 17, 8, 0x02, 0x58, 0x03, 0x20, 3, 0, 0]
        let size = JPEGSize.read(head)
        #expect(size?.width == 800 && size?.height == 600)
        for bad in [
            [], [0xFF], Array(head.prefix(9)), [0x89] + head, [0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 1, 1, 1, 1, 1, 1],
        ] {
            #expect(JPEGSize.read(bad) == nil)
        }
    }

    @Test func `kinds go by the ending`() {
        for (ending, kind) in [
            ("mp4", ProcessingKind.video), ("mp3", .audio), ("pptx", .document), ("heic", .image), ("srt", .subtitle),
            ("txt", .text),
        ] { #expect(ProcessingKind(ending: ending) == kind) }
        #expect(ProcessingKind(ending: "zip") == nil && ProcessingKind(ending: "") == nil)
        let none = Programs(folder: "/nowhere/bin")
        #expect(none.missing(for: .text).isEmpty)
        #expect(none.missing(for: .image, ending: "jpg") == ["bubblewrap", "coreutils", "ffmpeg", "util-linux"])
        #expect(
            none.missing(for: .image, ending: "heic")
                == ["bubblewrap", "coreutils", "ffmpeg", "libheif-examples", "util-linux"])
        #expect(none.missing.contains("libheif-examples"))
        #expect(none.missing(for: .document, ending: "pdf").contains("poppler-utils"))
        #expect(none.missing(for: .document).contains("libreoffice-impress-nogui"))
    }
}
