import Foundation
import Kernel
import Testing

@testable import Media

@Suite("文件内容") struct FileInspectionTests {
    private func look(_ name: String, _ bytes: [UInt8]) throws -> FileInspection {
        let path = NSTemporaryDirectory() + "santong-look-" + Identifiers.next()
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }  // the system clears what is left over
        return FileInspection.look(at: path, name: name, size: bytes.count)
    }

    private func refusal(_ name: String, _ bytes: [UInt8]) throws -> String {
        guard case .refused(let reason) = try look(name, bytes) else { return "" }
        return reason
    }

    private let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
    private let emptyArchiveEnd: [UInt8] = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)

    @Test func `the content decides and a wrong ending is set right`() throws {
        #expect(try look("图.png", png) == .accepted(type: "image/png", name: "图.png", remark: ""))
        #expect(
            try look("图.jpg", png) == .accepted(type: "image/png", name: "图.png", remark: "文件内容是 PNG，已更正扩展名。"))
        let mp4 = [0, 0, 0, 0x18] + Array("ftypisom".utf8) + [UInt8](repeating: 0, count: 40)
        #expect(try look("课", mp4) == .accepted(type: "video/mp4", name: "课.mp4", remark: "文件内容是 MP4，已更正扩展名。"))
        for brand in ["heic", "heix", "mif1", "msf1", "hevc"] {
            let picture = [0, 0, 0, 0x18] + Array("ftyp\(brand)".utf8) + [UInt8](repeating: 0, count: 40)
            #expect(try look("照片.HEIC", picture) == .accepted(type: "image/heic", name: "照片.HEIC", remark: ""))
            #expect(
                try look("照片.jpg", picture)
                    == .accepted(type: "image/heic", name: "照片.heic", remark: "文件内容是 HEIC，已更正扩展名。"))
        }
        #expect(try look("说明.txt", Array("说明".utf8)) == .accepted(type: "text/plain", name: "说明.txt", remark: ""))
    }

    @Test func `the text of Windows Notepad is text, and a page in it is a page`() throws {
        func wide(_ text: String) -> [UInt8] {
            [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        }
        #expect(try look("通知.txt", wide("通知 abc")) == .accepted(type: "text/plain", name: "通知.txt", remark: ""))
        #expect(try refusal("通知.txt", wide("<html><script>")).contains("网页"))
        #expect(FileInspection.look(at: "/nowhere", name: "a.txt", size: 3) == .unreadable)
    }

    @Test(arguments: [
        ("课件.pptx", Array("MZ\u{90}\u{0}\u{3}".utf8)), ("课件.txt", Array("#!/bin/sh\nrm".utf8)),
        ("课件.pdf", [0x7F, 0x45, 0x4C, 0x46, 2, 1]),
    ])
    func `programs are refused whatever their name`(_ name: String, _ bytes: [UInt8]) throws {
        #expect(try refusal(name, bytes).contains("程序"))
    }

    @Test(arguments: [
        "<html><script>", "\u{FEFF}  <!DOCTYPE html>", "<svg xmlns=\"x\">", "a,b\n<SCRIPT>x", "a<<iFrame",
    ])
    func `what a browser would run is refused`(_ text: String) throws {
        #expect(try refusal("表.csv", Array(text.utf8)).contains("网页"))
    }

    @Test(arguments: ["a < script", "1<2\n", "<", "x<scrip"].map { "a" + $0 })
    func `a sign of comparison makes no page`(_ text: String) throws {
        #expect(try look("表.csv", Array(text.utf8)) == .accepted(type: "text/plain", name: "表.csv", remark: ""))
    }

    @Test func `two files in one are refused`() throws {
        #expect(try refusal("图.png", png + [UInt8](repeating: 7, count: 400) + emptyArchiveEnd).contains("夹带"))
        #expect(try refusal("图.gif", Array("GIF89a/*<script>alert(1)</script>".utf8)).contains("夹带"))
        #expect(try refusal("图.png", png + Array("%PDF-1.7".utf8)).contains("夹带"))
        // The mark of an archive in the middle of a picture is chance.
        #expect(try refusal("图.png", png + emptyArchiveEnd + [1, 2, 3]) == "")
    }

    @Test func `nothing, the unknown and text under a strange name are refused with words`() throws {
        #expect(try refusal("空.txt", []).contains("空的"))
        #expect(try refusal("x.bin", [1, 0, 2, 0, 3]).contains("不认识"))
        #expect(try refusal("start.bat", Array("echo".utf8)) == "不能上传 .bat 文件。")
        #expect(try refusal("readme", Array("text".utf8)).contains(".txt"))
        #expect(try refusal("a.zip", [0x50, 0x4B, 3, 4, 1, 2]).contains("损坏"))
    }

    @Test func `a protected PDF is taken and said to be one`() throws {
        guard case .accepted(_, _, let remark) = try look("卷.pdf", Array("%PDF-1.7\ntrailer <</Encrypt 5 0 R>>".utf8))
        else {
            Issue.record("refused")
            return
        }
        #expect(remark.contains("保护"))
    }

    @Test func `old documents with macros or a password are refused`() throws {
        let start: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 600)
        func named(_ text: String) -> [UInt8] { start + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }
        #expect(try refusal("表.xls", named("_VBA_PROJECT")).contains("宏"))
        #expect(try refusal("表.xlsx", named("EncryptedPackage")).contains("密码"))
        #expect(try look("表.xls", start) == .accepted(type: "application/vnd.ms-excel", name: "表.xls", remark: ""))
        #expect(try refusal("表.pdf", start).contains("扩展名"))
    }
}
