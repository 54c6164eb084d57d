import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Identity

/// The stores against a model that knows the tree by parents only, on random cities, grants and questions.
@Suite("范围模型") struct ScopeModelTests {
    /// SplitMix64: the same questions for the same seed.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// The reference: who may see what, by walking up the tree.
    private struct Model {
        /// Of every place; `nil` of the city.
        var parents: [OrganisationID: OrganisationID?] = [:]
        var closed: Set<OrganisationID> = []
        var grants:
            [(
                id: ID<Grant>, account: ID<Account>, role: Role, place: OrganisationID, from: LocalDate,
                until: LocalDate?
            )] = []
        var states: [ID<Account>: AccountState] = [:]
        var classes: [(id: ID<ClassGroup>, school: OrganisationID, from: LocalDate, until: LocalDate?)] = []
        var posts: [(classGroup: ID<ClassGroup>, person: ID<Person>, from: LocalDate, until: LocalDate?)] = []

        func isBelow(_ place: OrganisationID, _ top: OrganisationID) -> Bool {
            place == top || (parents[place] ?? nil).map { isBelow($0, top) } ?? false
        }
        func holds(_ from: LocalDate, _ until: LocalDate?, _ day: LocalDate) -> Bool {
            from <= day && until.map { day < $0 } ?? true
        }
        func may(_ account: ID<Account>, _ permission: Permission, at place: OrganisationID, _ day: LocalDate) -> Bool {
            grants.contains {
                $0.account == account && $0.role.permissions.contains(permission) && holds($0.from, $0.until, day)
                    && isBelow(place, $0.place)
            }
        }
        func accounts(seenBy viewer: ID<Account>, _ day: LocalDate) -> Set<ID<Account>> {
            Set(
                states.keys.filter { account in
                    let all = grants.filter { $0.account == account }
                    let open = all.filter { grant in grant.until.map { $0 > day } ?? true }
                    // An account that never had a role anywhere is the city's.
                    if all.isEmpty {
                        return parents.contains { $0.value == nil && may(viewer, .accountView, at: $0.key, day) }
                    }
                    return (open.isEmpty ? all : open).contains { may(viewer, .accountView, at: $0.place, day) }
                })
        }
        func holders(of permission: Permission, at place: OrganisationID, _ day: LocalDate) -> Set<ID<Grant>> {
            Set(
                grants.filter {
                    $0.role.permissions.contains(permission) && isBelow(place, $0.place)
                        && holds($0.from, $0.until, day)
                        && !closed.contains($0.place) && states[$0.account] != .closed
                }.map(\.id))
        }
        func classes(of school: OrganisationID, seenBy viewer: ID<Account>, _ person: ID<Person>, _ day: LocalDate)
            -> Set<ID<ClassGroup>>
        {
            Set(
                classes.filter { one in
                    guard one.school == school, holds(one.from, one.until, day) else { return false }
                    let isOwn = posts.contains {
                        $0.classGroup == one.id && $0.person == person && holds($0.from, $0.until, day)
                    }
                    return may(viewer, "directory.class.all", at: school, day)
                        || isOwn && may(viewer, "directory.class.view", at: school, day)
                }.map(\.id))
        }
    }

    private static let day = Timestamp.now.day

    /// A day near today.
    private func day(_ dice: inout Dice) -> LocalDate { Self.day.adding(days: Int.random(in: -40...40, using: &dice)) }

