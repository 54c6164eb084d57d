import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

/// Bundles of a made-up system with one school, one class, two pupils, a teacher and a guardian.
enum BundleFixture {
    /// One line of a file; what is not told stays empty.
    static func line(_ file: String, _ values: [String: String]) -> String {
        (BundleRules.headers(file) ?? []).map { values[$0] ?? "" }.joined(separator: ",")
    }

    static func user(_ id: String, _ family: String, _ given: String, _ more: [String: String] = [:]) -> String {
        line(
            "users",
            [
                "sourcedId": id, "enabledUser": "true", "username": id, "familyName": family, "givenName": given,
                "primaryOrgSourcedId": "s1",
            ].merging(more) { $1 })
    }

    static func role(_ user: String, _ role: String, _ more: [String: String] = [:]) -> String {
        line(
            "roles",
            [
                "sourcedId": "r-" + user, "userSourcedId": user, "roleType": "primary", "role": role,
                "orgSourcedId": "s1",
            ].merging(more) { $1 })
    }

    static func enrollment(_ user: String, _ more: [String: String] = [:]) -> String {
        line(
            "enrollments",
            [
                "sourcedId": "e-" + user, "classSourcedId": "k1", "schoolSourcedId": "s1", "userSourcedId": user,
                "role": "student", "beginDate": "2026-09-01",
            ].merging(more) { $1 })
    }

    /// Two pupils of a class, a teacher, and a guardian.
    static let users = [
        user("p1", "韦", "小明", ["identifier": "G450699201708100015"]), user("p2", "黄", "小红"),
        user("t1", "农", "老师", ["sms": "19900000077"]), user("g1", "韦", "家长"),
    ]
    static let roles = [
        role("p1", "student"), role("p2", "student"), role("t1", "teacher"), role("g1", "guardian"),
    ]

    static func files(
        users: [String] = users, roles: [String] = roles, className: String = "三年级(1)班",
        pupils: [String] = ["p1", "p2"]
    ) -> [String: String] {
        let rows: [String: [String]] = [
            "orgs": [
                line(
                    "orgs",
                    [
                        "sourcedId": "s1", "name": "实验小学", "type": "school",
                        "identifier": TestCity.experimentalSchool,
                    ])
            ],
            "academicSessions": [
                line(
                    "academicSessions",
                    [
                        "sourcedId": "a1", "title": "秋季学期", "type": "term", "startDate": "2026-09-01",
                        "endDate": "2027-02-01", "schoolYear": "2027",
                    ])
            ],
            "courses": [line("courses", ["sourcedId": "c1", "title": "三年级", "orgSourcedId": "s1"])],
            "classes": [
                line(
                    "classes",
                    [
                        "sourcedId": "k1", "title": className, "courseSourcedId": "c1", "classType": "homeroom",
                        "schoolSourcedId": "s1", "termSourcedIds": "a1",
                    ])
            ],
            "users": users, "roles": roles, "enrollments": pupils.map { enrollment($0) },
            "demographics": pupils.map { pupil in
                line(
                    "demographics",
                    [
                        "sourcedId": pupil, "sex": pupil == "p1" ? "male" : "female",
                        "birthDate": pupil == "p1" ? "2017-08-10" : "2017-08-11",
                    ])
            },
        ]
        var files: [String: String] = [:],
            manifest = "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\n"
        for (file, lines) in rows {
            files[file + ".csv"] =
                ([(BundleRules.headers(file) ?? []).joined(separator: ",")] + lines).joined(separator: "\r\n") + "\r\n"
            manifest += "file.\(file),bulk\r\n"
        }
        for file in BundleFile.absent { manifest += "file.\(file),absent\r\n" }
        files["manifest.csv"] = manifest
        return files
    }

    static func archive(_ files: [String: String], in folder: String) throws -> [UInt8] {
        let path = folder + "/" + Identifiers.next() + ".zip"
        let archive = try StoredArchive(path: path)
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            try archive.begin(name)
            try archive.add(Array(text.utf8))
        }
        try archive.finish()
        return Array(try #require(FileManager.default.contents(atPath: path)))
    }

    /// A bundle of what has changed: the files told, each line with its state, and no others.
    static func delta(_ rows: [String: [String]]) -> [String: String] {
        var files: [String: String] = [:],
            manifest = "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\n"
        for file in BundleFile.read + BundleFile.absent {
            manifest += "file.\(file),\(rows[file] == nil ? "absent" : "delta")\r\n"
            guard let lines = rows[file] else { continue }
            files[file + ".csv"] =
                ([(BundleRules.headers(file) ?? []).joined(separator: ",")] + lines).joined(separator: "\r\n") + "\r\n"
        }
        files["manifest.csv"] = manifest
        return files
    }

    /// What a line of a delta file says besides: its state and when that came about.
    static func changed(_ state: String = "active") -> [String: String] {
        ["status": state, "dateLastModified": "2026-11-01T08:00:00Z"]
    }
}

extension DropCity {
    /// Uploads a bundle and works it off; returns its page.
    func send(
        _ bytes: [UInt8], _ client: TestClient
    ) async throws -> (path: String, answer: TestAnswer) {
        let sent = try await client.upload(
            BundleImportPages.root, from: BundleImportPages.root + "/new", field: "file", fileName: "名册包.zip", bytes,
            [("partner", partner.id.rawValue)])
        guard sent.status == 303 else { return ("", sent) }
        try await work()
        let id: String? = try await database.read {
            try $0.value("SELECT id FROM exchange_bundle ORDER BY id DESC LIMIT 1")
        }
        let path = BundleImportPages.root + "/" + (try #require(id))
        return (path, try await client.get(path))
    }

    func accept(_ path: String, _ page: TestAnswer, _ client: TestClient) async throws {
        let digest = try #require(page.hidden("digest"), "\(page.text.suffix(2500))")
        let sent = try await client.post(path + "/acceptance", from: path, [("digest", digest)])
        #expect(sent.location?.hasPrefix("/jobs/") == true)
        try await work()
    }

    func bundle(_ path: String) async throws -> BundleImport {
        let id = BundleImportID(String(path.split(separator: "/").last ?? ""))
        return try await database.read { try BundleImportStore($0).find(id, within: .everything) }
    }
}
