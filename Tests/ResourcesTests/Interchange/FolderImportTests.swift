import Database
import Directory
import Foundation
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

@testable import Resources

/// Folders of resources with a workbook.
@Suite("Import of a folder")
struct FolderImportTests {
    private static let root = "/resources/folders"

    private static let table = """
        标题,文件,类型,节点代码,课,学段,关键词,授权方式,谁能看到,其他作者
        灯塔教案,第一课/灯塔.txt,教案,SYW31-01-03,,,灯塔；海,CC BY 4.0,公开,
        灯塔习题,习题.txt;说明、要求.txt,习题,,灯塔下的路,小学,,,本校,
        没有文件,没有.txt,教案,,,,,,,
        坏类型,习题.txt,魔法,XX-9,,,,天书,,张三
        灯塔教案,第一课/灯塔.txt,教案,SYW31-01-03,,,,,,

        """

    private static let files = [
        ("元数据.csv", table), ("第一课/灯塔.txt", "灯塔的内容"), ("习题.txt", "一道题"), ("说明、要求.txt", "说明"),
        ("没有人要.txt", "多余"),
    ]

    private func archive(_ files: [(String, String)]) throws -> [UInt8] {
        let path = NSTemporaryDirectory() + "folder-" + UUID().uuidString + ".zip"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let archive = try StoredArchive(path: path)
        for (name, text) in files {
            try archive.begin(name)
            try archive.add(Array(text.utf8))
        }
        try archive.finish()
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func send(_ client: TestClient, _ bytes: [UInt8]) async throws -> TestAnswer {
        let root = FolderImportTests.root
        return try await client.upload(root, from: root + "/new", field: "file", fileName: "资源.zip", bytes)
    }

    @Test(
        "The change set names each bad cell, missing and unused files; accepted twice it makes nothing new",
        arguments: TestDatabase.allCases)
    func way(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let wang = try await made.city.client(.wang), bytes = try archive(FolderImportTests.files)
            let path = try #require(try await send(wang, bytes).location), page = try await wang.get(path)
            #expect(page.text.contains("新增 2，不变 0，退回 3") && page.text.contains("接受后将新增 2 个资源"))
            for words in [
                "B 列“文件”：文件夹里没有“没有.txt”", "C 列“类型”：不认识“魔法”", "D 列“节点代码”：教材目录里没有“XX-9”",
                "H 列“授权方式”：不认识“天书”", "J 列“其他作者”：本校没有教职工“张三”", "与第 2 行是同一个资源",
                "表里写了、压缩包里没有的文件：1 个", "压缩包里有、表里没有写的文件：1 个", "没有人要.txt",
            ] { #expect(page.text.contains(words), "\(words)") }
            let zhao = try await made.city.client(.zhao)
            #expect(try await zhao.get(path).status == 404)
            #expect(try await zhao.post(path + "/acceptance", from: "/resources/mine").status == 404)

            let accepted = try await wang.post(path + "/acceptance", from: path, [("way", "submit"), ("stated", "1")])
            #expect(accepted.location == path)
            let done = try await wang.get(path)
            #expect(done.text.contains("已导入 2") && done.text.contains("已接受"))
            let own = try await wang.get("/resources/mine")
            #expect(own.text.contains("灯塔教案") && own.text.contains("灯塔习题") && own.text.contains("校级待审"))
            let names: [String] = try await made.database.read {
                try $0.column("SELECT name FROM resources_item_file ORDER BY name")
            }
            #expect(names == ["习题.txt", "灯塔.txt", "说明、要求.txt"].sorted())
            let content: [String] = try await made.database.read {
                try $0.column("SELECT content FROM resources_item WHERE title = '灯塔教案'")
            }
            #expect(content.count == 1 && content[0].contains("cc-by") && content[0].contains("public"))

            let again = try #require(try await send(wang, bytes).location)
            let second = try await wang.get(again)
            #expect(second.text.contains("新增 0，不变 2，退回 3") && second.text.contains("没有可以导入的新资源"))
            #expect(try await wang.post(again + "/discard", from: again).location == FolderImportTests.root)
            #expect(try await wang.post(again + "/discard", from: "/resources/mine").location == FolderImportTests.root)
            let late = try await wang.post(path + "/acceptance", from: path, [("way", "draft")])
            #expect(late.status == 409)
            let count: Int? = try await made.database.read { try $0.value("SELECT COUNT(*) FROM resources_item") }
            #expect(count == 2)
            // What is kept about her tells of it, and goes when she wants it.
            let person = try await made.city.user(.wang).person, data = ResourcesPersonalData(database: made.database)
            #expect(try await data.items(of: person).count { $0.group == "导入文件夹" } == 2)
            #expect(try await data.erase(person, wholly: false, by: "x").contains("2 次文件夹导入的记录"))
            #expect(try await data.items(of: person).allSatisfy { $0.group != "导入文件夹" })
            // Nothing of the archives is kept once they are done.
            let kept: Int? = try await made.database.read {
                try $0.value("SELECT COUNT(*) FROM platform_file WHERE name = '资源.zip'")
            }
            #expect(kept == 0)
        }
    }

    @Test(
        "Archives that are none, hostile or without a workbook are refused with the reason",
        arguments: TestDatabase.allCases)
    func refused(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let wang = try await made.city.client(.wang)
            let cases: [([UInt8], String)] = [
                (Array("nothing".utf8), "不是 ZIP 压缩包"), (try archive([("a.txt", "x")]), "没有元数据表"),
                (try archive([("../元数据.csv", FolderImportTests.table)]), "不能接收"),
                (try archive([("元数据.csv", "甲,乙\n1,2\n")]), "没有找到表头"),
                (try archive([("元数据.csv", "标题,文件\n")]), "没有数据行"),
            ]
            for (bytes, words) in cases {
                let answer = try await send(wang, bytes)
                #expect(answer.status == 422 && answer.text.contains(words), "\(words): \(answer.text.suffix(600))")
            }
            let visitor = try await made.city.client(.visitor)
            #expect(try await visitor.get(FolderImportTests.root).status == 303)
            let template = try await wang.get(FolderImportTests.root + "/template")
            #expect(template.status == 200 && template.bytes.starts(with: [0x50, 0x4B]))
        }
    }

