import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Identity

/// Accounts are found through an index that follows names and login names.
@Suite("Account search")
struct AccountSearchTests {
    private let now = Timestamp.now

    private func open(_ name: String, _ login: String, _ city: TestCity) async throws -> ID<Account> {
        let school = try await city.organisation(TestCity.borderSchool), now = now
        return try await city.database.write { db in
            try AccountService(db, by: .system, now: now).create(
                NewAccount(name: name, login: login, role: .teacher, organisation: school.id, from: now.day),
                passwordHash: "x", mustChange: false)
        }
    }

    private func found(
        _ text: String, _ city: TestCity, by order: AccountStore.Order = .name, descending: Bool = false
    ) async throws -> [String] {
        let now = now
        return try await city.database.read { db in
            var filter = AccountStore.Filter()
            filter.text = text
            return try AccountStore(db).list(
                within: .everything, filter, by: order, descending: descending, limit: 20, at: now
            ).rows.map(\.login)
        }
    }

    private func rename(_ account: ID<Account>, to name: String, _ city: TestCity) async throws {
        let initials = Pinyin.initials(of: name, as: .person), now = now.adding(seconds: 3600)
        try await city.database.write { db in
            try db.execute(
                """
                UPDATE directory_person SET name = \(name), initials = \(initials), changed_at = \(now)
                WHERE id = (SELECT person_id FROM identity_account WHERE id = \(account))
                """)
        }
    }

    @Test(
        "By a part of the name, pinyin, login and school, before and after the index has followed",
        arguments: TestDatabase.allCases)
    func finds(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let one = try await open("覃晓燕", "qxy-one", city)
            _ = try await open("覃燕飞", "qyf-two", city)
            for turn in 0..<2 {
                if turn == 1 {
                    try await city.platform.identity.accountIndexing.catchUp(now: now.adding(days: 1), settled: 0)
                }
                #expect(try await found("燕", city) == ["qxy-one", "qyf-two"], "\(turn)")
                #expect(try await found("晓燕", city) == ["qxy-one"], "\(turn)")
                #expect(try await found("XY", city) == ["qxy-one"], "\(turn)")
                #expect(try await found("qinyan", city) == ["qyf-two"], "\(turn)")
                #expect(try await found("qyf-t", city) == ["qyf-two"], "\(turn)")
                #expect(try await found("燕晓", city) == [], "\(turn)")
                #expect(try await found("%", city) == [], "\(turn)")
                #expect(try await found("江平镇第一", city).contains("qxy-one"), "\(turn)")
            }
            // A name that changed counts at once, also while the index has the old one.
            try await rename(one, to: "覃小丽", city)
            for turn in 0..<2 {
                if turn == 1 {
                    try await city.platform.identity.accountIndexing.catchUp(now: now.adding(days: 1), settled: 0)
                }
                #expect(try await found("小丽", city) == ["qxy-one"], "\(turn)")
                #expect(try await found("晓燕", city) == [], "\(turn)")
            }
            let terms: Int? = try await city.database.read { db in
                try db.value("SELECT COUNT(*) FROM identity_account_term WHERE term = '晓燕'")
            }
            #expect(terms == 0)
            // A closed account is not found by the name it signed in with.
            try await city.database.write { try AccountStore($0).forget(one) }
            #expect(try await found("qxy-one", city) == [])
            #expect(try await found("小丽", city).count == 1)
        }
    }

    @Test("Many and few, in every order, are the same accounts", arguments: TestDatabase.allCases)
    func ways(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            for (index, name) in ["钟一", "钟二", "阮钟", "陆三", "钟四"].enumerated() {
                let account = try await open(name, "zhong-\(index)", city), at = now.adding(seconds: Int64(-index))
                try await city.database.write {
                    try $0.execute("UPDATE identity_account SET last_sign_in_at = \(at) WHERE id = \(account)")
                }
            }
            try await city.platform.identity.accountIndexing.catchUp(now: now.adding(days: 1), settled: 0)
            let kinds = try await city.database.read { db in
                try [(3000, true), (0, true), (0, false)].map { few, isByName in
                    switch try AccountSearch(db, few: few).way(to: "钟", isByName: isByName) {
                    case .few: "few"
                    case .common: "common"
                    case .walk: "walk"
                    }
                }
            }
            #expect(kinds == ["few", "common", "walk"])
            let now = now
            for order in AccountStore.Order.allCases {
                for descending in [false, true] {
                    let lists = try await city.database.read { db in
                        try [3000, 0].map { few -> [String] in
                            var filter = AccountStore.Filter(), rows: [AccountRecord] = []
                            filter.text = "钟"
                            // Slices of two, continued as a page does.
                            while true {
                                let after = rows.last.map { (value: order.text(of: $0), id: $0.id.rawValue) }
                                let slice = try AccountStore(db, few: few).list(
                                    within: .everything, filter, by: order, descending: descending, after: after,
                                    limit: 2, at: now)
                                #expect(slice.total == 4)
                                if slice.rows.isEmpty { return rows.map(\.login) }
                                rows += slice.rows
                            }
                        }
                    }
                    #expect(lists[0] == lists[1] && lists[0].count == 4, "\(order) \(descending): \(lists)")
                }
            }
            #expect(try await found("钟", city, by: .lastSignIn) == ["zhong-4", "zhong-2", "zhong-1", "zhong-0"])
        }
    }
}
