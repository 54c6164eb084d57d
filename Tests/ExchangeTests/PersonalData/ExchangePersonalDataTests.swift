import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

@Suite("数据交换里的个人信息") struct ExchangePersonalDataTests {
    @Test(arguments: TestDatabase.allCases)
    func `results of other systems are shown to whom they are about and go when she asks`(
        on database: TestDatabase
    ) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let crypto = world.city.platform.crypto, school = world.school
            let person = try await world.city.database.write { db in
                let person = try PersonStore(db).insert(name: "韦小明", at: .now)
                func put(_ key: String, _ kind: String, _ json: String, lineItem: String?, student: ID<Person>?) throws
                {
                    let sealed = try crypto.seal(Array(json.utf8), context: "exchange_grade_record.sealed/\(key)")
                    let id = key.split(separator: "/").last.map(String.init) ?? ""
                    try db.execute(
                        """
                        INSERT INTO exchange_grade_record (key, kind, id, owner_id, line_item, student, sealed, is_deleted,
                            application, created_at, changed_at)
                        VALUES (\(key), \(kind), \(id), \(school.id), \(lineItem), \(student), \(sealed), 0, 'app', 1, 1)
                        """)
                }
                try put("lineItems/l1", "lineItems", #"{"title":"期中数学"}"#, lineItem: nil, student: nil)
                try put(
                    "results/r1", "results", #"{"lineItem":"l1","score":87.5,"comment":"有进步"}"#, lineItem: "l1",
                    student: person)
                return person
            }
            let source = ExchangePersonalData(database: world.city.database, crypto: crypto)
            let items = try await source.items(of: person)
            #expect(items.map(\.label) == ["期中数学"] && items.first?.value == "87.5，有进步")
            #expect(items.first?.isErasable == true && items.first?.mask == "***")
            #expect(try await source.erase(person, wholly: false, by: "陈主任") == ["其他系统登记的成绩"])
            #expect(try await source.erase(person, wholly: true, by: "陈主任") == [])
            #expect(try await source.items(of: person).isEmpty)
            let left = try await world.city.database.read { db in
                try db.first("SELECT sealed, student, is_deleted FROM exchange_grade_record WHERE key = 'results/r1'") {
                    (try $0.blob(0), try $0.get(1, as: String?.self), try $0.get(2, as: Bool.self))
                }
            }
            let row = try #require(left)
            #expect(row.1 == nil && row.2)
            #expect(try crypto.open(row.0, context: "exchange_grade_record.sealed/results/r1") == Array("{}".utf8))
        }
    }
}
