import Contracts
import Database
import Directory
import Kernel
import Platform
import Web

/// `/my-data`: what is held about whoever is signed in, and about her children.
struct OwnDataRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let collector: OwnDataCollector
    let roleTitle: @Sendable (String) -> String
    /// Where a workbook waits until it is sent.
    let exportFolder: String
    /// By which the time for an answer is counted.
    let days: any WorkDays

    static let copyJob = "privacy.copy"

    func add(to routes: inout Routes) {
        routes.get("/my-data", access: .signedIn) { try await show($0) }
        routes.post("/my-data/copy", access: .signedIn, makeCopy)
        routes.get("/my-data/copy", access: .signedIn, download)
        routes.post("/my-data/requests", access: .signedIn, ask)
    }

    private func subject(_ request: WebRequest) async throws -> OwnDataSubject {
        let user = try request.user, today = Timestamp.now.day
        let child = request.method == .get ? request.query.text("child") : request.form.text("child")
        return try await database.read { try OwnDataSubject(user, child: child, $0, on: today) }
    }

    private func show(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now, crypto = crypto
        let subject = try await subject(request)
        let isFull = request.query["full"] == "1"
        if isFull, let proof = request.proofNeeded() { return proof }
        let data = try await collector.collect(subject.person, on: now.day)
        let (copy, requests) = try await database.read { db in
            (
                try OwnDataCopyStore(db: db, crypto: crypto).latest(of: subject.person, for: user.account, at: now),
                try RightsRequestStore(db, crypto).own(of: subject.person, by: user.person)
            )
        }
        let model = OwnDataPages.Model(
            subject: subject, data: data, isFull: isFull, copy: copy, requests: requests, today: now.day)
        let page = OwnDataPages.show(model, roleTitle, request.page, values: request.form, problems: problems)
        return .html(page, status: problems.isEmpty ? 200 : 422).with(header: "cache-control", "no-store")
    }

    @Sendable private func makeCopy(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, subject = try await subject(request), now = Timestamp.now, crypto = crypto
        let actor = AuditActor(user, address: request.remoteAddress)
        let result = OwnDataPages.path + subject.query
        let job = try await database.write { db in
            let id = try OwnDataCopyStore(db: db, crypto: crypto).add(subject.person, for: user.account, at: now)
            try AuditLog.record("privacy.copy_asked", subject.person.rawValue, by: actor, now: now, on: db)
            return try JobStore(db).add(
                kind: OwnDataRoutes.copyJob, title: "制作个人信息副本", payload: id, result: result, by: user, now: now)
        }
        return .redirect("/jobs/\(job)")
    }

    /// The job that fills a copy. Its payload names the copy and nobody.
    var job: JobHandler {
        let database = database, crypto = crypto, collector = collector, roleTitle = roleTitle
        return JobHandler(OwnDataRoutes.copyJob) { context in
            let id = context.job.payload, now = Timestamp.now
            guard let entry = try await database.read({ try OwnDataCopyStore(db: $0, crypto: crypto).find(id) }) else {
                throw DomainError.conflict("副本已经过期，请重新制作")
            }
            let data = try await collector.collect(entry.person, on: now.day)
            let bytes = try OwnDataCopy(data, at: now, roleTitle: roleTitle).json
            try await database.write { try OwnDataCopyStore(db: $0, crypto: crypto).fill(id, with: bytes) }
            return "副本已经做好，7 天内可以下载"
        }
    }

    @Sendable private func download(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, subject = try await subject(request), now = Timestamp.now, crypto = crypto
        if let proof = request.proofNeeded() { return proof }
        let actor = AuditActor(user, address: request.remoteAddress)
        let bytes: [UInt8] = try await database.write { db in
            let store = OwnDataCopyStore(db: db, crypto: crypto)
            guard let entry = try store.latest(of: subject.person, for: user.account, at: now),
                let bytes = try store.content(entry.id)
            else { throw DomainError.notFound }
            try AuditLog.record("privacy.copy_fetched", subject.person.rawValue, by: actor, now: now, on: db)
            return bytes
        }
        let copy = try OwnDataCopy(json: bytes)
        switch request.query["format"] {
        case "json": return .download(bytes, name: "个人信息副本.json", contentType: "application/json; charset=utf-8")
        case "xlsx":
            return .download(
                path: try OwnDataWorkbook.write(copy, to: exportFolder), name: "个人信息副本.xlsx",
                contentType: TableFormat.xlsx.contentType, temporary: true)
        default:
            return .download(copy.document.bytes, name: "个人信息副本.html", contentType: "text/html; charset=utf-8")
        }
    }

    @Sendable private func ask(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, subject = try await subject(request), crypto = crypto
        let form = RightsRequestForm(values: request.form), actor = AuditActor(user, address: request.remoteAddress)
        do {
            let (kind, text) = try form.asked()
            try await database.write { db in
                try RightsRequestService(db, crypto, by: actor).ask(
                    kind, text, about: subject.person, by: user, counting: days)
            }
            let done = Flash(.done, "已提交，15 个工作日内答复")
            return .redirect(OwnDataPages.path + subject.query, flash: done)
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems)
        }
    }
}
