import App
import Database
import Directory
import Exchange
import TestKit
import Testing

/// When two records of one person become one, no table may be forgotten.
@Suite("Columns that name people")
struct PersonColumnTests {
    @Test("Every column that refers to a person is moved by a merge, or seen to in another way")
    func columns() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let found = try await city.database.read { db in
                try db.column(
                    """
                    SELECT m.name || '.' || f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
                    WHERE m.type = 'table' AND f."table" = 'directory_person' ORDER BY 1
                    """, as: String.self)
            }
            let moved = PersonColumn.ofDirectory + CityPlatform.personColumns
            let known = Set(moved.map(\.name)).union(PersonColumn.excused).union(ExchangeModule.fixedPersonColumns)
                .union(
                    CityPlatform.mergeListeners.flatMap(\.columns))
            #expect(found.contains("directory_enrolment.person_id"))
            for column in found {
                #expect(known.contains(column), "list \(column) in its module's personColumns, see PersonColumn")
            }
            #expect(Set(moved.map(\.name)).count == moved.count)
        }
    }

    @Test("Every column that refers to a person is found by an index, so that her key can go")
    func indexes() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let bare = try await city.database.read { db in
                try db.column(
                    """
                    SELECT m.name || '.' || f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
                    WHERE m.type = 'table' AND f."table" = 'directory_person' AND NOT EXISTS (
                        SELECT 1 FROM pragma_index_list(m.name) l, pragma_index_info(l.name) i
                        WHERE i.seqno = 0 AND i.name = f."from" AND l.partial = 0)
                    ORDER BY 1
                    """, as: String.self)
            }
            // Its index leaves out those who are not merged, which nobody asks for here.
            #expect(bare == ["directory_person.merged_into"])
        }
    }
}