    private func grow(_ dice: inout Dice, _ db: Connection) throws -> (model: Model, people: [ID<Account>: ID<Person>])
    {
        var model = Model()
        try CitySetup.prepare(db)
        let service = OrganisationService(db, by: .system, source: "test"), store = OrganisationStore(db)
        for number in 0..<14 {
            let towns = try store.all(within: .everything, kinds: [.town, .municipal])
            let profile = SchoolProfile(schoolType: "211", urbanRural: "121", isCentral: false)
            let school = try service.add(
                .init(kind: .school, code: nil, name: "第\(number)小学", profile: profile),
                below: towns.randomElement(using: &dice)!)
            if Bool.random(using: &dice) {
                let small = SchoolProfile(schoolType: "218", urbanRural: "220", isCentral: false)
                _ = try service.add(
                    .init(kind: .teachingPoint, code: nil, name: "第\(number)教学点", profile: small), below: school)
            }
        }
        let places = try store.all(within: .everything)
        for place in places { model.parents.updateValue(place.parent, forKey: place.id) }
        var people: [ID<Account>: ID<Person>] = [:]
        for number in 0..<30 { try addAccount(number, places, &dice, &model, &people, db) }
        let schools = places.filter { $0.kind == .school }
        for school in schools {
            try addClasses(school, Array(people.values).sorted { $0.rawValue < $1.rawValue }, &dice, &model, db)
        }
        for place in schools.shuffled(using: &dice).prefix(2) {
            try db.execute("UPDATE directory_organisation SET closed_on = \(Self.day) WHERE id = \(place.id)")
            model.closed.insert(place.id)
        }
        return (model, people)
    }

    private func addAccount(
        _ number: Int, _ places: [Organisation], _ dice: inout Dice, _ model: inout Model,
        _ people: inout [ID<Account>: ID<Person>], _ db: Connection
    ) throws {
        let account = ID<Account>.new(), now = Timestamp.now
        let person = try PersonStore(db).insert(name: "第\(number)人", at: now), store = AccountStore(db)
        try store.insert(
            account, person: person, login: "person\(number)", passwordHash: "!", mustChange: false, by: "test", at: now
        )
        let state: AccountState = [.active, .active, .active, .suspended, .closed].randomElement(using: &dice)!
        try db.execute("UPDATE identity_account SET state = \(state) WHERE id = \(account)")
        (model.states[account], people[account]) = (state, person)
        // Every third rules or teaches for sure, so that the questions find something.
        let favoured = [Role.cityAdministrator, .countyAdministrator, .schoolAdministrator, .teacher]
        for _ in 0..<Int.random(in: 1...3, using: &dice) {
            let role =
                Bool.random(using: &dice)
                ? Role.allCases.randomElement(using: &dice)! : favoured.randomElement(using: &dice)!
            let possible = places.filter { role.kinds.contains($0.kind) }
            guard let place = possible.randomElement(using: &dice) else { continue }
            let from = day(&dice), until = Bool.random(using: &dice) ? nil : day(&dice)
            if let until, until <= from { continue }
            try store.insertGrant(role, at: place.id, from: from, until: until, to: account, by: "test", at: now)
        }
        for grant in try store.grants(of: [account])[account] ?? [] {
            model.grants.append((grant.id, account, grant.role, grant.organisation, grant.from, grant.until))
        }
    }

    private func addClasses(
        _ school: Organisation, _ people: [ID<Person>], _ dice: inout Dice, _ model: inout Model, _ db: Connection
    ) throws {
        let year = SchoolYear(containing: Self.day).start
        for number in 1...2 {
            let first = SchoolYear(start: year).firstDay
            let opened = try ClassGroupService(db, by: .system).open(
                ClassDraft(stage: .primary, entryYear: year, number: number, openedOn: first), at: school)
            let from = day(&dice), end = day(&dice), until = end > from ? end : nil
            try db.execute(
                "UPDATE directory_class_group SET opened_on = \(from), closed_on = \(until) WHERE id = \(opened.id)")
            model.classes.append((opened.id, school.id, from, until))
            let person = people.randomElement(using: &dice)!, start = day(&dice)
            try db.execute(
                """
                INSERT INTO directory_class_post (id, class_id, person_id, kind, subject, valid_from, recorded_at, recorded_by)
                VALUES (\(Identifiers.next()), \(opened.id), \(person), 'homeroom', '', \(start), \(Timestamp.now), 'test')
                """)
            model.posts.append((opened.id, person, start, nil))
        }
    }

