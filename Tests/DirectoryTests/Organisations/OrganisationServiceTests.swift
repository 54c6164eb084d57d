import Database
import Directory
import Kernel
import Platform
import Testing

@Suite struct OrganisationServiceTests {
    private typealias World = DirectoryWorld
    private let day = World.day
    private let later = World.day.adding(days: 365)

    private func names(_ world: World, on day: LocalDate, below code: String) async throws -> [String] {
        let path = try await world.organisation(code).path
        return try await world.database.read { db in
            try OrganisationStore(db).all(within: DataScope([path]), on: day).map(\.name)
        }
    }

    @Test func `the city is set up once, whatever it is asked`() async throws {
        try await withDirectory(hasSchools: false) { world in
            for _ in 0..<2 {
                let city = try await world.database.write { db in try CitySetup.prepare(db) }
                #expect(city.name == "防城港市" && city.code == "450600")
            }
            let all = try await world.database.read { db in try OrganisationStore(db).all(within: .everything) }
            #expect(all.count == 1 + 5 + 31)
            #expect(all.filter { $0.kind == .municipal }.map(\.name) == ["市直"])
            let dongxing = all.first { $0.code == "450681" }
            #expect(all.filter { $0.parent == dongxing?.id }.map(\.name) == ["东兴镇", "江平镇", "马路镇"])
        }
    }

    @Test func `a renamed school keeps its old name on past days`() async throws {
        try await withDirectory { world in
            let school = try await world.organisation(World.centralSchool)
            try await world.change { try $0.rename(school, to: "华石镇第一小学", from: World.day) }
            #expect(try await world.organisation(World.centralSchool).name == "华石镇第一小学")
            #expect(try await names(world, on: day, below: World.centralSchool).first == "华石镇第一小学")
            #expect(try await names(world, on: day.adding(days: -1), below: World.centralSchool).first == "华石镇中心小学")
            let history = try await world.database.read { try OrganisationStore($0).history(of: school.id) }
            #expect(history.map(\.name) == ["华石镇中心小学", "华石镇第一小学"])
            #expect(history.map(\.place) == ["防城区 华石镇", "防城区 华石镇"])
            #expect(history[1].changes(since: history[0]) == ["名称：华石镇中心小学 → 华石镇第一小学"])
            #expect(history[1].recordedBy == "陈主任")
            let found = try await world.database.read { db in
                try OrganisationStore(db).search("hszdyxx", within: .everything, limit: 5).map(\.id)
            }
            #expect(found == [school.id])
        }
    }

