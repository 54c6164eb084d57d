import Foundation
import Kernel
import Testing

@testable import Exchange

@Suite("OneRoster 名册包检查") struct BundleCheckTests {
    /// A sound bundle of one school with one class and one pupil.
    private static func sound(_ way: String = "bulk") -> [String: [UInt8]] {
        let state = way == "bulk" ? "," : "active,2026-09-01T00:00:00Z"
        let texts = [
            "orgs": "s1,\(state),实验小学,school,2145990001,",
            "academicSessions": "t1,\(state),秋季学期,term,2026-09-01,2027-02-01,,2027",
            "courses": "c1,\(state),,数学,14-P1,P1,s1,数学,14",
            "classes": "k1,\(state),一年级(1)班,P1,c1,,homeroom,,s1,t1,,,",
            "users": "u1,\(state),true,u1,,小明,王,,,,,,,P1,,,,,,,s1,",
            "roles": "r1,\(state),u1,primary,student,,,s1,",
            "enrollments": "e1,\(state),k1,s1,u1,student,,2026-09-01,",
        ]
        var files: [String: [UInt8]] = [:],
            manifest = "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\n"
        for (file, row) in texts {
            let headers = BundleRules.headers(file) ?? []
            files[file + ".csv"] = Array((headers.joined(separator: ",") + "\r\n" + row + "\r\n").utf8)
            manifest += "file.\(file),\(way)\r\n"
        }
        for file in BundleFile.absent + ["demographics"] { manifest += "file.\(file),absent\r\n" }
        files["manifest.csv"] = Array(manifest.utf8)
        return files
    }

    private func check(_ files: [String: [UInt8]]) async throws -> BundleCheck {
        let folder = NSTemporaryDirectory() + "santong-test-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name)) }
        return try await BundleCheck.of(BundleSource(folder: folder))
    }

    @Test(arguments: ["bulk", "delta"]) func `a sound bundle passes`(way: String) async throws {
        let check = try await check(Self.sound(way))
        #expect(check.problems.isEmpty, "\(check.problems)")
        #expect(check.ways.count == 7 && Set(check.ways.values) == [way])
    }

    @Test(
        arguments: [
            ("manifest.csv", "oneroster.version,1.2", "oneroster.version,1.1", "oneroster.version 应为 1.2"),
            ("manifest.csv", "file.users,bulk", "file.users,some", "file.users 应为 absent、bulk 或 delta"),
            ("manifest.csv", "file.users,bulk", "file.users,absent", "清单写明没有这个文件"),
            ("manifest.csv", "file.results,absent", "file.results,bulk", "清单写明有这个文件，包里没有"),
            ("users.csv", "sourcedId,status", "status,sourcedId", "表头与标准规定的名称或顺序不一致"),
            ("users.csv", "u1,,,true", "u1,active,,true", "全量文件不写 status 和 dateLastModified"),
            ("users.csv", "true", "yes", "应为 true 或 false"), ("users.csv", ",小明,", ",,", "不能为空"),
            ("roles.csv", "student", "pupil", "不是标准规定的值"), ("enrollments.csv", ",k1,", ",k9,", "没有 k9 这条记录"),
            ("enrollments.csv", "2026-09-01", "01/09/2026", "日期应写成 2026-09-01"),
            ("orgs.csv", "实验小学", "\"实验小学", "不是 UTF-8 的 CSV 文件"), ("orgs.csv", "s1,", ",", "不能为空"),
        ])
    func `what the binding does not allow is refused with the reason`(
        file: String, old: String, new: String, reason: String
    ) async throws {
        var files = Self.sound()
        let text = String(decoding: try #require(files[file]), as: UTF8.self)
        #expect(text.contains(old))
        files[file] = Array(text.replacing(old, with: new).utf8)
        let check = try await check(files)
        #expect(check.problems.contains { $0.message == reason }, "\(check.problems)")
    }

    @Test func `a bundle without a manifest is none`() async throws {
        #expect(try await check([:]).problems.map(\.message) == ["缺少清单文件"])
    }

    @Test func `a person may be told before those she refers to`() async throws {
        var files = Self.sound()
        let headers = (BundleRules.headers("users") ?? []).joined(separator: ",")
        let users = ["u1,,,true,u1,,小明,王,,,,,,u2,P1,,,,,,,s1,", "u2,,,true,u2,,家长,王,,,,,,u9,,,,,,,,s1,"]
        files["users.csv"] = Array(([headers] + users).joined(separator: "\r\n").utf8)
        let check = try await check(files)
        #expect(check.problems.map(\.message) == ["没有 u9 这条记录"] && check.problems.first?.line == 3)
    }

    @Test func `a line is read as it was written`() throws {
        let line = BundleFile.line(["a", "王,\"小\"明", "", "两\n行"]) + BundleFile.line(["b", "", "", ""])
        let lines = try BundleLinesTests.lines(String(decoding: line, as: UTF8.self))
        #expect(lines == [["a", "王,\"小\"明", "", "两\n行"], ["b", "", "", ""]])
    }
}
