import Database
import Directory
import Foundation
import Identity
import Kernel
import TestKit
import Testing

@testable import Exchange

@Suite("SCIM 服务") struct ScimServerTests {
    private static let work = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

    private func person(_ name: String, _ more: String = "") -> String {
        #"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"\#(name)"\#(more)}"#
    }

    @Test(arguments: TestDatabase.allCases)
    func `a person entered by the staff system is staff of its school and reads back as told`(
        on database: TestDatabase
    ) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let made = try await world.send(
                .post, "/Users",
                person(
                    "t1",
                    #","displayName":"黄老师","externalId":"E1","title":"班主任","phoneNumbers":[{"value":"13977700001","type":"mobile"}],"\#(Self.work)":{"employeeNumber":"T0001"}"#
                ))
            #expect(made.status == 201, "\(made.body.json)")
            let id = try #require(made.body["id"]?.text)
            #expect(made.answer.headers[.location] == made.body["meta"]?["location"]?.text)
            #expect(made.answer.headers[.eTag] == made.body.version)
            let read = try await world.send(.get, "/Users/" + id, token: "reader")
            // Another system sees the person, and not what this one told of her.
            #expect(read.body["displayName"]?.text == "黄老师" && read.body["phoneNumbers"] == nil)
            #expect(try await world.send(.get, "/Users/" + id).body == made.body)
            #expect(try await world.send(.get, "/Users/" + id, token: "county").status == 404)
            let school = world.school.id, crypto = world.city.platform.crypto
            let (staff, holder) = try await world.city.database.read { db in
                (
                    try PersonStore(db).staff(of: school, on: Timestamp.now.day).first { $0.person.id.rawValue == id },
                    try PersonIdentifierStore(db, crypto).holder(of: try PersonIdentifier(.staffNumber, "T0001"))
                )
            }
            #expect(staff?.post == "23" && staff?.person.name == "黄老师" && holder?.rawValue == id)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `names and numbers are nobody else's`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let number = #","displayName":"黄老师","\#(Self.work)":{"employeeNumber":"T0001"}"#
            #expect(try await world.send(.post, "/Users", person("t1", number)).status == 201)
            for body in [
                person("T1", #","displayName":"别人""#),
                person("t2", #","displayName":"别人","\#(Self.work)":{"employeeNumber":"T0001"}"#), person("t3", number),
            ] {
                let answer = try await world.send(.post, "/Users", body)
                #expect(answer.status == 409 && answer.body["scimType"]?.text == "uniqueness", "\(body)")
            }
            // Another school's system that names the same teacher by her number gets the same person.
            let again = try await world.send(.post, "/Users", person("b7", number), token: "county")
            let first = try await world.send(.get, "/Users?filter=userName%20eq%20%22t1%22")
            #expect(again.status == 201)
            #expect(first.body["Resources"]?.list?.first?["id"] == again.body["id"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `she changes name and school, leaves, and comes back`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let made = try await world.send(.post, "/Users", person("t1", #","displayName":"黄老师""#), token: "county")
            let id = try #require(made.body["id"]?.text), path = "/Users/" + id
            let rename = #"{"Operations":[{"op":"replace","path":"displayName","value":"黄芳"}]}"#
            #expect(try await world.send(.patch, path, rename, token: "county").body["displayName"]?.text == "黄芳")
            let move =
                #"{"Operations":[{"op":"add","path":"\#(Self.work):organization","value":"\#(TestCity.borderSchool)"}]}"#
            #expect(try await world.send(.patch, path, move, token: "county").status == 200)
            let county = try await world.city.organisation("450681").id, border = world.border.id
            let (atCounty, atSchool, name) = try await world.city.database.read { db in
                let store = PersonStore(db), today = Timestamp.now.day, person = ID<Person>(id)
                return (
                    try store.holdsPost(person, at: county, on: today),
                    try store.holdsPost(person, at: border, on: today),
                    try store.find(person).name
                )
            }
            #expect(!atCounty && atSchool && name == "黄芳")
            #expect(try await world.send(.delete, path, token: "county").status == 204)
            #expect(try await world.send(.get, path, token: "county").status == 404)
            #expect(try await world.send(.delete, path, token: "county").status == 404)
            let stillStaff = try await world.city.database.read { db in
                try PersonStore(db).holdsPost(ID(id), at: border, on: Timestamp.now.day)
            }
            #expect(!stillStaff)
            #expect(try await world.send(.post, "/Users", person("t1"), token: "county").status == 201)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an account follows active, but not out of the hands of others`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let wang = try await world.city.user(.wang)
            let school = world.school
            try await world.city.database.write { db in
                try PersonStore(db).appoint(wang.person, at: school.id, post: "10", from: LocalDate(iso: "2020-09-01")!)
            }
            let path = "/Users/" + wang.person.rawValue
            func set(_ flag: Bool) async throws -> Int {
                let body = #"{"Operations":[{"op":"replace","path":"active","value":\#(flag)}]}"#
                return try await world.send(.patch, path, body).status
            }
            func state() async throws -> AccountState {
                try await world.city.database.read { db in
                    try AccountStore(db).find(wang.account, within: .everything, at: .now).state
                }
            }
            #expect(try await world.send(.get, path).body["active"]?.flag == true)
            #expect(try await set(false) == 200)
            #expect(try await state() == .suspended)
            #expect(try await world.send(.get, path, token: "reader").body["active"]?.flag == false)
            #expect(try await set(true) == 200)
            #expect(try await state() == .active)
            let county = try await world.city.organisation("450681").id
            try await world.city.database.write { db in
                _ = try AccountService(db, by: .system).grant(
                    try #require(Role(rawValue: "county_admin")), at: county, from: Timestamp.now.day, until: nil,
                    to: wang.account)
            }
            #expect(try await set(false) == 403)
            #expect(try await state() == .active)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `groups are the caller's own, and the directory's to read`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let person = try await world.send(.post, "/Users", person("t1"))
            let id = try #require(person.body["id"]?.text)
            let made = try await world.send(
                .post, "/Groups", #"{"displayName":"教研组","members":[{"value":"\#(id)"}]}"#)
            #expect(made.status == 201, "\(made.body.json)")
            let group = try #require(made.body["id"]?.text)
            #expect(try await world.send(.get, "/Users/" + id).body["groups"]?.list?.first?["display"]?.text == "教研组")
            #expect(try await world.send(.get, "/Groups/" + group, token: "reader").status == 404)
            let unknown = #"{"displayName":"x","members":[{"value":"\#(Identifiers.next())"}]}"#
            #expect(try await world.send(.put, "/Groups/" + group, unknown).status == 400)
            let staff = try await world.send(.get, "/Groups/" + world.school.id.rawValue)
            #expect(staff.body["members"]?.list?.contains { $0["value"]?.text == id } == true)
            #expect(try await world.send(.delete, "/Groups/" + world.school.id.rawValue).status == 403)
            #expect(try await world.send(.get, "/Groups/" + world.border.id.rawValue).status == 404)
            #expect(try await world.send(.delete, "/Users/" + id).status == 204)
            #expect(try await world.send(.get, "/Groups/" + group).body["members"] == nil)
            #expect(try await world.send(.delete, "/Groups/" + group).status == 204)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `lists come in slices, newest first, and searches find over both kinds`(on database: TestDatabase) async throws
    {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            for index in 1...7 {
                let made = try await world.send(.post, "/Users", person("t\(index)", #","externalId":"E\#(index)""#))
                #expect(made.status == 201)
            }
            let whole = try await world.send(.get, "/Users")
            let total = try #require(whole.body["totalResults"]?.integer)
            var names: [String] = [], start = 1
            while start <= Int(total) {
                let page = try await world.send(.get, "/Users?startIndex=\(start)&count=3")
                #expect(page.body["totalResults"]?.integer == total)
                names += page.body["Resources"]?.list?.compactMap { $0["userName"]?.text } ?? []
                start += 3
            }
            #expect(names == whole.body["Resources"]?.list?.compactMap { $0["userName"]?.text })
            #expect(Array(names.prefix(2)) == ["t7", "t6"])
            #expect(try await world.send(.get, "/Users?count=0").body["Resources"]?.list?.isEmpty == true)
            let filtered = try await world.send(
                .post, "/.search",
                #"{"filter":"externalId eq \"E3\" or displayName co \"实验小学\"","attributes":["userName","displayName"]}"#
            )
            let found = filtered.body["Resources"]?.list ?? []
            #expect(found.contains { $0["userName"]?.text == "t3" })
            #expect(found.contains { $0["id"]?.text == world.school.id.rawValue })
            #expect(found.allSatisfy { $0["meta"] == nil })
            #expect(try await world.send(.get, "/Users?filter=nonsense").body["scimType"]?.text == "invalidFilter")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `after a merge the old key shows who goes on, and changes nothing`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let old = try #require(try await world.send(.post, "/Users", person("t1")).body["id"]?.text)
            let school = world.school, crypto = world.city.platform.crypto
            let survivor = try await world.city.database.write { db in
                let survivor = try StaffService(db, crypto, by: .system).add(
                    NewStaffMember(name: "黄老师", post: "10", from: Timestamp.now.day.adding(days: -30)), to: school)
                try PersonMergeService(db, crypto, by: .system, moving: ExchangeModule.personColumns).merge(
                    ID(old), into: survivor)
                return survivor
            }
            let shown = try await world.send(.get, "/Users/" + old)
            #expect(shown.status == 200 && shown.body["id"]?.text == survivor.rawValue)
            #expect(shown.answer.headers[.contentLocation]?.hasSuffix("/Users/\(survivor)") == true)
            #expect(try await world.send(.delete, "/Users/" + old).status == 404)
            let rename = #"{"Operations":[{"op":"replace","path":"title","value":"校长"}]}"#
            let refused = try await world.send(.patch, "/Users/" + old, rename)
            #expect(refused.status == 404 && refused.body["detail"]?.text?.contains(survivor.rawValue) == true)
            #expect(try await world.send(.get, "/Users/\(survivor)").status == 200)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `no number of changes makes a resource grow without end`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let made = try await world.send(.post, "/Users", person("t1", #","displayName":"黄老师""#))
            let path = "/Users/" + (made.body["id"]?.text ?? ""), long = String(repeating: "y", count: 3_800)
            func add(_ number: Int) async throws -> Int {
                let value = "[" + (1...8).map { #"{"value":"\#(number)-\#($0)\#(long)"}"# }.joined(separator: ",") + "]"
                let change = #"{"Operations":[{"op":"add","path":"phoneNumbers","value":\#(value)}]}"#
                return try await world.send(.patch, path, change).status
            }
            #expect(try await add(1) == 200)
            #expect(try await add(2) == 200)
            #expect(try await add(3) == 400)
            #expect(try await world.send(.get, path).body["phoneNumbers"]?.list?.count == 16)
            // Long texts do not get into an index either.
            let named = person("t2", #","displayName":"黄老师","externalId":"\#(long)""#)
            #expect(try await world.send(.post, "/Users", named).status == 400)
            let group = #"{"displayName":"组","externalId":"\#(long)"}"#
            #expect(try await world.send(.post, "/Groups", group).status == 400)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who has not seen the latest does not overwrite it`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let made = try await world.send(.post, "/Users", person("t1"))
            let path = "/Users/" + (made.body["id"]?.text ?? ""), version = made.body.version ?? ""
            let change = #"{"Operations":[{"op":"add","path":"nickName","value":"芳"}]}"#
            let changed = try await world.send(.patch, path, change, headers: ["if-match": version])
            #expect(changed.status == 200 && changed.body.version != version)
            #expect(try await world.send(.patch, path, change, headers: ["if-match": version]).status == 412)
            #expect(try await world.send(.delete, path, headers: ["if-match": version]).status == 412)
            let known = changed.body.version ?? ""
            #expect(try await world.send(.get, path, headers: ["if-none-match": known]).status == 304)
            // The same change again changes nothing.
            #expect(try await world.send(.patch, path, change).body.version == known)
        }
    }

    @Test func `without a token, with too small a scope and with a wrong body nothing is done`() async throws {
        try await ExchangeCity.run(.sqlite) { (world: ExchangeCity) async throws in
            #expect(try await world.send(.get, "/Users", token: nil).status == 401)
            #expect(try await world.send(.get, "/Users", token: "stolen").status == 401)
            #expect(try await world.send(.get, "/Users", token: "nobody").status == 403)
            #expect(try await world.send(.post, "/Users", person("t1"), token: "reader").status == 403)
            #expect(try await world.send(.post, "/Users", "{").body["scimType"]?.text == "invalidSyntax")
            #expect(try await world.send(.post, "/Users", "{}", headers: ["content-type": "text/xml"]).status == 415)
            #expect(try await world.send(.post, "/Users", "{}").body["scimType"]?.text == "invalidValue")
            #expect(try await world.send(.get, "/Users/" + Identifiers.next()).status == 404)
            #expect(try await world.send(.get, "/Nothing", token: nil).body["status"]?.text == "404")
            #expect(try await world.send(.post, "/Schemas", "{}").status == 405)
            #expect(try await world.send(.get, "/Users").body["totalResults"]?.integer == 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what another system told is sealed in the database`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let made = try await world.send(
                .post, "/Users", person("t1", #","addresses":[{"formatted":"珍珠路 88 号"}]"#))
            #expect(made.status == 201)
            let stored: [[UInt8]] = try await world.city.database.read {
                try $0.column("SELECT sealed FROM exchange_scim_user")
            }
            let secret = Array("珍珠路".utf8)
            #expect(stored.count == 1)
            #expect(stored.allSatisfy { bytes in !bytes.indices.contains { bytes[$0...].starts(with: secret) } })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a name that another keeps is not changed from here`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let school = world.school, crypto = world.city.platform.crypto
            let person = try await world.city.database.write { db in
                try StaffService(db, crypto, by: .system).add(
                    NewStaffMember(name: "韦老师", post: "10", from: LocalDate(iso: "2020-09-01")!), to: school)
            }
            let path = "/Users/" + person.rawValue
            let rename = #"{"Operations":[{"op":"replace","path":"displayName","value":"别的名字"}]}"#
            #expect(try await world.send(.patch, path, rename).status == 403)
            let note = #"{"Operations":[{"op":"add","path":"externalId","value":"E9"}]}"#
            #expect(try await world.send(.patch, path, note).body["externalId"]?.text == "E9")
            #expect(try await world.send(.get, path).body["displayName"]?.text == "韦老师")
        }
    }
}
