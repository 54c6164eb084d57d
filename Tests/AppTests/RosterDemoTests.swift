import App
import Database
import Directory
import Identity
import Kernel
import TestKit
import Testing

@testable import Demo

@Suite("People of a demo") struct RosterDemoTests {
    private func withDemo<T>(_ database: TestDatabase, _ body: (CityPlatform) async throws -> T) async throws -> T {
        try await database.withDatabase { database, folder in
            var options = CityPlatform.Options()
            options.passwordCost = .minimal
            let configuration = try await AppConfiguration.load(.init(dataFolder: folder))
            let platform = try CityPlatform(
                configuration, database: database, options: options, logger: TestDatabase.logger)
            try await platform.prepare()
            try await DemoCity.load(.small, into: platform) { _ in }
            return try await body(platform)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the schools of the cast have classes, teachers and pupils`(on database: TestDatabase) async throws {
        try await withDemo(database) { platform in
            let today = Timestamp.now.day, crypto = platform.crypto
            try await platform.database.read { db in
                let accounts = AccountStore(db), classes = ClassGroupStore(db), pupils = EnrolmentStore(db)
                func person(_ login: String) throws -> ID<Person> {
                    try #require(try accounts.find(login: login, at: .now)).person
                }
                let open: Int? = try db.value("SELECT COUNT(*) FROM directory_class_group WHERE closed_on IS NULL")
                let enrolled: Int? = try db.value("SELECT COUNT(*) FROM directory_enrolment WHERE valid_to IS NULL")
                let staff: Int? = try db.value("SELECT COUNT(*) FROM directory_appointment WHERE valid_to IS NULL")
                #expect(open == 12 && enrolled == 419 && staff == 30)

                // One of the 420 is in 休学.
                let resting: Int? = try db.value("SELECT COUNT(*) FROM directory_enrolment WHERE reason = '11'")
                let transfers: Int? = try db.value("SELECT COUNT(DISTINCT state) FROM school_affairs_transfer")
                #expect(resting == 1 && transfers == 4)

                let led = try classes.classes(of: person("wang"), as: .homeroom, on: today)
                #expect(led.map { $0.name(on: today) } == ["六年级(1)班"])
                let child = try #require(try pupils.current(of: person("sun"), on: today))
                #expect(child.classGroup == led.first?.id && child.name == "孙同学")
                let own = try GuardianshipStore(db).children(of: person("sunjia"), on: today)
                #expect(own.map(\.child) == [child.person] && own.map(\.relationTitle) == ["母亲"])

                let members = try pupils.members(of: child.classGroup, on: today).map(\.person)
                let masks = try PersonIdentifierStore(db, crypto).masked(of: members)
                #expect(masks.count == 40)
                for numbers in masks.values {
                    #expect(numbers[.citizenNumber]?.hasPrefix("450699") ?? false)
                    #expect(numbers[.studentNumber]?.dropFirst().hasPrefix("450699") ?? false)
                }
            }
        }
    }
}
