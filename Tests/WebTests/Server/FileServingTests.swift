import Foundation
import Kernel
import TestKit
import Testing

@testable import Web

@Suite("文件下载") struct FileServingTests {
    @Test(arguments: [
        ("bytes=0-4", FileServing.Wish.part(0..<5)), ("bytes=5-", .part(5..<10)), ("bytes=-3", .part(7..<10)),
        ("bytes=-30", .part(0..<10)), ("bytes=8-99", .part(8..<10)), ("bytes=10-", .impossible),
        ("bytes=-0", .impossible),
        ("bytes=4-2", .whole), ("bytes=0-1,4-5", .whole), ("lines=0-1", .whole), ("bytes=a-b", .whole),
        ("bytes=", .whole), ("bytes=+1-+2", .whole), ("bytes=--1", .whole),
    ])
    func `ranges of ten bytes`(text: String, wish: FileServing.Wish) {
        #expect(FileServing.parse(text, size: 10) == wish)
    }

    @Test(arguments: [
        ("登记.xlsx", "登记.xlsx"), ("../../etc/passwd", ".._.._etc_passwd"),
        ("a\r\nset-cookie: x=1.csv", "a__set-cookie_ x=1.csv"),
        ("报表\u{202E}xslx.exe", "报表_xslx.exe"), ("<img src=x>\".csv", "_img src=x__.csv"),
        (String(repeating: "校", count: 300) + ".xlsx", String(repeating: "校", count: 80) + ".xlsx"),
        (String(repeating: "校", count: 300), String(repeating: "校", count: 80)),
    ])
    func `the name of a download is one that every system takes`(name: String, safe: String) {
        let answer = WebResponse.download(path: "/x", name: name, contentType: "text/csv", temporary: false)
        let disposition = answer.headers.first { $0.name == "content-disposition" }?.value ?? ""
        #expect(disposition == "attachment; filename=\"download\"; filename*=UTF-8''" + URLCoding.encode(safe))
        #expect(disposition.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
    }

    @Test func `a part of a file is answered as such, and a temporary file goes away`() async throws {
        let path = NSTemporaryDirectory() + "download-" + Identifiers.next()
        func write() throws { try Data("0123456789".utf8).write(to: URL(fileURLWithPath: path)) }
        var routes = Routes(module: "test")
        routes.get("/kept", access: .public) { _ in
            WebResponse.download(path: path, name: "表.txt", contentType: "text/plain", temporary: false)
                .with(header: "etag", "\"now\"")
        }
        routes.get("/once", access: .public) { _ in
            .download(path: path, name: "表.txt", contentType: "text/plain", temporary: true)
        }
        let client = TestClient(try Kit.pipeline(routes))
        try write()
        let part = try await client.get("/kept", headers: ["range": "bytes=2-4"])
        #expect(part.status == 206)
        #expect(part.text == "234")
        #expect(part.headers[.contentRange] == "bytes 2-4/10")
        let other = try await client.get("/kept", headers: ["range": "bytes=2-4", "if-range": "\"before\""])
        #expect(other.status == 200 && other.text == "0123456789")
        let same = try await client.get("/kept", headers: ["range": "bytes=2-4", "if-range": "\"now\""])
        #expect(same.status == 206 && same.text == "234")
        let beyond = try await client.get("/kept", headers: ["range": "bytes=10-"])
        #expect(beyond.status == 416)
        #expect(beyond.headers[.contentRange] == "bytes */10")
        #expect(try await client.send(.head, "/kept", [:], []).headers[.contentLength] == "10")
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(try await client.get("/once").text == "0123456789")
        #expect(!FileManager.default.fileExists(atPath: path))
        try write()
        #expect(try await client.send(.head, "/once", [:], []).bytes.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
