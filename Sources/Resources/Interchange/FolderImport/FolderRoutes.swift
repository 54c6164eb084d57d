import Database
import Directory
import Kernel
import Media
import Platform
import Web

/// `/resources/folders`: a teacher brings a folder of resources with a workbook that tells of them.
struct FolderRoutes: Sendable {
    let database: Database
    let files: FileStore
    let intake: FolderIntake

    func add(to routes: inout Routes) {
        let root = FolderPages.root, one = root + "/:id", access = Access.can(.itemWrite)
        routes.get(root, access: access, list)
        routes.get(root + "/new", access: access) { try await form($0, []) }
        routes.get(root + "/template", access: access, template)
        routes.upload(root, access: access, limit: FolderPlan.limits.fileBytes, send)
        routes.get(one, access: access, show)
        routes.post(one + "/acceptance", access: access, accept)
        routes.post(one + "/discard", access: access, discard)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let person = try request.user.person
        let rows = try await database.read { try FolderStore($0).list(of: person, limit: 50) }
        return .html(FolderPages.list(rows, request))
    }

    private func form(_ request: WebRequest, _ problems: [FieldProblem]) async throws -> WebResponse {
        let user = try request.user
        let schools = try await database.read { try ItemEditRoutes.schools(of: user, $0) }
        return .html(
            FolderPages.new(schools, request.form, problems, request.page), status: problems.isEmpty ? 200 : 422)
    }

    /// An empty workbook with the columns.
    @Sendable private func template(_ request: WebRequest) async throws -> WebResponse {
        try FolderPages.template.download([], as: .xlsx, name: "资源元数据", with: request.exporter)
    }

    /// Archives a person may have waiting; they fill the disk until they are decided.
    private static let mostOpen = 3

    @Sendable private func send(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, files = files, now = Timestamp.now, id = ID<FolderImport>.new()
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            guard let file = request.files.first(where: { $0.field == "file" && $0.size > 0 }) else {
                throw DomainError.invalid("file", "请选择要上传的压缩包")
            }
            let asked = request.form["school"] ?? ""
            let schools = try await database.read { try ItemEditRoutes.schools(of: user, $0) }
            guard let school = schools.first(where: { $0.id.rawValue == asked }) ?? schools.first else {
                throw DomainError.invalid("file", "资源由学校的教师编写，用学校的账号登录后再导入")
            }
            guard try await database.read({ try FolderStore($0).openCount(of: user.person) }) < FolderRoutes.mostOpen
            else { throw DomainError.invalid("file", "还有\(FolderRoutes.mostOpen)个压缩包没有处理完，请先接受或放弃") }
            let folder = try await FolderRoutes.open(file.path)
            let plan = try await intake.plan(folder, at: school.id, now: now)
            let kept = try await SheetRowFeed.onThread { try files.keep(fileAt: file.path) }
            try await database.write { db in
                let stored = try files.record(
                    sha256: kept.sha256, size: kept.size, name: file.name, by: user.name, now: now, on: db)
                try FolderStore(db).insert(
                    id, at: school.id, name: file.name, file: stored, plan, by: user.person, now: now)
                try AuditLog.record(
                    "folder.sent", id.rawValue, by: actor, at: school.path, "\(file.name)：\(plan.words)", now: now,
                    on: db)
            }
            return .redirect(FolderPages.path(id))
        } catch DomainError.invalid(let problems) { return try await form(request, problems) }
    }

    private static func open(_ path: String) async throws -> PackedFolder {
        do {
            return try await SheetRowFeed.onThread { try PackedFolder(archive: path, limits: FolderPlan.limits) }
        } catch let failure as PackedFailure { throw DomainError.invalid("file", failure.message) }
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let person = try request.user.person, id: ID<FolderImport> = try request.id("id")
        let query = FolderPages.lines.query(request.query)
        let found = try await database.read { db in
            let found = try FolderStore(db).find(id, of: person)
            let isOpen = found.state == .open
            return (found, isOpen ? try FolderIntake.compared(found.plan, at: found.school, db) : found.plan)
        }
        if let format = query.format {
            return try FolderPages.lines.download(found.1.lines, as: format, name: "资源导入", with: request.exporter)
        }
        return .html(FolderPages.show(found.0, found.1, request))
    }

    @Sendable private func accept(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<FolderImport> = try request.id("id"), now = Timestamp.now
        let files = files, address = request.remoteAddress, path = FolderPages.path(id)
        let terms = FolderIntake.Terms(isStated: request.form.has("stated"), submits: request.form["way"] == "submit")
        let (known, plan, school, archive) = try await database.read { db in
            let known = try FolderStore(db).find(id, of: user.person)
            guard known.state == .open, let file = known.file else {
                throw DomainError.conflict("这个文件夹\(known.state.title)，没有再写入。")
            }
            let schools = try ItemEditRoutes.schools(of: user, db)
            guard let school = schools.first(where: { $0.id == known.school }) else { throw DomainError.notFound }
            return (
                known, try FolderIntake.compared(known.plan, at: known.school, db), school,
                files.path(of: try files.find(file, on: db).sha256)
            )
        }
        let folder = try await FolderRoutes.open(archive)
        let next = try await intake.step(
            plan, of: folder, at: school, terms, by: user, address: address, now: now)
        let left = next.count(.new)
        let isSaved = try await database.write { db in
            let isSaved = try FolderStore(db).set(next, left == 0 ? .accepted : .open, of: known)
            if isSaved, left == 0 {
                try AuditLog.record(
                    "folder.accepted", id.rawValue, by: AuditActor(user, address: address), at: school.path,
                    "\(known.name)：\(next.words)", now: now, on: db)
            }
            return isSaved
        }
        guard isSaved else { return .redirect(path, flash: Flash(.warning, "这个文件夹正在导入，请看现在的结果")) }
        let words = left == 0 ? "导入完成：\(next.words)" : "已导入 \(next.count(.taken)) 项，还有 \(left) 项，点“继续导入”"
        return .redirect(path, flash: Flash(.done, words))
    }

    @Sendable private func discard(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<FolderImport> = try request.id("id")
        let actor = AuditActor(user, address: request.remoteAddress)
        let isDone = try await database.write { db in
            let store = FolderStore(db), known = try store.find(id, of: user.person)
            guard known.state == .open, try store.set(known.plan, .discarded, of: known) else { return false }
            try AuditLog.record("folder.discarded", id.rawValue, by: actor, known.name, on: db)
            return true
        }
        return .redirect(FolderPages.root, flash: isDone ? Flash(.done, "已放弃") : Flash(.warning, "这个文件夹刚被处理过。"))
    }
}
