import Database
import Directory
import Kernel
import Platform

/// The deeds on a site, each one transaction with its audit entry. Whoever fills the place's site does them.
struct SiteService {
    let db: Connection
    let user: CurrentUser
    let actor: AuditActor
    let now: Timestamp
    private let store: SiteStore

    init(_ db: Connection, by user: CurrentUser, address: String = "", now: Timestamp) {
        (self.db, self.user, self.now) = (db, user, now)
        (actor, store) = (AuditActor(user, address: address), SiteStore(db))
    }

    /// Throws `DomainError.invalid` with the fields `name`, `introduction`, `opened_on` and `slot1` …
    func change(_ code: String, at revision: Int, _ content: SiteContent) throws {
        let site = try store.managed(code, by: user)
        var content = content
        // Left empty, the day stays as it is.
        content.openedOn = content.openedOn ?? site.openedOn
        var problems = content.problems(on: now.day)
        let own = Set(try CollectionStore(db).list(of: site.organisation, for: user).map(\.id))
        for (index, slot) in content.slots.enumerated() {
            if case .collection(let id) = slot, !own.contains(id) {
                problems.append(FieldProblem(field: "slot\(index + 1)", message: "选择这个网站自己的专题"))
            }
        }
        if site.isPublished, content.slots.isEmpty {
            problems.append(FieldProblem(field: "slot1", message: "已开通的网站至少要有一个栏目"))
        }
        problems += try SiteWords(db).problems([("name", content.name), ("introduction", content.introduction)])
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        guard site.revision == revision, try store.save(content, of: site, by: user.name, now: now) else {
            throw late(site)
        }
        try record("site.changed", site, content.name)
    }

    /// - Parameter revision: what was looked at; `nil` for whoever has just written it.
    func publish(_ code: String, at revision: Int? = nil) throws {
        let site = try store.managed(code, by: user)
        guard revision ?? site.revision == site.revision else { throw late(site) }
        guard !site.isPublished else { throw DomainError.conflict("“\(site.name)”已经开通。") }
        guard site.revision > 0, !site.slots.isEmpty else {
            throw DomainError.conflict("先填写并保存网站的名称和栏目，再开通。")
        }
        guard
            try store.set(.published, of: site, openedOn: site.openedOn ?? now.day, by: user.name, now: now)
        else { throw late(site) }
        try record("site.published", site, site.name)
    }

    func close(_ code: String) throws {
        let site = try store.managed(code, by: user)
        guard site.isPublished else { throw DomainError.conflict("“\(site.name)”没有开通。") }
        guard try store.set(.draft, of: site, openedOn: site.openedOn, by: user.name, now: now) else {
            throw late(site)
        }
        try record("site.closed", site, site.name)
    }

    private func late(_ site: Site) -> DomainError {
        .conflict("“\(site.name)”刚被\(site.changedBy)修改。请核对后再保存。")
    }

    private func record(_ action: String, _ site: Site, _ words: String) throws {
        try AuditLog.record(action, site.code, by: actor, at: site.path, words, now: now, on: db)
    }
}

/// What curators write stands before everybody at once, so the machine looks first: words that are not to be said, and
/// numbers of people.
struct SiteWords {
    private let checker: ReviewChecks.TextChecker
    /// What the fields of their forms are called.
    private static let titles = [
        "name": "名称", "introduction": "简介", "title": "标题", "summary": "简介", "body": "内容",
    ]

    init(_ db: Connection) throws { checker = try ReviewChecks.TextChecker(db) }

    /// Throws `DomainError.invalid` with the problems and those of the texts.
    func check(_ problems: [FieldProblem], _ fields: [(field: String, text: String)]) throws {
        let all = problems + self.problems(fields)
        if !all.isEmpty { throw DomainError.invalid(all) }
    }

    /// - Parameter fields: each with its text.
    func problems(_ fields: [(field: String, text: String)]) -> [FieldProblem] {
        fields.flatMap { field in
            checker.findings(in: field.text, of: SiteWords.titles[field.field] ?? "文字").filter {
                $0.grade == .block || $0.kind == .phone
            }
            .prefix(1).map { FieldProblem(field: field.field, message: "不能公开的内容：\($0.words)") }
        }
    }
}