    /// The grants of the account that hold on the day, as a session would carry them.
    private func user(
        _ account: ID<Account>, _ person: ID<Person>, on day: LocalDate, _ db: Connection
    ) throws -> CurrentUser {
        let grants = try AccountStore(db).grants(of: [account])[account] ?? []
        return CurrentUser(
            account: account, person: person, name: "", grants: grants.filter { $0.holds(on: day) }.map(\.effective))
    }

    @Test(arguments: TestDatabase.allCases, [1, 2, 3] as [UInt64])
    func `lists, reviews, classes and the tree answer as the model`(on database: TestDatabase, seed: UInt64)
        async throws
    {
        let migrations = PlatformModule.migrations + DirectoryModule.migrations + IdentityModule.migrations
        try await database.withDatabase(migrations: migrations) { database, _ in
            let answers = try await database.write { db in
                var dice = Dice(state: seed)
                let (model, people) = try self.grow(&dice, db)
                var answers = Answers()
                for _ in 0..<150 { try self.ask(&dice, model, people, db, &answers) }
                return answers
            }
            #expect(answers.wrong == [])
            // The questions must find something, or the stores would not have been tested.
            #expect(answers.found.count == 4 && answers.found.values.allSatisfy { $0 > 20 }, "\(answers.found)")
        }
    }

    /// What the stores said: how much was found, and where they differ from the model.
    private struct Answers: Sendable {
        var wrong: [String] = []
        var found: [String: Int] = [:]

        mutating func compare<Item: Hashable>(_ what: String, _ items: [Item], _ expected: Set<Item>) {
            found[what, default: 0] += items.count
            let surplus = Set(items).subtracting(expected), missing = expected.subtracting(items)
            if !surplus.isEmpty || !missing.isEmpty || items.count != expected.count {
                wrong.append("\(what): too many \(surplus), missing \(missing)")
            }
        }
    }

    /// Asks every store one question.
    private func ask(
        _ dice: inout Dice, _ model: Model, _ people: [ID<Account>: ID<Person>], _ db: Connection,
        _ answers: inout Answers
    ) throws {
        let accounts = people.keys.sorted { $0.rawValue < $1.rawValue }
        let places = model.parents.keys.sorted { $0.rawValue < $1.rawValue }
        let viewer = accounts.randomElement(using: &dice)!, day = day(&dice),
            place = places.randomElement(using: &dice)!
        let permission = RoleCatalogue.shipped.permissions.randomElement(using: &dice)!.permission
        let user = try user(viewer, people[viewer]!, on: day, db)

        let noon = Timestamp(startOf: day).adding(seconds: 43_200)
        let list = try AccountStore(db).list(within: user.scope(of: .accountView), .init(), limit: 1000, at: noon)
        answers.compare("accounts", list.rows.map(\.id), model.accounts(seenBy: viewer, day))
        if list.total != list.rows.count { answers.wrong.append("total \(list.total) of \(list.rows.count)") }

        let organisations = OrganisationStore(db), scope = user.scope(of: permission)
        let mine = places.filter { model.may(viewer, permission, at: $0, day) }
        answers.compare(
            "organisations", try organisations.all(within: scope).map(\.id), Set(mine).subtracting(model.closed))
        let isFound: Bool
        do { isFound = try organisations.find(place, within: scope).id == place } catch DomainError.notFound {
            isFound = false
        }
        if isFound != mine.contains(place) { answers.wrong.append("find: \(isFound)") }

        let asked = try organisations.find(place, within: .everything)
        let reasons = try AccessReviewStore(db).holders(of: permission, at: asked, on: day)
        answers.compare("holders", reasons.map(\.grant.id), model.holders(of: permission, at: place, day))

        for school in Set(model.classes.map(\.school)) {
            let classes = try ClassGroupStore(db).classes(of: school, on: day, within: ClassScope(user, on: day))
            answers.compare(
                "classes", classes.map(\.id), model.classes(of: school, seenBy: viewer, people[viewer]!, day))
        }
    }
}
