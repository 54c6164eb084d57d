import Contracts
import Database
import Foundation
import Kernel
import Platform
import Web

/// Targets of a set as a file: sent out, and taken in after a look at what would change.
struct TargetSetExchangeRoutes: Sendable {
    let database: Database
    let sources: [any IndicatorSource]

    func add(to routes: inout Routes) {
        routes.get("/plan/target-sets/:id/file", access: .can(.planView), file)
        routes.get("/plan/target-sets/:id/import", access: .can(.targetEdit), form)
        routes.upload("/plan/target-sets/:id/import", access: .can(.targetEdit), limit: 512 << 10, preview)
        routes.post("/plan/target-sets/:id/import/acceptance", access: .can(.targetEdit), accept)
    }

    @Sendable func file(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<PlanTargetSet> = try request.id("id")
        let file = try await database.read { db in
            let store = PlanTargetStore(db)
            return TargetSetFile(try store.set(id, within: user.scope(of: .planView)), try store.current(set: id))
        }
        return .download(try file.json(), name: "\(file.title).json", contentType: "application/json; charset=utf-8")
    }

    /// A set and its targets as they are now.
    private struct Known: Sendable {
        let set: PlanTargetSet
        /// The last version of each, ended ones included.
        let targets: [PlanTarget]
        let clauses: [PlanClause]

        init(_ id: ID<PlanTargetSet>, for user: CurrentUser, on db: Connection) throws {
            let store = PlanTargetStore(db)
            set = try store.set(id, within: user.scope(of: .planView))
            try set.owner.check(user, .targetEdit)
            targets = try store.latest(set: id)
            clauses = try PlanStore(db).currentClauses(of: set.plan)
        }

        /// Tells whether the targets are still those that somebody has looked at.
        var mark: String { Hex.encode(SHA256.hash(targets.map { "\($0.code) \($0.version)" }.joined(separator: "\n"))) }

        func changes(_ file: TargetSetFile, _ indicators: [(id: String, title: String)]) throws -> TargetSetChanges {
            let changes = TargetSetChanges(from: targets, to: file.targets)
            let problems = changes.problems(TargetForm.Choices(indicators: indicators, clauses: clauses))
            guard problems.isEmpty else { throw DomainError.invalid(problems) }
            return changes
        }
    }

    private func known(_ request: WebRequest) async throws -> Known {
        let user = try request.user, id: ID<PlanTargetSet> = try request.id("id")
        return try await database.read { try Known(id, for: user, on: $0) }
    }

    @Sendable func form(_ request: WebRequest) async throws -> WebResponse {
        let set = try await known(request).set
        // A set that nobody goes by yet is written from its beginning.
        let day = set.state == .draft ? set.from : Timestamp.now.day
        return .html(TargetSetExchangePages.upload(set, from: day.iso, [], request.page))
    }

    private static func day(_ request: WebRequest) throws -> LocalDate {
        guard let day = request.form["from"].flatMap({ LocalDate(iso: $0) }) else {
            throw DomainError.invalid("from", "填写日期，如 2016-12-31")
        }
        return day
    }

    private static func content(_ request: WebRequest) throws -> [UInt8] {
        guard let file = request.files.first(where: { $0.field == "file" }), file.size > 0 else {
            throw DomainError.invalid("file", "选择要上传的 .json 文件")
        }
        guard file.size <= TargetSetChanges.largestFile else {
            throw DomainError.invalid("file", "文件过大，最大允许 \(TargetSetChanges.largestFile >> 10) KB")
        }
        return Array(try Data(contentsOf: URL(fileURLWithPath: file.path)))
    }

    /// Problems of a file's rules, at the field of the file.
    private static func read(_ content: [UInt8]) throws -> TargetSetFile {
        do { return try TargetSetFile(json: Data(content)) } catch DomainError.invalid(let problems) {
            throw DomainError.invalid(
                problems.prefix(20).map { problem in
                    let place = problem.field.isEmpty ? "" : "\(problem.field)："
                    return FieldProblem(field: "file", message: place + problem.message)
                })
        }
    }

    @Sendable func preview(_ request: WebRequest) async throws -> WebResponse {
        let known = try await known(request)
        do {
            let day = try TargetSetExchangeRoutes.day(request)
            let file = try TargetSetExchangeRoutes.read(try TargetSetExchangeRoutes.content(request))
            let changes = try known.changes(file, TargetForm.indicators(sources))
            let preview = TargetSetExchangePages.Preview(
                set: known.set, changes: changes,
                content: String(decoding: try file.json(isSpaced: false), as: UTF8.self), day: day,
                mark: known.mark)
            return .html(TargetSetExchangePages.preview(preview, request.page))
        } catch DomainError.invalid(let problems) {
            let day = request.form["from"] ?? ""
            return .html(TargetSetExchangePages.upload(known.set, from: day, problems, request.page), status: 422)
        }
    }

    @Sendable func accept(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<PlanTargetSet> = try request.id("id")
        let actor = AuditActor(user, address: request.remoteAddress), indicators = TargetForm.indicators(sources)
        // Who may not see the set learns nothing by what its form lacks.
        _ = try await known(request)
        let day = try TargetSetExchangeRoutes.day(request), mark = request.form["mark"] ?? ""
        let file = try TargetSetExchangeRoutes.read(Array((request.form.raw("content") ?? "").utf8))
        let changes = try await database.write { db in
            let known = try Known(id, for: user, on: db)
            guard known.mark == mark else {
                throw DomainError.conflict("这个目标集刚被修改，请重新上传文件，核对变更后再接受。")
            }
            let changes = try known.changes(file, indicators)
            try PlanTargetService(db, by: actor).take(changes, into: known.set, from: day)
            return changes
        }
        let text = "已写入：新增 \(changes.added.count) 项，变更 \(changes.changed.count) 项，停用 \(changes.ended.count) 项。"
        return .redirect(TargetSetPages.path(id), flash: Flash(.done, text))
    }
}
