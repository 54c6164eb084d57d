import Database
import Kernel
import Platform

/// From an uploaded document to a published plan: cut, looked through as a draft, published as a version.
package struct PlanDocumentService: Sendable {
    let database: Database
    let files: FileStore

    package init(database: Database, files: FileStore) { (self.database, self.files) = (database, files) }

    /// A plan has some ten thousand characters; what is far longer is another kind of document.
    private static var limits: DocumentLimits {
        var limits = DocumentLimits.standard
        limits.archive.fileBytes = 16 << 20
        (limits.paragraphs, limits.textBytes) = (5_000, 2 << 20)
        return limits
    }
    private static let mostClauses = 1_000

    /// Reads and cuts a document. Throws `DomainError.invalid` at the field `file`.
    static func read(path: String) throws -> PlanDraft {
        let paragraphs: [DocumentParagraph]
        do {
            paragraphs = try DocumentFile.paragraphs(path: path, limits: limits)
        } catch let error as DocumentError {
            throw DomainError.invalid("file", error.message)
        }
        let draft = cut(paragraphs)
        if draft.clauses.isEmpty { throw DomainError.invalid("file", "文件里没有正文，检查后重新上传") }
        guard draft.clauses.count <= mostClauses else {
            throw DomainError.invalid("file", "文件有\(draft.clauses.count)条，超过\(mostClauses)条，看看是不是传错了文件")
        }
        return draft
    }

    /// Where no line before the clauses is a title, one that the document's author has styled as such.
    static func cut(_ paragraphs: [DocumentParagraph]) -> PlanDraft {
        let draft = PlanDocument.cut(paragraphs: paragraphs.map(\.text))
        let styled = paragraphs.filter { $0.style?.lowercased() == "title" }.map { PlanDocument.trimmed($0.text) }
        guard draft.title == nil, !styled.isEmpty else { return draft }
        return PlanDraft(title: styled.joined(separator: " "), clauses: draft.clauses, dropped: draft.dropped)
    }

    /// Keeps the document and its cut text as a draft. With `plan` it becomes that plan's next version.
    func begin(
        path: String, name: String, owner: PlanOwner, plan: ActionPlan?, by actor: AuditActor, now: Timestamp = .now
    ) async throws -> ID<PlanDocumentDraft> {
        let content = try PlanDocumentService.read(path: path)
        return try await keep(
            content, path: path, name: name, title: plan?.title ?? PlanDocumentService.title(of: content, name: name),
            owner: plan?.owner ?? owner, plan: plan, by: actor, now: now)
    }

    private func keep(
        _ content: PlanDraft, path: String, name: String, title: String, owner: PlanOwner, plan: ActionPlan?,
        by actor: AuditActor, now: Timestamp
    ) async throws -> ID<PlanDocumentDraft> {
        let (hash, size) = try files.keep(fileAt: path)
        return try await database.write { db in
            let file = try files.record(sha256: hash, size: size, name: name, by: actor.name, now: now, on: db)
            let id = try PlanDraftStore(db).insert(
                plan: plan?.id, organisation: owner.organisation, title: title, file: file, content: content,
                by: actor.name, now: now)
            try AuditLog.record(
                "plan_document.uploaded", id.rawValue, by: actor, at: owner.path, "\(name)，\(content.clauses.count) 条",
                now: now, on: db)
            return id
        }
    }

    /// The document's own title, else the file's name. Of a notice that hands a plan on, the title of the plan.
    static func title(of content: PlanDraft, name: String) -> String {
        let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        return String((content.title.map(handedOn) ?? stem).prefix(80))
    }

    /// `…关于印发《…行动计划》的通知` is about the plan whose name stands in it.
    private static func handedOn(_ title: String) -> String {
        guard let start = ["印发", "转发", "下发"].compactMap({ title.firstRange(of: $0)?.upperBound }).min(),
            let end = title.ranges(of: "的通知").last?.lowerBound, start < end
        else { return title }
        var name = title[start..<end].filter { !$0.isWhitespace }
        if name.hasPrefix("《"), name.hasSuffix("》") { name = String(name.dropFirst().dropLast()) }
        return name.count < 4 ? title : name
    }

    /// Takes one step of the preview. Throws `conflict` when the draft has moved on since `revision`.
    func edit(
        _ id: ID<PlanDocumentDraft>, at revision: Int, _ edit: PlanDraftEdit, user: CurrentUser, by actor: AuditActor,
        now: Timestamp = .now
    ) async throws {
        try await database.write { db in
            let store = PlanDraftStore(db)
            let draft = try store.find(id, for: user)
            guard draft.revision == revision,
                try store.update(id, to: try edit.applied(to: draft.content), ifAt: revision, by: actor.name, now: now)
            else { throw PlanDocumentService.movedOn(draft) }
        }
    }

    func discard(_ id: ID<PlanDocumentDraft>, at revision: Int, user: CurrentUser, by actor: AuditActor) async throws {
        try await database.write { db in
            let store = PlanDraftStore(db)
            let draft = try store.find(id, for: user)
            guard try store.delete(id, ifAt: revision) else { throw PlanDocumentService.movedOn(draft) }
            try AuditLog.record(
                "plan_document.discarded", id.rawValue, by: actor, at: draft.owner.path, draft.title, on: db)
        }
    }

    /// Publishes a draft: a new plan with its first version, or the next version of its plan.
    func publish(
        _ id: ID<PlanDocumentDraft>, at revision: Int, _ publication: PlanPublication, user: CurrentUser,
        by actor: AuditActor, now: Timestamp = .now
    ) async throws -> (plan: ID<ActionPlan>, version: Int) {
        try await database.write { db in
            let draft = try PlanDraftStore(db).find(id, for: user)
            guard draft.revision == revision else { throw PlanDocumentService.movedOn(draft) }
            return try PlanDocumentService.publish(draft, publication, by: actor, now: now, on: db)
        }
    }

    private static func publish(
        _ draft: PlanDocumentDraft, _ publication: PlanPublication, by actor: AuditActor, now: Timestamp,
        on db: Connection
    ) throws -> (plan: ID<ActionPlan>, version: Int) {
        guard draft.content.isAcceptable else {
            let findings = draft.content.findings.filter(\.isBlocking)
            throw DomainError.invalid(findings.map { FieldProblem(field: "", message: $0.message) })
        }
        guard try PlanDraftStore(db).delete(draft.id, ifAt: draft.revision) else { throw movedOn(draft) }
        let store = PlanStore(db), plan: ID<ActionPlan>, note: String, title: String
        switch (publication, draft.plan) {
        case (.newVersion(let given), let existing?):
            (plan, note, title) = (existing, given, draft.title)
        case (.newPlan(let name, let layer, let from, let to, let given), nil):
            plan = try store.insert(
                title: name, layer: layer, organisation: draft.owner.organisation, from: from, to: to, by: actor.name,
                now: now)
            if draft.owner.organisation == nil {
                try PlanTargetStore(db).attachSets(to: plan, layer: layer, from: from, to: to)
            }
            (note, title) = (given, name)
        default: throw movedOn(draft)
        }
        let number = try store.insertVersion(
            of: plan, file: draft.file, note: note, clauses: draft.content.clauses, by: actor.name, now: now)
        try AuditLog.record(
            "plan.published", plan.rawValue, by: actor, at: draft.owner.path,
            "\(title)，第 \(number) 版，\(draft.content.clauses.count) 条", now: now, on: db)
        return (plan, number)
    }

    private static func movedOn(_ draft: PlanDocumentDraft) -> DomainError {
        .conflict("这份草稿刚被\(draft.changedBy)修改。返回草稿查看最新的内容，再继续操作。")
    }

    func archive(_ plan: ActionPlan, _ state: ActionPlan.State, by actor: AuditActor) async throws {
        try await database.write { db in
            try PlanStore(db).updateState(plan.id, to: state)
            let action = state == .archived ? "plan.archived" : "plan.reopened"
            try AuditLog.record(action, plan.id.rawValue, by: actor, at: plan.owner.path, plan.title, on: db)
        }
    }
}

