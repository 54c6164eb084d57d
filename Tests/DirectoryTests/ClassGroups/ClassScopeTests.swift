import Directory
import Kernel
import TestKit
import Testing

@Suite("Who sees which classes") struct ClassScopeTests {
    private typealias World = RosterWorld

    private func seen(_ world: World, _ user: CurrentUser, at school: Organisation) async throws -> [Int] {
        try await world.database.read { db in
            try ClassGroupStore(db).classes(
                of: school.id, on: World.today, within: ClassScope(user, on: World.today)
            ).map(\.number)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a teacher sees the classes she leads or teaches, on the days of her duty`(on database: TestDatabase)
        async throws
    {
        try await World.run(database) { world in
            let (led, taught) = (try await world.open(1), try await world.open(2))
            _ = try await world.open(3)
            let later = World.today.adding(days: 10)
            try await world.classes { service in
                try service.nameHomeroomTeacher(world.teacher, of: led, from: World.start)
                try service.addTeacher(world.teacher, of: taught, subject: "13", from: later)
            }
            let teacher = world.user(world.teacher, at: world.primary, [.classView])
            #expect(try await seen(world, teacher, at: world.primary) == [1])
            let found = try await world.database.read { db in
                try ClassGroupStore(db).find(taught.id, within: ClassScope(teacher, on: later)).number
            }
            #expect(found == 2)
            await expectMissing {
                _ = try await world.database.read { db in
                    try ClassGroupStore(db).find(taught.id, within: ClassScope(teacher, on: World.today))
                }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a duty opens nothing without the role at the school`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let led = try await world.open(1)
            try await world.classes { try $0.nameHomeroomTeacher(world.teacher, of: led, from: World.start) }
            let elsewhere = world.user(world.teacher, at: world.junior, [.classView])
            #expect(try await seen(world, elsewhere, at: world.primary).isEmpty)
            let nobody = world.user(.new(), at: world.primary, [.classView])
            #expect(try await seen(world, nobody, at: world.primary).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a school's role sees all its classes and no others`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            _ = (try await world.open(1), try await world.open(2))
            _ = try await world.open(7, stage: .junior, at: world.junior)
            let head = world.user(.new(), at: world.primary, [.classView, .classAll])
            #expect(try await seen(world, head, at: world.primary) == [1, 2])
            #expect(try await seen(world, head, at: world.junior).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what a class teacher may do reaches the classes she leads only`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let (led, taught) = (try await world.open(1), try await world.open(2))
            try await world.classes { service in
                try service.nameHomeroomTeacher(world.teacher, of: led, from: World.start)
                try service.addTeacher(world.teacher, of: taught, subject: "13", from: World.start)
            }
            let user = world.user(world.teacher, at: world.primary, [.classView, "identity.class.manage"])
            let scope = ClassScope.led(by: user, with: "identity.class.manage", on: World.today)
            let numbers = try await world.database.read { db in
                try ClassGroupStore(db).classes(of: world.primary.id, on: World.today, within: scope).map(\.number)
            }
            #expect(numbers == [1])
            let editing = try await world.database.read { db in
                try ClassGroupStore(db).classes(
                    of: world.primary.id, on: World.today, within: .editing(user, on: World.today))
            }
            #expect(editing.isEmpty)
        }
    }
}
