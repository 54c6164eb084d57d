import Foundation
import Kernel
import Testing

@testable import Media

@Suite("tus：协议") struct TusProtocolTests {
    @Test func `metadata is read with Chinese names and lone keys`() {
        let name = Data("三年级上册 课件🎒.pptx".utf8).base64EncodedString()
        #expect(Tus.metadata("filename \(name),private") == ["filename": "三年级上册 课件🎒.pptx", "private": ""])
        #expect(Tus.metadata("") == [:])
    }

    @Test(arguments: [
        "filename %%%", "filename YQ== extra", "a YQ==,a YQ==", "filename " + Data([0xFF, 0xFE]).base64EncodedString(),
        "filename AA==",
    ])
    func `malformed metadata is no metadata`(_ header: String) {
        #expect(Tus.metadata(header) == nil)
    }

    @Test func `a checksum is right for its bytes only`() throws {
        // The digest of "hello world" in the specification of tus.
        let right = try #require(Tus.Checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="))
        right.running.update(Array("hello world".utf8))
        #expect(right.isRight)
        let wrong = try #require(Tus.Checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="))
        wrong.running.update(Array("hello worlds".utf8))
        #expect(!wrong.isRight)
        #expect(Tus.Checksum("md5 Kq5sNclPz7QV2+lfQIuc6R7oRu0=") == nil)
        #expect(Tus.Checksum("sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=") == nil)
    }

    @Test func `dates are those of HTTP`() {
        #expect(Tus.date(Timestamp(milliseconds: 1_451_462_400_123)) == "Wed, 30 Dec 2015 08:00:00 GMT")
    }

    @Test(arguments: [
        ("../../etc/passwd", "passwd"), ("C:\\教案\\第一课.docx", "第一课.docx"), ("", "未命名"), ("...", "未命名"),
        ("课件🎒👩‍🏫.pptx", "课件🎒👩‍🏫.pptx"), ("a\u{202E}gpj.exe", "agpj.exe"), ("  空 格 .txt ", "空 格 .txt"),
        ("换\n行.txt", "换行.txt"), ("a<b>.txt", "ab.txt"),
    ])
    func `names are made safe and stay what they are`(_ name: String, _ safe: String) {
        #expect(FileName.clean(name) == safe)
    }

    @Test func `a long name is cut and keeps its ending`() {
        #expect(FileName.clean(String(repeating: "a", count: 150) + ".docx").count == FileName.longest)
        let name = FileName.clean(String(repeating: "长", count: 150) + ".docx")
        #expect((FileName.longestBytes - 2...FileName.longestBytes).contains(name.utf8.count))
        #expect(name.hasSuffix("长.docx"))
        #expect(FileName.replacingEnding(of: "照片.pdf", with: "jpg") == "照片.jpg")
    }

    @Test(arguments: ["+5", "-0", "0x10", " 5", "", "１２", "9223372036854775808"])
    func `a number of bytes is digits and nothing else`(_ text: String) {
        #expect(Tus.count(text) == nil)
        #expect(Tus.count("05") == 5 && Tus.count(nil) == nil)
    }

    @Test func `a character made of very many marks is no way around the length`() {
        let marks = String(repeating: "\u{301}", count: 4000)
        #expect(FileName.clean("a\(marks).txt") == "未命名.txt")
        #expect(FileName.clean("课a\(marks).txt") == "课.txt")
        #expect(FileName.clean("课.t\(marks)") == "课")
        #expect(FileName.ending(of: "课.t\(marks)") == "")
        let family = String(repeating: "👨‍👩‍👧‍👦", count: 100)
        #expect(FileName.clean(family + ".pdf").utf8.count <= FileName.longestBytes)
    }

    @Test func `sizes are told in words`() {
        #expect(FileSize.text(512) == "512 字节")
        #expect(FileSize.text(4 << 30) == "4 GB")
        #expect(FileSize.text(3_355_443) == "3.2 MB")
    }
}
