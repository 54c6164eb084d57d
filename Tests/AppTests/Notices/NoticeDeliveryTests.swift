import Database
import Directory
import Identity
import Kernel
import Platform
import TestKit
import Testing

/// Whom a notice reaches that names an account or a right.
@Suite("Receivers of notices") struct NoticeDeliveryTests {
    private static let kind = NoticeKind("test.desk.waiting", "有事待办", isDuty: true)

    private func post(_ receiver: NoticeReceiver, key: String = "k", _ city: TestCity) async throws {
        try await city.database.write { db in
            let notice = NoticeDraft(NoticeDeliveryTests.kind, "有资源待审", path: "/resources/reviews", key: key)
            try Notices.post(notice, to: receiver, now: .now, on: db)
        }
        try await city.deliverNotices()
    }

    /// Who of the cast was told.
    private func told(_ city: TestCity) async throws -> [TestCity.Member] {
        var told: [TestCity.Member] = []
        for member in TestCity.Member.allCases where member != .visitor {
            if try await !city.notices(of: member).isEmpty { told.append(member) }
        }
        return told
    }

    @Test("Those at the place get it, and not those above", arguments: TestDatabase.allCases)
    func place(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.experimentalSchool)
            try await post(.holders(of: "resources.item.review", at: school.path), city)
            #expect(try await told(city) == [.li])
            // Delivered twice, it is there once.
            try await city.database.write { try $0.execute("UPDATE platform_event SET delivered_at = NULL") }
            try await city.deliverNotices()
            #expect(try await city.notices(of: .li).count == 1)
        }
    }

    @Test("Where nobody holds the right, the nearest place above is told", arguments: TestDatabase.allCases)
    func above(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let border = try await city.organisation(TestCity.borderSchool)
            try await post(.holders(of: "resources.item.review", at: border.path), city)
            #expect(try await told(city) == [.dongxing])
            let dongxing = try await city.user(.dongxing).account
            try await city.database.write { db in
                let record = try AccountStore(db).find(dongxing, within: .everything, at: .now)
                try AccountService(db, by: .system).suspend(record)
            }
            // An account that is not in use is nobody's place.
            try await post(.holders(of: "resources.item.review", at: border.path), key: "next", city)
            #expect(try await told(city) == [.bureau, .dongxing])
        }
    }

    @Test("A right that nobody holds reaches nobody, and a lost one is lost", arguments: TestDatabase.allCases)
    func nobody(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            try await post(.holders(of: "nobody.holds.this", at: .city), city)
            let school = try await city.organisation(TestCity.experimentalSchool), li = try await city.user(.li)
            let today = Timestamp.now.day
            try await city.database.write { db in
                try db.execute("UPDATE identity_grant SET valid_to = \(today) WHERE account_id = \(li.account)")
            }
            try await post(.holders(of: "resources.item.review", at: school.path), key: "lost", city)
            #expect(try await told(city) == [.bureau])
        }
    }

    @Test("The holder of an account gets it while she has one", arguments: TestDatabase.allCases)
    func account(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let wang = try await city.user(.wang)
            try await post(.account(wang.account), city)
            #expect(try await told(city) == [.wang])
            let zhao = try await city.user(.zhao)
            try await city.database.write { db in
                try db.execute("UPDATE identity_account SET state = 'closed' WHERE id = \(zhao.account)")
            }
            try await post(.account(zhao.account), key: "closed", city)
            let left = try await city.database.read {
                try NoticeStore($0).count(of: zhao.person, onlyUnread: false)
            }
            #expect(left == 0)
        }
    }
}

extension TestCity {
    /// Hands over what waits for its receivers.
    func deliverNotices() async throws {
        let delivery = EventDelivery(database: database, receivers: platform.identity.receivers)
        while try await delivery.deliver() > 0 {}
    }

    /// The unread notices of one of the cast.
    func notices(of member: Member) async throws -> [Notice] {
        let login = member.rawValue
        return try await database.read { db in
            let person: ID<Person>? = try db.value(
                "SELECT person_id FROM identity_account WHERE login_name = \(login)")
            guard let person else { return [] }
            return try NoticeStore(db).list(of: person, onlyUnread: true, after: nil, limit: 200)
        }
    }
}
