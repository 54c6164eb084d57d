import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Directory

@Suite("Facts of people") struct PersonFactStoreTests {
    private static let roll = FactSource(.roll, reference: "批次1", at: RosterWorld.now, by: "李校长")
    private static let later = FactSource(.change, at: RosterWorld.now.adding(seconds: 60), by: "陈主任")

    @Test(arguments: TestDatabase.allCases)
    func `a change makes a version, the same again makes none, and each value keeps its source`(
        _ database: TestDatabase
    ) async throws {
        try await RosterWorld.run(database) { world in
            let crypto = world.crypto, person = world.teacher
            let first = LocalDate(iso: "2026-09-01")!, second = LocalDate(iso: "2026-10-01")!
            let done = try await world.database.write { db in
                let store = PersonFactStore(db, crypto)
                let told = ["name": "王老师", "sex": "2", "birthDate": "1985-06-20", "health": "1"]
                return [
                    try store.change(told, of: person, from: first, source: Self.roll),
                    try store.change(told, of: person, from: second, source: Self.later),
                    try store.change(["health": "3", "sex": "2"], of: person, from: second, source: Self.later),
                ]
            }
            #expect(done == [["birthDate", "health", "name", "sex"], [], ["health"]])
            let (past, present, history) = try await world.database.read { db in
                let store = PersonFactStore(db, crypto)
                return (
                    try store.facts(of: [person], on: first)[person], try store.latest(of: person),
                    try store.history(of: person)
                )
            }
            #expect(past?["health"] == "1")
            #expect(present?["health"] == "3")
            #expect(present?.values["health"]?.source == Self.later)
            #expect(present?.values["sex"]?.source == Self.roll)
            #expect(history.map(\.until) == [nil, second])
            let row = try await world.database.read { db in
                try db.first("SELECT sex, birth_date, changed_at FROM directory_person WHERE id = \(person)") {
                    (try $0.text(0), try $0.text(1), try $0.get(2, as: Timestamp.self))
                }
            }
            #expect(row?.0 == "2")
            #expect(row?.1 == "1985-06-20")
            #expect(row?.2 == Self.later.at)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a sensitive value stands nowhere in the row as text`(_ database: TestDatabase) async throws {
        try await RosterWorld.run(database) { world in
            let crypto = world.crypto, person = world.teacher
            let plain = try await world.database.write { db in
                let told = ["currentAddress": "金丝雀巷七号", "ethnicity": "49"]
                try PersonFactStore(db, crypto).change(told, of: person, from: RosterWorld.today, source: Self.roll)
                return try db.first("SELECT plain, sources, sealed FROM directory_person_facts") { row in
                    let sealed: [UInt8] = try row.get(2)
                    return try row.text(0) + row.text(1) + String(decoding: sealed, as: UTF8.self)
                }
            }
            #expect(plain?.contains("金丝雀") == false)
            #expect(plain?.contains("49") == true)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an empty value takes the datum away`(_ database: TestDatabase) async throws {
        try await RosterWorld.run(database) { world in
            let crypto = world.crypto, person = world.teacher
            let left = try await world.database.write { db in
                let store = PersonFactStore(db, crypto)
                try store.change(["talent": "书法"], of: person, from: RosterWorld.today, source: Self.roll)
                try store.change(["talent": ""], of: person, from: RosterWorld.today, source: Self.later)
                return try store.latest(of: person)
            }
            #expect(left?["talent"] == nil)
        }
    }
}