extension PlanDocumentService {
    /// Reads a document for the operator: the city's plan of this title gets it as its next version, or becomes a plan
    /// by it. Without `publish` it stays a draft. A document whose clauses the plan has already changes nothing.
    ///
    /// - Parameters:
    ///   - name: the file's name, for display.
    ///   - title: the plan's title; `nil` takes the document's, else the file's name.
    /// - Throws: `DomainError.invalid` for a file that is no document, or for findings that forbid publishing.
    package func importFile(
        path: String, name: String, title: String? = nil, publish: Bool, by actor: AuditActor, now: Timestamp = .now
    ) async throws -> PlanImportOutcome {
        let content = try PlanDocumentService.read(path: path)
        let title = title ?? PlanDocumentService.title(of: content, name: name)
        let (plan, clauses, years, owner) = try await database.read { db in
            let store = PlanStore(db)
            let plan = try store.plans(within: .everything).first { $0.title == title && $0.owner.organisation == nil }
            let owner = PlanOwner(
                organisation: nil, name: PlanOwner.cityName, path: plan?.owner.path ?? .city)
            let set = try PlanTargetStore(db).published().first {
                $0.layer == .municipal && $0.owner.organisation == nil
            }
            return (plan, try store.currentClauses(of: plan?.id), set.map { ($0.from, $0.to) }, owner)
        }
        if let plan, clauses.map(\.clauseText) == content.clauses.map(\.clauseText) {
            let version = try await database.read { try PlanStore($0).currentVersion(of: plan.id).number }
            return PlanImportOutcome(
                title: title, content: content, plan: plan.id.rawValue, version: version, isUnchanged: true)
        }
        let draft = try await keep(
            content, path: path, name: name, title: title, owner: owner, plan: plan, by: actor, now: now)
        guard publish else { return PlanImportOutcome(title: title, content: content, draft: draft.rawValue) }
        let publication = plan == nil ? newPlan(title, years, now) : PlanPublication.newVersion(note: "")
        let published = try await database.write { db in
            try PlanDocumentService.publish(
                try PlanDraftStore(db).find(draft), publication, by: actor, now: now, on: db)
        }
        return PlanImportOutcome(
            title: title, content: content, plan: published.plan.rawValue, version: published.version)
    }

    /// Three years from this one on where neither the title nor the city's targets name any.
    private func newPlan(_ title: String, _ years: (LocalDate, LocalDate)?, _ now: Timestamp) -> PlanPublication {
        let year = now.day.year
        let fallback = (LocalDate(year: year, month: 1, day: 1)!, LocalDate(year: year + 2, month: 12, day: 31)!)
        let (from, to) = PlanPublication.period(in: title) ?? years ?? fallback
        return .newPlan(title: title, layer: .municipal, from: from, to: to, note: "")
    }
}
