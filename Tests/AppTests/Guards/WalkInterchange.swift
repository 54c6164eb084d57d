import Database
import Directory
import Kernel
import Platform
import Resources
import TestKit
import Testing

extension WalkRecords {
    /// A source with a harvest, a free resource and a workbook of such, all of the city; and a folder that a teacher of the
    /// school sent.
    static func interchange(of school: Organisation, in city: TestCity) async throws -> [String: String] {
        let bureau = try await city.client(.bureau), root = "/resources/sources"
        let made = try await bureau.post(
            root, from: root + "/new",
            [("name", "示例图书馆"), ("base", "https://lib.example/oai"), ("format", "oai_dc"), ("hours", "24")])
        let source = try #require(made.location, "\(made.text.suffix(800))")
        let harvest = try #require(try await bureau.post(source + "/harvests", from: source).location)
        let links = "/resources/free-links"
        let added = try await bureau.post(
            links, from: links + "/new",
            [("title", "潮汐表"), ("link", "https://tide.example/"), ("audience", "everybody")])
        #expect(added.location == links, "\(added.text.suffix(800))")
        let link: String? = try await city.database.read {
            try $0.value("SELECT id FROM resources_external WHERE source_id = ''")
        }
        let sheets = "/resources/link-sheets"
        let sent = try await bureau.upload(
            sheets, from: sheets + "/new", field: "file", fileName: "目录.csv",
            Array("标题,网址\n红树林,https://mangrove.example/\n".utf8))
        let sheet = try #require(sent.location, "\(sent.text.suffix(800))")
        let folder = Identifiers.next(), zhao = try await city.user(.zhao), now = Timestamp.now
        let plan = #"{"workbook":"\#(mark)","lines":[],"missing":[],"unused":[]}"#
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO resources_folder (id, person_id, school_id, name, state, plan, revision, sent_at)
                VALUES (\(folder), \(zhao.person), \(school.id), \(mark), 'discarded', \(plan), 1, \(now))
                """)
        }
        func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }
        return [
            "sources": last(source), "harvests": last(harvest), "free-links": try #require(link),
            "link-sheets": last(sheet), "folders": folder,
        ]
    }
}
