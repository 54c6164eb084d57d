import Database
import Kernel
import Platform

/// A person as her page shows her to somebody who may find her.
struct PersonModel: Sendable {
    struct Post: Sendable {
        let school: String
        /// 岗位职业码
        let post: String
        let from: LocalDate
        let until: LocalDate?
    }

    let person: PersonRecord
    /// At schools of the viewer's scope.
    let entries: [PersonSearchStore.Found]
    /// Where those schools stand in the tree.
    let places: [OrganisationPath]
    let day: LocalDate
    /// Masked.
    let numbers: [PersonIdentifierKind: String]
    let facts: PersonFacts?
    let classes: [EnrolmentPeriod]
    let posts: [Post]
    /// Relatives who can be found by the same right, and how many cannot.
    let guardians: [PersonRecord]
    let children: [PersonRecord]
    /// The class the viewer can open the pupil's page in.
    let currentClass: ClassGroup?
    /// Whether the viewer may see sealed data in full.
    let mayLook: Bool

    /// Throws `DomainError.notFound` unless she belongs, or belonged last, to a school of the scope.
    init(
        _ id: ID<Person>, on day: LocalDate, for user: CurrentUser, _ db: Connection, _ crypto: any CryptoProvider
    ) throws {
        let scope = user.scope(of: .personSearch), index = PersonIndexStore(db)
        entries = try PersonSearchStore(db).within(scope, index.entries(of: [id], on: day))
        guard !entries.isEmpty else { throw DomainError.notFound }
        person = try PersonStore(db).find(id)
        self.day = day
        let store = EnrolmentStore(db)
        numbers = try PersonIdentifierStore(db, crypto).masked(of: [id])[id] ?? [:]
        facts = try PersonFactStore(db, crypto).latest(of: id)
        classes = try store.history(of: id).filter { scope.contains($0.classGroup.path) }
        (posts, places) = try PersonModel.posts(of: id, entries.map(\.entry.school), within: scope, db)
        guardians = try GuardianshipStore(db).confirmedGuardians(of: [id], on: day)[id] ?? []
        mayLook = try LookAccess.find(user, id, on: day, db) != nil
        children = try PersonModel.children(of: id, on: day, within: scope, db)
        currentClass = try store.current(of: id, on: day).flatMap { enrolment in
            try? ClassGroupStore(db).find(enrolment.classGroup, within: ClassScope(user, on: day))
        }
    }

    private static func posts(
        of person: ID<Person>, _ schools: [OrganisationID], within scope: DataScope, _ db: Connection
    ) throws -> ([Post], [OrganisationPath]) {
        let posts = try PersonStore(db).appointments(of: person, within: scope)
        let paths = try schools.compactMap { try OrganisationStore(db).find($0, within: scope).path }
        return (posts, paths)
    }

    /// A child at a school outside the scope is not shown.
    private static func children(
        of person: ID<Person>, on day: LocalDate, within scope: DataScope, _ db: Connection
    ) throws -> [PersonRecord] {
        let children = try GuardianshipStore(db).confirmedChildren(of: person, on: day)
        let here = try PersonSearchStore(db).within(
            scope, PersonIndexStore(db).entries(of: children.map(\.id), on: day))
        let seen = Set(here.map(\.entry.person))
        return children.filter { seen.contains($0.id) }
    }
}
