import App
import Database
import Platform
import TestKit
import Testing

/// What no listed column names is swept, so none may be forgotten.
@Suite("Columns that keep contents")
struct ContentColumnTests {
    /// Columns that look so and keep nothing, each with the reason.
    private let excused: [String: String] = [
        "media_upload.file_id": "tells what an upload became; the record of the file is kept by whoever claimed it",
        "media_sweeping.sha256": "what is leaving the store",
        "media_processing.sha256": "the content that something is made of; it goes with its last record",
        "resources_review_finding.sha256": "tells in which content something was found",
        "resources_review_finding.other_sha256": "as above",
        "resources_trace.sha256": "what a content looks like, to find its likes",
        "resources_trace_band.sha256": "as above",
        "connectivity_import.sha256": "tells whether the file came before; file_id keeps it",
        "rosters_import.sha256": "as above",
        "federation_logo.sha256": "the content lies in the row itself",
    ]

    @Test("Every column that names a content or the record of a file is listed")
    func columns() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let found = try await city.database.read { db in
                try db.column(
                    """
                    SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
                    WHERE m.type = 'table' AND (c.name LIKE '%sha256%' OR c.name = 'file_id' OR c.name LIKE '%\\_file_id'
                            ESCAPE '\\')
                    UNION
                    SELECT m.name || '.' || f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
                    WHERE m.type = 'table' AND f."table" = 'platform_file'
                    """, as: String.self)
            }
            let listed = CityPlatform.contentColumns.map(\.name)
            #expect(Set(listed).count == listed.count)
            #expect(found.contains("rosters_export_order.sha256"))
            for column in found {
                #expect(
                    listed.contains(column) || excused[column] != nil,
                    "list \(column) in its module's contentColumns, see ContentColumn")
            }
            for column in listed { #expect(found.contains(column), "\(column) is no column") }
        }
    }

    @Test("Every listed column can be asked", arguments: TestDatabase.allCases)
    func statements(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let contents = NamedContents(CityPlatform.contentColumns)
            let (all, named, last) = try await city.database.write { db in
                let all = try contents.all(on: db), named = try contents.named(["a", "b"], on: db)
                _ = try contents.forget(["a"], on: db)
                return (all, named, try contents.forgotten(before: .now, after: "", limit: 5, on: db).last)
            }
            #expect(named.isEmpty)
            #expect(all.isEmpty == (last == nil))
        }
    }
}
