import Contracts
import Database
import Directory
import Kernel
import Platform

/// The writes on requests. Each runs inside the caller's transaction and leaves an audit entry without the text.
struct RightsRequestService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private let store: RightsRequestStore

    init(_ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, now: Timestamp = .now) {
        (self.db, self.actor, self.now) = (db, actor, now)
        store = RightsRequestStore(db, crypto)
    }

    /// Takes a request to the school of the person, or to the bureau when she belongs to none. Whether the user speaks
    /// for the person, the caller has asked. Throws `DomainError.invalid` when too many are open.
    ///
    /// - Parameter days: by which the time for an answer is counted.
    @discardableResult
    func ask(
        _ kind: RightsRequest.Kind, _ text: String, about person: ID<Person>, by user: CurrentUser,
        counting days: any WorkDays
    ) throws -> ID<RightsRequest> {
        guard try store.openCount(by: user.person) < RightsRequest.mostOpen else {
            throw DomainError.invalid("kind", "已有 \(RightsRequest.mostOpen) 项请求在办理，请等答复")
        }
        var (organisation, path) = (OrganisationID(""), OrganisationPath.city)
        if let place = try LookStore(db).places(of: person, on: now.day).first {
            (organisation, path) = (place.organisation, place.path)
        } else if let city = try OrganisationStore(db).city() {
            (organisation, path) = (city.id, city.path)
        }
        let due = days.day(after: now.day, workingDays: RightsRequest.workingDays)
        let id = try store.insert(
            kind, text, about: person, by: user.person, at: organisation, due: due, now: now)
        try record("privacy.request_made", id, path, "\(kind.title)，\(due.iso) 前答复")
        return id
    }

    /// Answers for good. Throws `DomainError.conflict` when somebody else has.
    func answer(_ request: RightsRequest, _ state: RightsRequest.State, _ text: String, erased: [String]) throws {
        guard try store.answer(request.id, state, text, by: actor.name, now: now) else {
            throw DomainError.conflict("这项请求已经由他人答复。")
        }
        if !erased.isEmpty { try store.note(erased: erased, of: request, by: actor.name, now: now) }
        let gone = erased.isEmpty ? "" : "，删除：\(erased.joined(separator: "、"))"
        try record("privacy.request_answered", request.id, request.path, "\(request.kind.title)，\(state.title)\(gone)")
    }

    private func record(_ action: String, _ id: ID<RightsRequest>, _ path: OrganisationPath, _ detail: String) throws {
        try AuditLog.record(action, id.rawValue, by: actor, at: path, detail, now: now, on: db)
    }
}
