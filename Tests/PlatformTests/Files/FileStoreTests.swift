import Database
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@Suite("文件") struct FileStoreTests {
    @Test(arguments: TestDatabase.allCases)
    func `the same content is kept once and damage is found`(on kind: TestDatabase) async throws {
        try await kind.withDatabase { (database: Database, folder: String) async throws in
            let store = try FileStore(root: folder + "/files")
            let path = folder + "/upload"
            try Data("登记表".utf8).write(to: URL(fileURLWithPath: path))
            let first = try store.keep(fileAt: path), second = try store.keep(fileAt: path)
            #expect(first == second)
            let id = try await database.write { db in
                try store.record(sha256: first.sha256, size: first.size, name: "登记表.xlsx", by: "陈主任", now: .now, on: db)
            }
            #expect(try await database.read { try store.find(id, on: $0) }.name == "登记表.xlsx")
            #expect(try await store.damaged(database).isEmpty)
            try Data("别的".utf8).write(to: URL(fileURLWithPath: store.path(of: first.sha256)))
            #expect(try await store.damaged(database) == [first.sha256])
        }
    }
}
