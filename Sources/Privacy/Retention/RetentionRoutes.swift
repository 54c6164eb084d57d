import Database
import Directory
import Kernel
import Platform
import Web

/// `/privacy/retention`: how long what is kept, what is due, what went, and what is held back.
struct RetentionRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let service: RetentionService

    func add(to routes: inout Routes) {
        routes.get("/privacy/retention", access: .can(.retentionRun)) { try await show($0) }
        routes.post("/privacy/retention/count", access: .can(.retentionRun), count)
        routes.post("/privacy/retention/confirmation", access: .can(.retentionRun), confirm)
        routes.post("/privacy/retention/holds", access: .can(.retentionRun), hold)
        routes.post("/privacy/retention/holds/end", access: .can(.retentionRun), release)
    }

    private func actor(_ request: WebRequest) throws -> AuditActor {
        AuditActor(try request.user, address: request.remoteAddress)
    }

    private func show(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let (runs, holds) = try await database.read { db in
            (try RetentionStore(db).runs(limit: 24), try RetentionStore(db).holds())
        }
        let page = RetentionPages.show(runs, holds, request.page, values: request.form, problems: problems)
        return .html(page, status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func count(_ request: WebRequest) async throws -> WebResponse {
        .redirect("/jobs/\(try await service.start(by: request.user, actor(request)))")
    }

    @Sendable private func confirm(_ request: WebRequest) async throws -> WebResponse {
        guard let run = request.form["run"].flatMap({ ID<RetentionRun>(checking: $0) }) else {
            throw DomainError.notFound
        }
        if let proof = request.proofNeeded(back: RetentionPages.path) { return proof }
        return .redirect("/jobs/\(try await service.confirm(run, by: request.user, actor(request)))")
    }

    @Sendable private func hold(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, actor = try actor(request), crypto = crypto, now = Timestamp.now
        let kind = request.form["kind"] ?? "", number = request.form["number"] ?? "",
            reason = request.form["reason"] ?? ""
        var problems: [FieldProblem] = []
        if !kind.isEmpty, RetentionPeriod.of(kind) == nil {
            problems.append(FieldProblem(field: "kind", message: "选择记录"))
        }
        if reason.isEmpty || reason.unicodeScalars.count > 200 {
            problems.append(FieldProblem(field: "reason", message: "写明原因，不超过 200 个字"))
        }
        let found = problems
        do {
            try await database.write { db in
                var problems = found, person: ID<Person>?
                if !number.isEmpty {
                    let holders = Set(try PersonIdentifierStore(db, crypto).find(number).map(\.person))
                    person = holders.count == 1 ? holders.first : nil
                    if person == nil { problems.append(FieldProblem(field: "number", message: "没有查到这个号码的人")) }
                }
                guard problems.isEmpty else { throw DomainError.invalid(problems) }
                try RetentionStore(db).hold(kind, person, reason, from: now.day, by: user.name)
                try AuditLog.record(
                    "privacy.hold_set", person?.rawValue ?? kind, by: actor, now: now, on: db)
            }
            return .redirect(RetentionPages.path, flash: Flash(.done, "已保全"))
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems)
        }
    }

    @Sendable private func release(_ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request), now = Timestamp.now
        guard let id = request.form["hold"].flatMap({ ID<LegalHold>(checking: $0) }) else { throw DomainError.notFound }
        try await database.write { db in
            guard try RetentionStore(db).release(id, on: now.day) else { throw DomainError.conflict("保全已经解除。") }
            try AuditLog.record("privacy.hold_ended", id.rawValue, by: actor, now: now, on: db)
        }
        return .redirect(RetentionPages.path, flash: Flash(.done, "保全已解除"))
    }
}