    @Test("Three archives may wait, the fourth is told to", arguments: TestDatabase.allCases)
    func open(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let wang = try await made.city.client(.wang), root = FolderImportTests.root
            func bring(_ number: Int) async throws -> TestAnswer {
                let table = "标题,文件,类型,节点代码\n教案\(number),\(number).txt,教案,SYW31-01-03\n"
                return try await send(wang, try archive([("元数据.csv", table), ("\(number).txt", "内容\(number)")]))
            }
            var paths: [String] = []
            for number in 1...3 { paths.append(try #require(try await bring(number).location)) }
            let fourth = try await bring(4)
            #expect(fourth.status == 422 && fourth.text.contains("还有3个压缩包没有处理完"))
            #expect(try await wang.post(paths[0] + "/discard", from: paths[0]).location == root)
            #expect(try await bring(4).location != nil)
        }
    }

    @Test("A file that somebody else checks is waited for, not for ever", arguments: TestDatabase.allCases)
    func checking(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let wang = try await made.city.user(.wang), resources = made.city.platform.resources
            let path = made.city.folder + "/file.txt", database = made.database
            try Data("内容".utf8).write(to: URL(fileURLWithPath: path))
            let made = try await resources.uploads.receive(fileAt: path, name: "a.txt", size: 6, by: wang)
            try await database.write {
                try $0.execute("UPDATE media_upload SET state = 'checking' WHERE id = \(made.id)")
            }
            let checking = try await database.read { try resources.uploads.find(made.id, of: wang, on: $0) }
            let pauses = Mutex(0)
            var intake = FolderIntake(
                database: database, uploads: resources.uploads, office: resources.office, workFolder: "")
            intake.pause = { pauses.withLock { $0 += 1 } }
            #expect(try await intake.settled(checking, of: wang).state == .checking)
            #expect(pauses.withLock { $0 } == 100)
            intake.pause = {
                try await database.write {
                    try $0.execute("UPDATE media_upload SET state = 'ready' WHERE id = \(made.id)")
                }
            }
            #expect(try await intake.settled(checking, of: wang).state == .ready)
        }
    }

    @Test("A folder of this machine comes in by command, in steps", arguments: TestDatabase.allCases)
    func command(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let folder = made.city.folder + "/资源", manager = FileManager.default
            try manager.createDirectory(atPath: folder + "/课", withIntermediateDirectories: true)
            var table = "标题,文件,类型,节点代码\n"
            for number in 1...23 {
                table += "教案\(number),课/\(number).txt,教案,SYW31-01-03\n"
                try Data("内容\(number)".utf8).write(to: URL(fileURLWithPath: folder + "/课/\(number).txt"))
            }
            try Data(table.utf8).write(to: URL(fileURLWithPath: folder + "/清单.csv"))
            let wang = try await made.city.user(.wang), resources = made.city.platform.resources
            func bring(accepts: Bool) async throws -> ResourcesModule.FolderOutcome {
                try await resources.importFolder(at: folder, by: wang, accepts: accepts, submits: false)
            }
            #expect(try await bring(accepts: false).count("new") == 23)
            #expect(try await bring(accepts: true).count("taken") == 23)
            let again = try await bring(accepts: true)
            #expect(again.count("known") == 23 && again.count("taken") == 0 && again.workbook == "清单.csv")
            let count: Int? = try await made.database.read { try $0.value("SELECT COUNT(*) FROM resources_item") }
            #expect(count == 23)
            // It is told that the operator did it, for whom, and what came of it; comparing alone is not.
            let entries = try await made.database.read {
                try $0.rows(
                    "SELECT actor_name, detail FROM platform_audit_entry WHERE action = 'folder.imported' ORDER BY id"
                ) { (try $0.get(0) as String, try $0.get(1) as String) }
            }
            #expect(entries.count == 4 && entries.allSatisfy { $0.0 == AuditActor.system.name })
            #expect(entries.allSatisfy { $0.1.contains(folder) && $0.1.contains(wang.name) })
            #expect(entries[0].1.contains("新增 23") && entries[1].1.contains("已导入 23"))
        }
    }
}
