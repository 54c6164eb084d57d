import Foundation
import Kernel
import TestKit
import Testing

@testable import Database
@testable import Media

@Suite("处理：手机照片") struct PhonePictureTests {
    /// Half red, half blue, 128 by 64 pixels, to be shown turned right (`irot` 3); the camera's notes say so once more
    /// (`Orientation` 6) and name a place. Made by heif-enc, `irot` set by hand.
    private static let turned = """
        AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAYptZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA
        AA5waXRtAAAAAAABAAAANGlsb2MAAAAAREAAAgABAAAAAAGkAAEAAAAKAAAAMAACAAAAAAHUAAEAAAAKAAAAOwAAADhpaW5mAAAA
        AAACAAAAFWluZmUCAAAAAAEAAGh2YzEAAAAAFWluZmUCAAABAAIAAEV4aWYAAAAAyWlwcnAAAACqaXBjbwAAAHVodmNDAQNwAAAA
        AAAAAAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQAoQgEBA3AAAAMAkAAAAwAAAwAeoBAgQWW6
        kkprmwIAAAMAAgAAAwACECIAAQAHRAHBcrAiQAAAABRpc3BlAAAAAAAAAIAAAABAAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AwAA
        ABdpcG1hAAAAAAAAAAEAAQSBAoOEAAAAGmlyZWYAAAAAAAAADmNkc2MAAgABAAEAAABzbWRhdAAAACwoAa8LYPrGwdf/+g47+OMQ
        eK97Tgwspr+ENfPn5hgGzD705KfNdoVywd07QAAAAABJSSoACAAAAAIADgECABEAAAAmAAAAEgEDAAEAAAAGAAAAAAAAAEdQUyAy
        MS43TiAxMDguNEUA
        """

    private func photo() throws -> [UInt8] {
        [UInt8](try #require(Data(base64Encoded: PhonePictureTests.turned, options: .ignoreUnknownCharacters)))
    }

    @Test func `a photo of a phone becomes a JPEG, upright, and tells no place`() async throws {
        try await ProcessingCity.run(.sqlite) { made in
            let bytes = try photo()
            #expect(Data(bytes).range(of: Data("GPS 21.7N".utf8)) != nil)
            let picture = try await made.add("IMG_0001.HEIC", bytes)
            try await made.work()
            let view = try await made.view(picture)
            #expect(view.state == .done, "\(view.remark)")
            #expect(view.files.map(\.name) == ["image.jpg", "thumb.jpg"])
            #expect(view.facts.width == 64 && view.facts.height == 128)
            for file in view.files {
                #expect(file.mediaType == "image/jpeg" && file.width == 64 && file.height == 128)
                let shown = Data(try await made.bytes(file.name, of: picture))
                #expect(JPEGSize.read([UInt8](shown))?.width == 64)
                #expect(shown.range(of: Data("GPS".utf8)) == nil && shown.range(of: Data("Exif".utf8)) == nil)
            }
            // Turned right, what was on the left is on top.
            let path = "\(made.city.folder)/shown.jpg"
            try Data(try await made.bytes("image.jpg", of: picture)).write(to: URL(fileURLWithPath: path))
            let colours = try await ProgramRun.run(
                "/usr/bin/ffmpeg",
                ["-v", "error", "-i", path, "-vf", "scale=1:2", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                seconds: 60)
            let pixels = colours.output
            #expect(pixels.count == 6)
            #expect(pixels.count == 6 && pixels[0] > pixels[2] && pixels[5] > pixels[3], "\(pixels)")
        }
    }

    @Test func `a photo cut short is refused in words, and one without the program waits`() async throws {
        try await ProcessingCity.run(.sqlite) { made in
            let broken = try await made.add("坏.heic", Array(try photo().prefix(400)))
            try await made.work()
            let view = try await made.view(broken)
            #expect(view.state == .failed && view.remark == "这张图片打不开，不能在线显示。原文件可以下载。")
        }
        try await ProcessingCity.run(.sqlite, programs: "/nowhere/bin") { made in
            let picture = try await made.add("照片.heic", try photo())
            try await made.work()
            let view = try await made.view(picture)
            #expect(view.state == .missing && view.remark.contains("libheif-examples"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `photos that failed before are tried when the program is there`(on database: TestDatabase) async throws {
        try await ProcessingCity.run(database) { made in
            let photo = try await made.add("旧.heic", try photo()), other = try await made.add("坏.png", [1, 2, 3])
            try await made.database.write { db in
                try db.execute("UPDATE media_processing SET state = 'failed', remark = '打不开'")
                try db.execute("DELETE FROM platform_job WHERE kind = 'media.image'")
                for statement in ProcessingSchema.phonePictures { try db.execute(SQL(trusted: statement)) }
            }
            try await made.city.platform.media.processing.tend()
            #expect(try await made.view(photo).state == .waiting)
            #expect(try await made.view(other).state == .failed)
            try await made.work()
            let view = try await made.view(photo)
            #expect(view.state == .done, "\(view.remark)")
        }
    }
}