    @Test func `a code is told once and can be taken back`() async throws {
        try await withDirectory { world in
            let point = try await world.teachingPoint()
            try #require(point.code == nil)
            try await world.change { _ = try $0.giveCode("2145990077", to: point) }
            let known = try await world.organisation("2145990077")
            #expect(known.id == point.id)
            try await world.change { _ = try $0.giveCode("2145990077", to: known) }
            await #expect(throws: DomainError.self) {
                try await world.change { _ = try $0.giveCode("2145990078", to: known) }
            }
            let town = try await world.organisation("450681101")
            try #require(town.code != nil)
            try await world.change { _ = try $0.takeCode(from: known) }
            #expect(try await world.teachingPoint().code == nil)
            let free = try await world.teachingPoint()
            let taken = await #expect(throws: DomainError.self) {
                try await world.change { _ = try $0.giveCode(World.centralSchool, to: free) }
            }
            guard case .invalid(let problems) = taken else { throw try #require(taken) }
            #expect(problems.map(\.field) == ["code"])
        }
    }

    @Test func `a school moves with all below it, and past days still show the old place`() async throws {
        try await withDirectory { world in
            let school = try await world.organisation(World.centralSchool)
            let point = try await world.teachingPoint()
            let town = try await world.organisation("450681101")
            try await world.change { try $0.move(school, below: town, from: World.day) }
            let moved = try await world.organisation(World.centralSchool)
            #expect(moved.parent == town.id && town.path.contains(moved.path))
            #expect(try await moved.path.contains(world.teachingPoint().path))
            #expect(try await world.teachingPoint().parent == school.id)
            #expect(try await names(world, on: day, below: "450681").contains(World.teachingPoint))
            #expect(try await !names(world, on: day, below: "450603").contains(World.teachingPoint))
            #expect(try await names(world, on: day.adding(days: -1), below: "450603").contains(World.teachingPoint))
            let history = try await world.database.read { try OrganisationStore($0).history(of: point.id) }
            #expect(history.map(\.validFrom) == [OrganisationService.always, day])
            #expect(history[1].changes(since: history[0]) == ["上级：防城区 华石镇 华石镇中心小学 → 东兴市 江平镇 华石镇中心小学"])
        }
    }

    @Test func `a path once used is not given again`() async throws {
        try await withDirectory { world in
            let school = try await world.organisation(World.centralSchool), old = school.path
            let town = try await world.organisation("450681101"), home = try await world.organisation("450603102")
            try await world.change { try $0.move(school, below: town, from: World.day) }
            let moved = try await world.organisation(World.centralSchool)
            try await world.change { try $0.move(moved, below: home, from: World.day) }
            let back = try await world.organisation(World.centralSchool)
            #expect(back.parent == home.id && back.path != old)
        }
    }

    @Test func `a move that the tree does not allow is refused at its field`() async throws {
        try await withDirectory { world in
            let school = try await world.organisation(World.centralSchool)
            let home = try await world.organisation("450603102"), city = try await world.organisation("450600")
            let point = try await world.teachingPoint()
            for target in [home, city, point] {
                let field = await problemField {
                    try await world.change { try $0.move(school, below: target, from: World.day) }
                }
                #expect(field == "parent", "\(target.name)")
            }
            let town = try await world.organisation("450603001")
            let field = await problemField {
                try await world.change { try $0.move(home, below: town, from: World.day) }
            }
            #expect(field == "parent")
        }
    }

    @Test func `a move may not precede a later change of anything below`() async throws {
        try await withDirectory { world in
            let point = try await world.teachingPoint(), late = later
            try await world.change { try $0.rename(point, to: "石桥第二教学点", from: late) }
            let school = try await world.organisation(World.centralSchool)
            let town = try await world.organisation("450681101")
            let field = await problemField {
                try await world.change { try $0.move(school, below: town, from: World.day) }
            }
            #expect(field == "from")
            try await world.change { try $0.move(school, below: town, from: late) }
        }
    }

    @Test func `a merged school ends on its day and names where it went`() async throws {
        try await withDirectory { world in
            let point = try await world.teachingPoint()
            let school = try await world.organisation(World.centralSchool)
            try await world.change { try $0.close(point, on: World.day, mergedInto: school) }
            let closed = try await world.database.read { try OrganisationStore($0).find(point.id, within: .everything) }
            #expect(closed.closedOn == day && closed.mergedInto == school.id)
            #expect(try await names(world, on: day.adding(days: -1), below: "450603").contains(World.teachingPoint))
            #expect(try await !names(world, on: day, below: "450603").contains(World.teachingPoint))
            #expect(
                try await isConflict { try await world.change { try $0.rename(closed, to: "新名", from: World.day) } })
        }
    }

    @Test func `what still has open units below is not closed`() async throws {
        try await withDirectory { world in
            let school = try await world.organisation(World.centralSchool)
            #expect(try await isConflict { try await world.change { try $0.close(school, on: World.day) } })
            let point = try await world.teachingPoint()
            try await world.change { try $0.close(point, on: World.day) }
            try await world.change { try $0.close(school, on: World.day) }
            #expect(try await world.organisation(World.centralSchool).closedOn == day)
        }
    }

    @Test func `dates in the future or before the last change are refused`() async throws {
        try await withDirectory { world in
            let school = try await world.organisation(World.secondarySchool), late = later
            let tomorrow = Timestamp.now.day.adding(days: 1)
            let field = await problemField {
                try await world.change { try $0.rename(school, to: "新名", from: tomorrow) }
            }
            #expect(field == "from")
            try await world.change { try $0.rename(school, to: "防城区第三初级中学", from: late) }
            let renamed = try await world.organisation(World.secondarySchool)
            for change in ["close", "rename"] {
                let field = await problemField {
                    try await world.change {
                        if change == "close" { try $0.close(renamed, on: World.day) }
                        if change == "rename" { try $0.rename(renamed, to: "新名", from: World.day) }
                    }
                }
                #expect(field == "from", "\(change)")
            }
        }
    }

    @Test func `one name below one parent is given once, and again after a closure`() async throws {
        try await withDirectory { world in
            let school = try await world.organisation(World.centralSchool), point = try await world.teachingPoint()
            let draft = OrganisationService.Draft(
                kind: .teachingPoint, code: nil, name: World.teachingPoint,
                profile: SchoolProfile(schoolType: "218", urbanRural: "220", isCentral: false))
            let field = await problemField { _ = try await world.change { try $0.add(draft, below: school) } }
            #expect(field == "name")
            try await world.change { try $0.close(point, on: World.day) }
            let added = try await world.change { try $0.add(draft, below: school) }
            #expect(added.name == World.teachingPoint && added.path != point.path)
            let stored = try await world.database.read { try OrganisationStore($0).find(added.id, within: .everything) }
            #expect(stored == added)
        }
    }

    @Test func `a code in use is refused`() async throws {
        try await withDirectory { world in
            let town = try await world.organisation("450603001")
            let draft = OrganisationService.Draft(
                kind: .school, code: World.borderSchool, name: "新学校",
                profile: SchoolProfile(schoolType: "211", urbanRural: nil, isCentral: false))
            let field = await problemField { _ = try await world.change { try $0.add(draft, below: town) } }
            #expect(field == "code")
        }
    }

    @Test func `of two people who edit the same state the second is told who was first`() async throws {
        try await withDirectory { world in
            let seen = try await world.organisation(World.secondarySchool)
            try await world.change { try $0.rename(seen, to: "防城区第三初级中学", from: World.day) }
            do {
                try await world.change { try $0.rename(seen, to: "防城区第四初级中学", from: World.day) }
                Issue.record("the second change went through")
            } catch DomainError.conflict(let text) {
                #expect(text.contains("刚被陈主任修改"))
            }
            #expect(try await world.organisation(World.secondarySchool).name == "防城区第三初级中学")
            let history = try await world.database.read { try OrganisationStore($0).history(of: seen.id) }
            #expect(history.count == 2)
        }
    }

    @Test func `an override needs a reason and a type must be of the list`() async throws {
        try await withDirectory { world in
            let school = try await world.organisation(World.secondarySchool)
            let unfounded = SchoolProfile(
                schoolType: "311", urbanRural: "112", isCentral: false, areaOverride: .rural)
            let cases: [(SchoolProfile, String)] = [
                (unfounded, "areaOverrideReason"),
                (SchoolProfile(schoolType: "21", urbanRural: "112", isCentral: false), "schoolType"),
                (SchoolProfile(schoolType: "311", urbanRural: "11", isCentral: false), "urbanRural"),
            ]
            for (profile, expected) in cases {
                let field = await problemField {
                    try await world.change { try $0.change(school, to: profile, from: World.day) }
                }
                #expect(field == expected)
            }
        }
    }

    @Test func `each change leaves an audit entry and an event`() async throws {
        try await withDirectory { world in
            let school = try await world.organisation(World.centralSchool)
            let town = try await world.organisation("450681101")
            let before = try await world.events()
            try await world.change { try $0.move(school, below: town, from: World.day) }
            #expect(try await world.events() == before + 1)
            let entries = try await world.database.read { db in
                try AuditLog.of(subject: school.id.rawValue, limit: 5, on: db)
            }
            #expect(entries.map(\.action) == ["organisation.moved", "organisation.added"])
            #expect(try await entries[0].organisationPath == world.organisation(World.centralSchool).path)
        }
    }

    @Test func `an organisation taken back is gone from lists and frees its code`() async throws {
        try await withDirectory { world in
            let school = try await world.organisation(World.secondarySchool)
            try await world.change { try $0.takeBack(school) }
            try await world.database.read { db throws in
                let store = OrganisationStore(db)
                #expect(try store.find(code: World.secondarySchool, within: .everything) == nil)
                #expect(try store.search("第二初级", within: .everything, limit: 5).isEmpty)
                #expect(try !store.all(within: .everything, on: World.day).contains { $0.id == school.id })
                #expect(try store.find(school.id, within: .everything).isTakenBack)
            }
        }
    }
}

extension DirectoryWorld {
    func events() async throws -> Int {
        try await database.read { db in try db.value("SELECT COUNT(*) FROM platform_event") ?? 0 }
    }
}
