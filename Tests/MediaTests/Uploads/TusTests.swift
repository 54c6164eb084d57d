import App
import Database
import Foundation
import HTTPTypes
import Kernel
import Platform
import TestKit
import Testing

@testable import Media

/// A sender of one file, as the protocol wants it.
struct Sender: Sendable {
    let client: TestClient
    static let version = ["tus-resumable": "1.0.0"]

    func create(_ length: Int, name: String = "教案.txt", _ more: [String: String] = [:]) async throws -> TestAnswer {
        let headers = Sender.version.merging([
            "upload-length": String(length), "upload-metadata": "filename " + Data(name.utf8).base64EncodedString(),
        ]) { $1 }
        return try await client.send(.post, "/uploads", headers.merging(more) { $1 }, [])
    }

    func append(
        _ place: String, at offset: Int, _ bytes: [UInt8], _ more: [String: String] = [:]
    ) async throws -> TestAnswer {
        let headers = Sender.version.merging([
            "content-type": "application/offset+octet-stream", "upload-offset": String(offset),
            "content-length": String(bytes.count),
        ]) { $1 }
        return try await client.send(.patch, place, headers.merging(more) { $1 }, bytes)
    }

    func offset(_ place: String) async throws -> Int? {
        try await client.send(.head, place, Sender.version, []).header("upload-offset").flatMap { Int($0) }
    }

    /// Sends a whole file; its place.
    func send(_ name: String, _ bytes: [UInt8]) async throws -> String {
        let place = try #require(try await create(bytes.count, name: name).location)
        #expect(try await append(place, at: 0, bytes).status == 204)
        return place
    }
}

extension TestAnswer {
    func header(_ name: String) -> String? { headers[HTTPField.Name(name)!] }
}

@Suite("tus：上传") struct TusTests {
    private let text = Array("第一课 认识小数\n".utf8)

    private func sender(_ city: TestCity, _ member: TestCity.Member = .wang) async throws -> Sender {
        Sender(client: try await city.client(member))
    }

    private func upload(_ place: String, _ city: TestCity) async throws -> Upload {
        let id = ID<Upload>(String(place.split(separator: "/").last ?? ""))
        return try #require(try await city.database.read { try UploadStore($0).find(id) })
    }

