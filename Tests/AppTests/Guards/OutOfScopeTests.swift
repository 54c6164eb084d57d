import Database
import Directory
import Foundation
import Identity
import Kernel
import Platform
import TestKit
import Testing
import Web

/// What lies outside somebody's scope is in no page, answer of the interface, export, search or count of hers.
@Suite("范围以外") struct OutOfScopeTests {
    /// The text of an answer; of a workbook that of its cells.
    private func text(_ answer: TestAnswer, in folder: String) throws -> String {
        guard answer.headers[.contentType] == TableFormat.xlsx.contentType else { return answer.text }
        let path = folder + "/" + Identifiers.next() + ".xlsx"
        try Data(answer.bytes).write(to: URL(fileURLWithPath: path))
        let file = try SheetFile.open(path: path)
        var text = ""
        for sheet in file.sheets.indices {
            try file.rows(of: sheet) { row in text += row.cells.map { "\($0)" }.joined(separator: " ") + "\n" }
        }
        return text
    }

    /// One walker for each set of rights: more would ask the same again.
    private func walkers(_ city: TestCity) async throws -> [RouteWalkTests.Walker] {
        let place = try await city.organisation(TestCity.borderSchool).path
        var seen: Set<Set<Permission>> = []
        return try await RouteWalkTests.walkers(city).filter { walker in
            let grants = walker.user.grants
            if grants.contains(where: { $0.path.contains(place) }) { return false }
            return seen.insert(grants.reduce(into: []) { $0.formUnion($1.permissions) }).inserted
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `no page, answer, export or search lets out a record of another county or school`(
        on database: TestDatabase
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let records = try await WalkRecords(in: city),
                own = try await city.organisation(TestCity.experimentalSchool)
            let outside = records["schools"], search = URLCoding.encode(WalkRecords.search)
            let questions = [
                "", "format=csv", "format=xlsx", "q=" + search, "q=\(search)&format=csv", "organisation=" + outside,
                "place=\(outside)&permission=identity.account.view", "county=450681", "actor=" + search,
            ]
            for walker in try await walkers(city) {
                for route in city.platform.routes where route.method == .get && !route.path.contains("/events") {
                    if case .can(let permission) = route.access, !walker.user.may(permission) { continue }
                    let parts = WalkRecords.segments(of: route)
                    guard
                        parts.isEmpty || parts.map(\.before) == ["schools"] || parts.map(\.before) == ["organisations"]
                    else { continue }
                    let path = route.path.replacing(":id", with: own.id.rawValue)
                    for question in questions {
                        let answer = try await walker.client.get(path + (question.isEmpty ? "" : "?" + question))
                        let text = try text(answer, in: city.folder)
                        #expect(answer.status < 500, "\(walker.name) \(path)?\(question)")
                        #expect(!text.contains(WalkRecords.mark), "\(walker.name) \(path)?\(question)")
                        #expect(!text.contains("江平镇第一小学"), "\(walker.name) \(path)?\(question)")
                    }
                }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `whoever may see the records finds them by the same ways`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            _ = try await WalkRecords(in: city)
            let client = try await city.client(.dongxing), search = URLCoding.encode(WalkRecords.search)
            for path in ["/accounts", "/applications/registry"] {
                for question in ["", "format=csv", "format=xlsx", "q=" + search, "q=\(search)&format=csv"] {
                    let answer = try await client.get(path + "?" + question)
                    #expect(try text(answer, in: city.folder).contains(WalkRecords.mark), "\(path)?\(question)")
                }
            }
            for path in ["/register/imports", "/plan/target-sets", "/plan/documents"] {
                #expect(try await client.get(path).text.contains(WalkRecords.mark), "\(path)")
            }
        }
    }

    /// The records of a CSV file without its heading.
    private func count(ofCSV text: String) -> Int {
        var count = 0, isQuoted = false
        for byte in text.utf8 {
            if byte == 0x22 { isQuoted.toggle() }
            if byte == 0x0A && !isQuoted { count += 1 }
        }
        return count - 1
    }

    /// The number a list tells of itself; `nil` when it tells none.
    private func total(in page: String) -> Int? {
        guard let start = page.range(of: "<span>共 ") else { return nil }
        return Int(page[start.upperBound...].prefix { $0.isNumber })
    }

    @Test(arguments: TestDatabase.allCases)
    func `the total of a list is the number of its rows`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            _ = try await WalkRecords(in: city)
            _ = try await RouteWalkTests.walkers(city)
            var compared: Set<String> = []
            for member in [TestCity.Member.bureau, .chen, .dongxing, .li, .wang, .system] {
                let client = try await city.client(member), user = try await city.user(member)
                for route in city.platform.routes where route.method == .get && !route.path.contains(":") {
                    // The audit log grows by every export, its own too.
                    guard !route.isAPI, route.path != "/operations/audit", case .can(let permission) = route.access,
                        user.may(permission)
                    else { continue }
                    let file = try await client.get(route.path + "?format=csv")
                    guard file.headers[.contentType]?.hasPrefix("text/csv") ?? false,
                        let total = total(in: try await client.get(route.path).text)
                    else { continue }
                    #expect(total == count(ofCSV: file.text), "\(member) \(route.path)")
                    compared.insert(route.path)
                }
            }
            #expect(compared.isSuperset(of: ["/accounts", "/schools", "/applications/registry", "/register"]))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a list counts what lies in the scope and nothing else`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            _ = try await WalkRecords(in: city)
            _ = try await RouteWalkTests.walkers(city)
            for member in [TestCity.Member.bureau, .chen, .dongxing, .li] {
                let client = try await city.client(member), user = try await city.user(member)
                let root = try #require(user.grants.first?.path)
                let (accounts, schools, marked) = try await city.database.read { db in
                    let accounts: Int? = try db.value(
                        """
                        SELECT COUNT(DISTINCT g.account_id) FROM identity_grant g
                        JOIN directory_organisation o ON o.id = g.organisation_id WHERE o.path LIKE \(root.text + "%")
                        """)
                    let schools: Int? = try db.value(
                        """
                        SELECT COUNT(*) FROM directory_organisation o
                        WHERE o.path LIKE \(root.text + "%") AND o.kind IN ('school', 'teaching_point')
                        """)
                    let marked: Int? = try db.value(
                        """
                        SELECT COUNT(DISTINCT a.id) FROM identity_account a
                        JOIN directory_person p ON p.id = a.person_id JOIN identity_grant g ON g.account_id = a.id
                        JOIN directory_organisation o ON o.id = g.organisation_id
                        WHERE o.path LIKE \(root.text + "%") AND p.name LIKE \("%" + WalkRecords.search + "%")
                        """)
                    return (accounts, schools, marked ?? 0)
                }
                #expect((marked > 0) == [.bureau, .dongxing].contains(member), "\(member)")
                #expect(total(in: try await client.get("/accounts").text) == accounts, "\(member)")
                // Who has one school is led to it.
                if member != .li { #expect(total(in: try await client.get("/schools").text) == schools, "\(member)") }
                let none = try await client.get("/accounts?q=" + URLCoding.encode(WalkRecords.search)).text
                #expect(total(in: none) == (marked > 0 ? marked : nil), "\(member)")
            }
        }
    }
}
