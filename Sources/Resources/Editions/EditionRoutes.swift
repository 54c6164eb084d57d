import Database
import Directory
import Kernel
import Platform
import Web

/// `/textbooks/choices`: which edition a county or school uses.
struct EditionRoutes: Sendable {
    let database: Database

    func add(to routes: inout Routes) {
        let access = Access.can(.editionChoose)
        routes.get(EditionPages.root, access: access) { try await show($0) }
        routes.post(EditionPages.root, access: access, choose)
        routes.post(EditionPages.root + "/removal", access: access, remove)
    }

    private func show(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let scope = try request.user.scope(of: .editionChoose)
        let (choices, places, keys) = try await database.read { db in
            (
                try EditionChoiceStore(db).list(within: scope), try OrganisationStore(db).all(within: scope),
                try TextbookStore(db).keys()
            )
        }
        if let format = EditionPages.table.query(request.query).format {
            return try EditionPages.table.download(choices, as: format, with: request.exporter)
        }
        let view = EditionPages.View(
            choices: choices, places: places, keys: keys, today: Timestamp.now.day, values: request.form,
            problems: problems)
        return .html(EditionPages.show(view, request.page), status: problems.isEmpty ? 200 : 422)
    }

    /// The organisation of the form, found within the user's scope, and the school year.
    private func asked(_ request: WebRequest, _ db: Connection) throws -> (place: Organisation, year: Int) {
        let scope = try request.user.scope(of: .editionChoose)
        guard let id = OrganisationID(checking: request.form["organisation"] ?? ""),
            let place = try? OrganisationStore(db).find(id, within: scope)
        else { throw DomainError.invalid("organisation", "选择单位") }
        guard let year = Int(request.form["from"] ?? ""), (2000...2100).contains(year) else {
            throw DomainError.invalid("from", "选择学年")
        }
        return (place, year)
    }

    @Sendable private func choose(_ request: WebRequest) async throws -> WebResponse {
        let actor = AuditActor(try request.user, address: request.remoteAddress), now = Timestamp.now
        do {
            try await database.write { db in
                let (place, year) = try asked(request, db)
                let wanted = request.form["edition"] ?? ""
                guard let key = try TextbookStore(db).keys().first(where: { $0.choiceKey == wanted }) else {
                    throw DomainError.invalid("edition", "选择版本")
                }
                try EditionChoiceStore(db).set(key, at: place.id, from: year, by: actor.name, now: now)
                let words = "\(place.name)：\(EditionPages.words(key))，自 \(SchoolYear(start: year).title)"
                try AuditLog.record(
                    "edition.chosen", place.id.rawValue, by: actor, at: place.path, words, now: now, on: db)
            }
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems)
        }
        return .redirect(EditionPages.root, flash: Flash(.done, "已保存"))
    }

    @Sendable private func remove(_ request: WebRequest) async throws -> WebResponse {
        let actor = AuditActor(try request.user, address: request.remoteAddress), now = Timestamp.now
        let stage = request.form["stage"] ?? "", subject = request.form["subject"] ?? ""
        do {
            try await database.write { db in
                let (place, year) = try asked(request, db)
                guard
                    try EditionChoiceStore(db).remove(stage: stage, subject: subject, from: year, at: place.id)
                else { throw DomainError.conflict("这项选用刚被取消过。") }
                let key = TextbookKey(stage: stage, subject: subject, edition: "", grade: "", volume: "")
                try AuditLog.record(
                    "edition.unchosen", place.id.rawValue, by: actor, at: place.path,
                    "\(place.name)：\(key.stageTitle)\(key.subjectTitle)", now: now, on: db)
            }
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems)
        }
        return .redirect(EditionPages.root, flash: Flash(.done, "已取消"))
    }
}
