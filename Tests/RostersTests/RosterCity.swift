import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit

@testable import Rosters

/// The city with a class in 实验小学 and one in 江平镇第一小学, and ways to enter people with facts.
struct RosterCity: Sendable {
    let city: TestCity
    let school: Organisation
    let border: Organisation
    let classGroup: ClassGroup
    let borderClass: ClassGroup

    static let year = SchoolYear(containing: Timestamp.now.day).start
    static let start = SchoolYear(start: year).firstDay
    /// Of the area 450699, which is nobody's.
    static let girl = "450699200809010022"
    static let boy = "450699200809010014"

    var crypto: any CryptoProvider { city.platform.crypto }
    var database: Database { city.database }

    static func run(_ database: TestDatabase, _ body: @escaping (RosterCity) async throws -> Void) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.experimentalSchool)
            let border = try await city.organisation(TestCity.borderSchool)
            let (one, two) = try await city.database.write { db in
                let service = ClassGroupService(db, by: .system)
                let draft = ClassDraft(stage: .primary, entryYear: year, number: 1, openedOn: start)
                return (try service.open(draft, at: school), try service.open(draft, at: border))
            }
            try await body(
                RosterCity(city: city, school: school, border: border, classGroup: one, borderClass: two))
        }
    }

    @discardableResult
    func pupil(
        _ name: String, in group: ClassGroup? = nil, numbers: [PersonIdentifierKind: String] = [:],
        parent: String? = nil,
        facts: [String: String] = [:]
    ) async throws -> ID<Person> {
        let crypto = crypto, group = group ?? classGroup
        return try await database.write { db in
            let new = NewPupil(
                name: name, identifiers: try numbers.map { try PersonIdentifier($0.key, $0.value) },
                guardianPhone: try parent.map { try PersonIdentifier(.phone, $0) })
            let person = try EnrolmentService(db, crypto, by: .system).add(new, to: group, from: RosterCity.start)
            try PersonFactStore(db, crypto).change(
                facts.merging(["name": name]) { $1 }, of: person, from: RosterCity.start,
                source: FactSource(.roll, at: .now, by: "李校长"))
            return person
        }
    }

    @discardableResult
    func teacher(_ name: String, numbers: [PersonIdentifierKind: String] = [:], facts: [String: String] = [:])
        async throws
        -> ID<Person>
    {
        let crypto = crypto, school = school
        return try await database.write { db in
            let new = NewStaffMember(
                name: name, post: "23", identifiers: try numbers.map { try PersonIdentifier($0.key, $0.value) },
                from: RosterCity.start)
            let person = try StaffService(db, crypto, by: .system).add(new, to: school)
            try PersonFactStore(db, crypto).change(
                facts.merging(["name": name]) { $1 }, of: person, from: RosterCity.start,
                source: FactSource(.teacher, at: .now, by: "李校长"))
            return person
        }
    }

    /// Searches the whole city for duplicates; returns how many pairs are new.
    func search(_ scope: DataScope = .everything) async throws -> Int {
        try await DuplicateSearch(
            database: database, crypto: crypto, mergeListeners: []
        ).run(scope, now: .now)
    }

    func open() async throws -> [Duplicate] {
        try await database.read {
            try DuplicateStore($0).list(within: .everything, isOpen: true, after: nil, limit: 50).rows
        }
    }

    /// The cells of a sheet of a downloaded workbook, by reference.
    func cells(_ answer: TestAnswer, sheet: Int = 0) throws -> [String: String] {
        let path = city.folder + "/\(Identifiers.next()).xlsx"
        try Data(answer.bytes).write(to: URL(fileURLWithPath: path))
        return try RosterCity.cells(path: path, sheet: sheet)
    }

    static func cells(path: String, sheet: Int = 0) throws -> [String: String] {
        var cells: [String: String] = [:]
        try SheetFile.open(path: path).rows(of: sheet) { row in
            for cell in row.cells { cells["\(ColumnLetters.letters(cell.column))\(row.number)"] = cell.text }
        }
        return cells
    }
}
