import Kernel
import TestKit
import Testing

@testable import Resources

/// Reports of people without a name to go by.
@Suite("Reports of visitors") struct VisitorReportTests {
    private func report(_ made: ResourceCity, _ item: ID<Item>, from address: String, at now: Timestamp) async throws {
        let office = made.city.platform.resources.office
        try await made.database.write { db in
            _ = try CaseService(db, by: nil, address: address, now: now, office: office).report(item, .wrong, "有错字")
        }
    }

    @Test("One network sends a few a day, whatever they are about; others go on", arguments: TestDatabase.allCases)
    func limit(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let items = [
                try await made.published(ResourceCity.content("一", .public)),
                try await made.published(ResourceCity.content("二", .public)),
            ]
            let now = Timestamp.now
            for number in 0..<VisitorReports.mostADay {
                try await report(made, items[number % 2], from: "2001:db8:1:2::\(number + 1)", at: now)
            }
            for item in items {
                await #expect(throws: DomainError.self) {
                    try await report(made, item, from: "2001:db8:1:2:ffff::9", at: now.adding(seconds: 60))
                }
            }
            try await report(made, items[0], from: "2001:db8:1:3::1", at: now)
            try await report(made, items[0], from: "192.0.2.7", at: now)
            try await report(made, items[1], from: "2001:db8:1:2::1", at: now.adding(days: 1).adding(seconds: 1))
            let kept: Int? = try await made.database.read {
                try $0.value("SELECT COUNT(*) FROM resources_visitor_report")
            }
            #expect(kept == 1, "older ones are forgotten")
        }
    }

    @Test("Addresses of one network are one, and are not kept as they are")
    func networks() {
        let network = VisitorReports.network
        #expect(network("2001:db8::1") == network("2001:db8:0:0:ffff::2"))
        #expect(network("2001:db8:0:1::1") != network("2001:db8::1"))
        #expect(network("192.0.2.1") != network("192.0.2.2"))
        #expect(!network("192.0.2.1").contains("192"))
    }
}