    @Test(arguments: TestDatabase.allCases)
    func `a file sent in pieces is stored under its hash and taken up once`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let sender = try await sender(city), user = try await city.user(.wang)
            let made = try await sender.create(text.count, name: "../课/教案📘.txt")
            #expect(made.status == 201)
            let place = try #require(made.location)
            #expect(try await sender.offset(place) == 0)
            #expect(try await sender.append(place, at: 0, Array(text[..<7])).header("upload-offset") == "7")
            #expect(try await sender.offset(place) == 7)
            let last = try await sender.append(place, at: 7, Array(text[7...]))
            #expect(last.status == 204)
            let found = try await upload(place, city)
            #expect(found.state == .ready)
            #expect(found.name == "教案📘.txt")
            #expect(found.sha256 == Hex.encode(SHA256.hash(text)))
            #expect(try await sender.offset(place) == text.count)
            let uploads = city.platform.media.uploads
            let file = try await city.database.write { try uploads.claim(found.id, by: user, now: .now, on: $0) }
            let kept = try await uploads.localPath(of: file)
            #expect(FileManager.default.contents(atPath: kept) == Data(text))
            await #expect(throws: DomainError.self) {
                try await city.database.write { _ = try uploads.claim(found.id, by: user, now: .now, on: $0) }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `another's upload does not exist`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let wang = try await sender(city), zhao = try await sender(city, .zhao)
            let place = try #require(try await wang.create(text.count).location)
            #expect(try await zhao.offset(place) == nil)
            #expect(try await zhao.append(place, at: 0, text).status == 404)
            let ended = try await zhao.client.send(.delete, place, Sender.version, [])
            #expect(ended.status == 404)
            #expect(try await zhao.client.get(place + "/state").status == 404)
            #expect(
                try await zhao.client.post(
                    "/uploads/" + place.split(separator: "/")[1] + "/cancel", from: "/uploads/mine"
                ).status == 404)
            let visitor = try await city.client(.visitor)
            #expect(try await visitor.send(.post, "/uploads", Sender.version, []).status == 401)
            #expect(try await wang.append(place, at: 0, text).status == 204)
            let id = try await upload(place, city).id, user = try await city.user(.zhao)
            let uploads = city.platform.media.uploads
            await #expect(throws: DomainError.self) {
                try await city.database.write { _ = try uploads.claim(id, by: user, now: .now, on: $0) }
            }
        }
    }

    @Test func `the protocol is told and asked for`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let sender = try await sender(city)
            let told = try await sender.client.send(.options, "/uploads", [:], [])
            #expect(told.status == 204)
            #expect(told.header("tus-version") == "1.0.0")
            #expect(told.header("tus-extension")?.contains("checksum") ?? false)
            let place = try #require(try await sender.create(text.count).location)
            for (method, path) in [
                (HTTPRequest.Method.post, "/uploads"), (.head, place), (.patch, place), (.delete, place),
            ] {
                for headers in [[:], ["tus-resumable": "0.2.2"]] {
                    let answer = try await sender.client.send(method, path, headers, [])
                    #expect(answer.status == 412, "\(method) \(headers)")
                    #expect(answer.header("tus-version") == "1.0.0")
                }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what does not fit is refused and changes nothing`(on database: TestDatabase) async throws {
        try await withTestCity(database, configured: { configuration, _ in configuration.media.fileBytes = 1 << 20 }) {
            (city: TestCity) async throws in
            let sender = try await sender(city)
            #expect(try await sender.create((1 << 20) + 1).status == 413)
            #expect(try await sender.create(0).status == 400)
            #expect(try await sender.create(-1).status == 400)
            #expect(try await sender.create(9, name: "x", ["upload-metadata": "filename %%"]).status == 400)
            let place = try #require(try await sender.create(text.count).location)
            #expect(try await sender.append(place, at: 3, text).status == 409)
            #expect(try await sender.append(place, at: 0, text + [0x41]).status == 413)
            let form = ["content-type": "application/x-www-form-urlencoded"]
            #expect(try await sender.append(place, at: 0, text, form).status == 415)
            #expect(try await sender.append(place, at: 0, text, ["upload-offset": "x"]).status == 400)
            let digest = "sha256 " + Data(SHA256.hash("别的")).base64EncodedString()
            #expect(try await sender.append(place, at: 0, text, ["upload-checksum": digest]).status == 460)
            #expect(try await sender.append(place, at: 0, text, ["upload-checksum": "md5 AA=="]).status == 400)
            #expect(try await sender.offset(place) == 0)
            let right = "sha256 " + Data(SHA256.hash(text)).base64EncodedString()
            #expect(try await sender.append(place, at: 0, text, ["upload-checksum": right]).status == 204)
            #expect(try await sender.append(place, at: 0, text).status == 409)
            #expect(try await upload(place, city).state == .ready)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a length as large as a number gets is refused and ends nothing`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let sender = try await sender(city)
            let place = try #require(try await sender.create(10).location)
            #expect(try await sender.append(place, at: 0, [0x61]).status == 204)
            for length in [String(Int.max), String(UInt64.max), String(Int.max - 1)] {
                let answer = try await sender.append(place, at: 1, [0x61], ["content-length": length])
                #expect(answer.status == 413, "\(length)")
            }
            // Within what the route takes, and more than this file.
            #expect(try await sender.append(place, at: 1, [0x61], ["content-length": "10"]).status == 413)
            #expect(try await sender.offset(place) == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an upload that is ended or overdue is gone with its bytes`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let sender = try await sender(city)
            let place = try #require(try await sender.create(text.count).location),
                id = try await upload(place, city).id
            #expect(try await sender.append(place, at: 0, Array(text[..<4])).status == 204)
            let partial = city.folder + "/partial/" + id.rawValue
            #expect(FileManager.default.fileExists(atPath: partial))
            #expect(try await sender.client.send(.delete, place, Sender.version, []).status == 204)
            #expect(!FileManager.default.fileExists(atPath: partial))
            #expect(try await sender.append(place, at: 4, Array(text[4...])).status == 404)
            let other = try #require(try await sender.create(text.count).location)
            try await city.database.write { try $0.execute("UPDATE media_upload SET expires_at = 1") }
            #expect(try await sender.client.send(.head, other, Sender.version, []).status == 410)
            try await city.platform.media.tend()
            #expect(try await sender.client.send(.head, other, Sender.version, []).status == 404)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `bytes that came in this run of the machine count, others only when they were made safe`(
        on database: TestDatabase
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let sender = try await sender(city)
            let place = try #require(try await sender.create(text.count).location),
                id = try await upload(place, city).id
            #expect(try await sender.append(place, at: 0, Array(text[..<4])).status == 204)
            // As if the process had been killed in the middle of the next piece.
            func arrive(_ bytes: ArraySlice<UInt8>) throws {
                let file = try #require(FileHandle(forWritingAtPath: city.folder + "/partial/" + id.rawValue))
                try file.seekToEnd()
                try file.write(contentsOf: bytes)
                try file.close()
            }
            try arrive(text[4..<9])
            #expect(try await sender.offset(place) == 9)
            try arrive(text[9..<12])
            try await city.database.write { try $0.execute("UPDATE media_upload SET boot_id = 'another'") }
            #expect(try await sender.offset(place) == 9)
            #expect(try await sender.append(place, at: 9, Array(text[9...])).status == 204)
            #expect(try await upload(place, city).sha256 == Hex.encode(SHA256.hash(text)))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `one account has its share and no more`(on database: TestDatabase) async throws {
        try await withTestCity(database, configured: { configuration, _ in configuration.media.accountBytes = 100 }) {
            (city: TestCity) async throws in
            let sender = try await self.sender(city), other = try await self.sender(city, .li)
            #expect(try await sender.create(60).status == 201)
            #expect(try await sender.create(60).status == 413)
            #expect(try await other.create(60).status == 201)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a claim goes with the record it was for`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let sender = try await sender(city), user = try await city.user(.wang)
            let id = try await upload(try await sender.send("课.txt", text), city).id
            let uploads = city.platform.media.uploads
            await #expect(throws: DomainError.self) {
                try await city.database.write { db in
                    _ = try uploads.claim(id, by: user, now: .now, on: db)
                    throw DomainError.notFound
                }
            }
            let file = try await city.database.write { try uploads.claim(id, by: user, now: .now, on: $0) }
            let records: Int? = try await city.database.read { db in
                try db.value("SELECT COUNT(*) FROM platform_file WHERE sha256 = \(file.sha256)")
            }
            #expect(records == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a server that died after storing goes on from there`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let desk = try UploadDesk(folder: city.folder + "/partial"), user = try await city.user(.wang)
            let service = UploadService(
                database: city.database, desk: desk, settings: MediaSettings(), now: { .now })
            let storage = FolderStorage(city.platform.files), path = city.folder + "/sent"
            try Data(text).write(to: URL(fileURLWithPath: path))
            let made = try await service.create(name: "课.txt", length: text.count, by: user)
            try await service.fill(made, from: path)
            try await city.database.write {
                try UploadStore($0).noteContent(made.id, type: "text/plain", name: "课.txt", remark: "")
            }
            let hash = Hex.encode(SHA256.hash(text))
            try await storage.put(fileAt: desk.path(of: made.id), sha256: hash, size: text.count)
            try await city.platform.media.settle()
            #expect(try await service.find(made.id, of: user).state == .ready)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `pupils and their parents have a smaller share`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            var settings = MediaSettings()
            settings.roleAccountBytes["student"] = 50
            let desk = try UploadDesk(folder: city.folder + "/partial")
            let service = UploadService(database: city.database, desk: desk, settings: settings, now: { .now })
            func user(_ roles: String...) -> CurrentUser {
                let grants = roles.map {
                    EffectiveGrant(role: $0, organisation: .new(), path: .city, permissions: [])
                }
                return CurrentUser(account: .new(), person: .new(), name: "孙同学", grants: grants)
            }
            await #expect(throws: DomainError.self) {
                _ = try await service.create(name: "a.txt", length: 60, by: user("student"))
            }
            _ = try await service.create(name: "a.txt", length: 50, by: user("student"))
            _ = try await service.create(name: "a.txt", length: 60, by: user("student", "teacher"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what a predecessor says late takes nothing back`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let id = ID<Upload>.new(), now = Timestamp.now
            let received: Int? = try await city.database.write { db in
                let store = UploadStore(db)
                try store.add(id, of: .new(), name: "a.txt", length: 100, now: now)
                try store.noteReceived(id, 60, bootID: "x", now: now)
                try store.noteReceived(id, 40, bootID: "x", now: now)
                return try store.find(id)?.received
            }
            #expect(received == 60)
            // Only whoever opens it may begin earlier.
            let begun: Int? = try await city.database.write { db in
                let store = UploadStore(db)
                try store.noteBegun(id, at: 20, bootID: "x", now: now)
                return try store.find(id)?.received
            }
            #expect(begun == 20)
        }
    }

    @Test func `the first piece may come with the announcement`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let sender = try await sender(city)
            let headers = Sender.version.merging([
                "upload-length": String(text.count),
                "upload-metadata": "filename " + Data("a.txt".utf8).base64EncodedString(),
                "content-type": "application/offset+octet-stream", "content-length": "5",
            ]) { $1 }
            let made = try await sender.client.send(.post, "/uploads", headers, Array(text[..<5]))
            #expect(made.status == 201)
            #expect(made.header("upload-offset") == "5")
            let place = try #require(made.location)
            #expect(try await sender.append(place, at: 5, Array(text[5...])).status == 204)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the page lists one's own files and works without scripts`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let wang = try await city.client(.wang), zhao = try await city.client(.zhao)
            #expect(try await wang.get("/uploads/mine").text.contains("还没有上传文件"))
            let none = try await wang.upload("/uploads/mine", from: "/uploads/mine", field: "other", fileName: "", [])
            #expect(none.status == 422)
            let empty = try await wang.upload(
                "/uploads/mine", from: "/uploads/mine", field: "file", fileName: "空.txt", [])
            #expect(empty.status == 422)
            #expect(empty.text.contains("文件是空的"))
            let sent = try await wang.upload(
                "/uploads/mine", from: "/uploads/mine", field: "file", fileName: "教案<b>.txt", text)
            #expect(sent.status == 303)
            let page = try await wang.get("/uploads/mine").text
            #expect(page.contains("教案b.txt"))
            #expect(page.contains("可以使用"))
            #expect(!(try await zhao.get("/uploads/mine").text.contains("教案b.txt")))
            let id = try #require(page.range(of: "/cancel\"").map { page[..<$0.lowerBound].suffix(26) })
            #expect(try await wang.get("/uploads/\(id)/state").text.contains(#""state":"ready""#))
            #expect(try await wang.post("/uploads/\(id)/cancel", from: "/uploads/mine").status == 303)
            // The first look still has the message that it is gone.
            _ = try await wang.get("/uploads/mine")
            #expect(!(try await wang.get("/uploads/mine").text.contains("教案b.txt")))
        }
    }
}
