import Foundation
import Kernel
import Testing

@testable import Web

@Suite("上传的内容") struct MultipartTests {
    private static let body = Array(
        """
        --b1\r\nContent-Disposition: form-data; name="title"\r\n\r\n登记表\r\n\
        --b1\r\nContent-Disposition: form-data; name="file"; filename="C:\\表.csv"\r\nContent-Type: text/csv\r\n\r\n\
        a,b\r\n--b\r\n--b2\r\n\r\n\r\n\
        --b1\r\nContent-Disposition: form-data; name="none"; filename=""\r\n\r\n\r\n--b1--\r\nepilogue
        """.utf8)

    private func withFolder<T>(_ body: (String) throws -> T) throws -> T {
        let folder = NSTemporaryDirectory() + "multipart-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // a temporary folder
        return try body(folder)
    }

    private func read(_ pieces: [ArraySlice<UInt8>], limit: Int = 4096, in folder: String) throws -> RequestBodyContent
    {
        let reader = MultipartReader(boundary: "b1", folder: folder, limit: limit)
        for piece in pieces { try reader.take(piece) }
        return try reader.finish()
    }

    @Test func `a body is the same wherever the network cuts it`() throws {
        try withFolder { folder in
            let body = MultipartTests.body
            for cut in 0...body.count {
                let content = try read([body[..<cut], body[cut...]], in: folder)
                #expect(content.form["title"] == "登记表", "cut at \(cut)")
                try #require(content.files.count == 1, "cut at \(cut)")
                #expect(content.files[0].name == "表.csv")
                let bytes = try Data(contentsOf: URL(fileURLWithPath: content.files[0].path))
                #expect(bytes == Data("a,b\r\n--b\r\n--b2\r\n\r\n".utf8), "cut at \(cut)")
                content.removeFiles()
            }
        }
    }

    @Test func `single bytes make the same body`() throws {
        try withFolder { folder in
            let body = MultipartTests.body
            let content = try read(body.indices.map { body[$0...$0] }, in: folder)
            #expect(content.form["title"] == "登记表")
            #expect(content.files.map(\.size) == [18])
        }
    }

    @Test func `a body that ends early or is too large is refused`() throws {
        try withFolder { folder in
            let body = MultipartTests.body
            #expect(throws: BodyError.self) { try read([body[..<(body.count - 20)]], in: folder) }
            #expect(throws: BodyError.self) { try read([body[...]], limit: 100, in: folder) }
        }
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"), ("Multipart/Form-Data; charset=x; Boundary=\"a b\"", "a b"),
        ("multipart/form-data", nil), ("multipart/form-data; boundary=", nil), ("text/plain; boundary=abc", nil),
    ])
    func `boundaries`(type: String, boundary: String?) { #expect(MultipartReader.boundary(of: type) == boundary) }
}
