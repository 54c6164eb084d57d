import Directory
import Kernel
import Testing

@testable import Identity

@Suite("登录名的种类")
struct SignInNamesTests {
    private static let phone = "13800450699"

    private func give(_ city: IdentityCity, _ account: ID<Account>, _ kind: PersonIdentifierKind, _ text: String)
        async throws
    {
        let crypto = city.identity.crypto, now = city.clock.now
        try await city.database.write { db in
            let person = try AccountStore(db).find(account, within: .everything, at: now).person
            try PersonIdentifierStore(db, crypto).set(PersonIdentifier(kind, text), of: person, by: "test", at: now)
        }
    }

    @Test func `people sign in by their phone or staff number as by their login name`() async throws {
        try await withIdentityCity { city in
            let wang = try await city.open("wang", .teacher, at: "school")
            try await give(city, wang, .phone, Self.phone)
            try await give(city, wang, .staffNumber, "T0001")
            for name in ["wang", Self.phone, "138 0045 0699", "t0001"] {
                let token = try #require(try await city.signIn(name).token, "\(name)")
                #expect(try await city.identity.authenticate(token)?.user.account == wang)
            }
            #expect(try await city.signIn("13800450698").token == nil)
        }
    }

    @Test func `an account has one count of failures, whatever name is tried`() async throws {
        try await withIdentityCity { city in
            let wang = try await city.open("wang", .teacher, at: "school")
            try await give(city, wang, .phone, Self.phone)
            for name in ["wang", Self.phone, "wang", Self.phone, "wang"] { _ = try await city.signIn(name, "wrong") }
            #expect(try await city.signIn(Self.phone).text == "wait 900")
            #expect(try await city.signIn("wang").text == "wait 900")
        }
    }

    @Test func `digits that are numbers of two people open neither account`() async throws {
        try await withIdentityCity { city in
            let wang = try await city.open("wang", .teacher, at: "school")
            let zhao = try await city.open("zhao", .teacher, at: "second")
            try await give(city, wang, .phone, Self.phone)
            try await give(city, zhao, .staffNumber, Self.phone)
            #expect(try await city.signIn(Self.phone).token == nil)
        }
    }
}
