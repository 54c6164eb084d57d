import Contracts
import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Connectivity

@Suite struct `Indicators of the register` {
    private let autumn = LocalDate(year: 2015, month: 9, day: 30)!
    private let spring = LocalDate(year: 2016, month: 3, day: 31)!

    private struct Place {
        let school: Organisation
        let other: Organisation
    }

    private func place(in database: Database) async throws -> Place {
        let before = LocalDate(year: 2010, month: 9, day: 1)!
        return try await database.write { db in
            let service = OrganisationService(db, by: .system, source: "test")
            let city = try service.add(.init(kind: .city, code: "450600", name: "某市", openedOn: before), below: nil)
            let county = try service.add(
                .init(kind: .county, code: "450603", name: "某区", openedOn: before), below: city)
            func school(_ code: String, _ name: String) throws -> Organisation {
                try service.add(
                    .init(
                        kind: .school, code: code, name: name,
                        profile: SchoolProfile(schoolType: "211", urbanRural: "220", isCentral: false),
                        openedOn: before),
                    below: county)
            }
            return Place(school: try school("2145620001", "一小"), other: try school("2145620002", "二小"))
        }
    }

    private func tell(
        _ values: [FacilityField: Double], _ school: Organisation, _ day: LocalDate, in database: Database
    ) async throws {
        let changes = values.map { field, value in
            let column = field == .classes ? "H" : "L"
            return FacilityChange(
                organisation: school.id, field: field.id, value: value, validFrom: day, place: "某区!\(column)7")
        }
        _ = try await database.write { db in
            try FacilityStore(db).tell(changes, source: .workbook, by: "李明", now: .now)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a figure is the one of its day`(kind: TestDatabase) async throws {
        try await kind.withDatabase { database, _ in
            let place = try await place(in: database)
            try await tell([.access: 20, .egress: 20, .classes: 6], place.school, autumn, in: database)
            try await tell([.egress: 24], place.school, spring, in: database)
            let source = FacilityIndicators(database: database)
            let then = try await source.figures(on: autumn), later = try await source.figures(on: spring)
            #expect(then[place.school.id]?["egress-per-class"] == .value(20, over: 6))
            #expect(later[place.school.id]?["egress-per-class"] == .value(24, over: 6))
            #expect(then[place.other.id] == nil)
            #expect(try await source.figures(on: autumn.adding(days: -1)).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the values behind a figure are named with their origin`(kind: TestDatabase) async throws {
        try await kind.withDatabase { database, _ in
            let place = try await place(in: database)
            try await tell([.access: 20, .egress: 20, .classes: 6, .students: 178], place.school, autumn, in: database)
            let sources = try await FacilityIndicators(database: database).sources(
                of: "egress-per-class", school: place.school.id, on: spring)
            #expect(sources.map(\.label) == ["接入带宽", "出口带宽", "班级数"])
            #expect(sources.map(\.value) == ["20 Mbit/s", "20 Mbit/s", "6 个"])
            #expect(sources.last?.origin == "工作簿导入，某区 第 7 行 H 列")
            #expect(sources.allSatisfy { $0.validFrom == autumn && $0.recordedBy == "李明" && !$0.path.isEmpty })
            let none = try await FacilityIndicators(database: database).sources(
                of: "no-such-thing", school: place.school.id, on: spring)
            #expect(none.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the revision grows with values and with the tree`(kind: TestDatabase) async throws {
        try await kind.withDatabase { database, _ in
            let source = FacilityIndicators(database: database)
            let empty = try await source.revision()
            let place = try await place(in: database)
            let built = try await source.revision()
            try await tell([.classes: 6], place.school, autumn, in: database)
            let told = try await source.revision()
            try await tell([.classes: 6], place.school, autumn, in: database)
            #expect(Set([empty, built, told]).count == 3)
            #expect(try await source.revision() == told)
        }
    }
}
