import Database
import Directory
import Kernel
import Platform

/// What another system does to the staff of its organisations. Each deed runs in the caller's transaction.
struct ScimUserService {
    let db: Connection
    let crypto: any CryptoProvider
    let gate: any AccountGate
    let listeners: StaffListeners
    let caller: ScimCaller
    let now: Timestamp

    var store: ScimUserStore {
        ScimUserStore(db: db, crypto: crypto, gate: gate, caller: caller, today: now.day)
    }
    private var identifiers: PersonIdentifierStore { PersonIdentifierStore(db, crypto) }

    /// Throws `ScimError.notFound` for anybody who is not staff of the caller's organisations.
    func find(_ person: ID<Person>) throws -> ScimUser {
        guard let user = try store.users([person]).first else { throw ScimError.notFound }
        return user
    }

    /// Enters a member of staff. Who has her number already and the same name is taken to be the same person. Throws
    /// `ScimError` 409 when the name or a number is taken.
    func add(_ document: ScimDocument) throws -> ScimUser {
        let details = try ScimPersonDetails(document)
        let known = try holder(of: details)
        try checkName(details.userName, of: known)
        if let known, try store.record(of: known) != nil {
            throw ScimError(409, .uniqueness, "The person with this number is registered already.")
        }
        let place = try store.organisation(named: details.organisation) ?? home()
        let people = PersonStore(db)
        let person = try known ?? people.insert(name: details.name, at: now)
        try appoint(person, at: place, details.post)
        try setNumbers(details, of: person)
        try store.save(document, details, of: person, at: place.id, isSource: known == nil, now: now)
        if !details.isActive { try setOpen(false, person) }
        try record("exchange.staff_added", person, place.path, "\(details.name)，\(place.name)")
        return try find(person)
    }

    /// Puts the resource in the place of the old one.
    func replace(_ user: ScimUser, with document: ScimDocument) throws -> ScimUser {
        let details = try ScimPersonDetails(document), person = user.person
        try checkName(details.userName, of: person)
        if let holder = try holder(of: details), holder != person {
            throw ScimError(409, .uniqueness, "The number belongs to somebody else.")
        }
        try rename(user, to: details.name)
        var place = user.record?.organisation ?? user.organisation
        if let target = try store.organisation(named: details.organisation), target.id != user.organisation {
            try move(user, to: target, details.post)
            place = target.id
        }
        try setNumbers(details, of: person)
        let wasActive = user.record?.isActive ?? user.login?.isOpen ?? true
        if wasActive != details.isActive { try setOpen(details.isActive, person) }
        try store.save(
            document, details, of: person, at: place, isSource: user.record?.isSource ?? false, now: now)
        let path = try OrganisationStore(db).find(place, within: .everything).path
        try record("exchange.staff_changed", person, path, details.name)
        return try find(person)
    }

    /// Ends her posts at the caller's organisations and forgets what the caller told of her; the directory keeps her.
    func remove(_ user: ScimUser) throws {
        let service = StaffService(db, crypto, by: caller.actor, now: now, telling: listeners)
        for place in try store.organisations(of: user.person) { try service.end(user.person, at: place, on: now.day) }
        try store.forget(user.person)
        try ScimGroupStore(db, caller).forgetMember(user.person.rawValue, at: now)
    }

    /// Where people go whose organisation is not told: the organisation that the caller stands for.
    private func home() throws -> Organisation {
        let organisations = OrganisationStore(db)
        guard let root = caller.scope.roots.first else { throw ScimError(403, "No organisation is served.") }
        let found = root.text.isEmpty ? try organisations.city() : try organisations.lineage(of: root).last
        guard let found, found.closedOn == nil else { throw ScimError(403, "The organisation is closed.") }
        return found
    }

    /// Whoever has one of the numbers. Throws when they are of several people, or of somebody with another name.
    private func holder(of details: ScimPersonDetails) throws -> ID<Person>? {
        let staffNumber = details.identifiers.first { $0.kind == .staffNumber }
        guard let staffNumber, let holder = try identifiers.holder(of: staffNumber) else { return nil }
        guard try PersonStore(db).find(holder).name == details.name || store.record(of: holder)?.isSource ?? false
        else {
            throw ScimError(409, .uniqueness, "The number belongs to somebody else.")
        }
        return holder
    }

    private func checkName(_ userName: String, of person: ID<Person>?) throws {
        if let holder = try store.person(userName: userName), holder != person {
            throw ScimError(409, .uniqueness, "userName is taken.")
        }
    }

    /// A number that is somebody else's login stays with the resource.
    private func setNumbers(_ details: ScimPersonDetails, of person: ID<Person>) throws {
        for identifier in details.identifiers where try identifiers.holder(of: identifier) == nil {
            try identifiers.set(identifier, of: person, by: caller.actor.name, at: now)
        }
    }

    private func rename(_ user: ScimUser, to name: String) throws {
        guard name != user.name, name != user.record?.writtenName else { return }
        guard user.record?.isSource ?? false else {
            throw ScimError(403, .mutability, "The name is kept by another system; ask the school to change it.")
        }
        let source = FactSource(.exchange, reference: caller.application, at: now, by: caller.actor.name)
        try PersonFactStore(db, crypto).change(["name": name], of: user.person, from: now.day, source: source)
    }

    /// Gives her a post unless she has one there; rights that follow from it come with it.
    private func appoint(_ person: ID<Person>, at place: Organisation, _ post: String) throws {
        if try PersonStore(db).holdsPost(person, at: place.id, on: now.day) { return }
        try AppointmentService(db, by: caller.actor, now: now, telling: listeners).give(
            AppointmentDraft(post: post, kind: .established, from: now.day), to: person, at: place)
    }

    private func move(_ user: ScimUser, to target: Organisation, _ post: String) throws {
        try appoint(user.person, at: target, post)
        guard let old = try store.organisations(of: user.person).first(where: { $0.id == user.organisation }) else {
            return
        }
        try StaffService(db, crypto, by: caller.actor, now: now, telling: listeners).end(
            user.person, at: old, on: now.day)
    }

    private func setOpen(_ isOpen: Bool, _ person: ID<Person>) throws {
        try gate.setOpen(isOpen, for: person, within: caller.scope, by: caller.actor, now: now, db)
    }

    private func record(_ action: String, _ person: ID<Person>, _ path: OrganisationPath, _ detail: String) throws {
        try AuditLog.record(action, person.rawValue, by: caller.actor, at: path, detail, now: now, on: db)
    }
}
