import Database
import Directory
import Foundation
import Kernel
import Media
import Platform

/// Makes resources of a folder, some at a time. The same folder a second time makes nothing new.
struct FolderIntake: Sendable {
    let database: Database
    let uploads: MediaUploads
    let office: ReviewOffice
    /// Where files lie on their way from the archive into the store.
    let workFolder: String
    /// Waits a little for whoever else checks a file.
    var pause: @Sendable () async throws -> Void = { try await Task.sleep(for: .milliseconds(200)) }

    /// What somebody says of all resources of a folder.
    struct Terms: Sendable {
        /// That what is original is hers.
        var isStated = false
        /// Whether they are handed in for review at once.
        var submits = false
    }

    /// Resources and bytes of one step.
    private static let mostLines = 20
    private static let mostBytes = 300 << 20

    /// Reads a folder; nothing is written.
    /// - Throws: `DomainError.invalid` for `file`.
    func plan(_ folder: PackedFolder, at school: OrganisationID, now: Timestamp) async throws -> FolderPlan {
        let workFolder = workFolder
        let (name, rows) = try await SheetRowFeed.onThread {
            try FolderPlan.rows(of: folder, workFolder: workFolder)
        }
        let found = try await database.read(isLong: true) {
            try FolderLookup(db: $0, school: school, day: now.day).found(rows)
        }
        let plan = try await SheetRowFeed.onThread { try FolderPlan(folder, name, rows, found) }
        return try await database.read { try FolderIntake.compared(plan, at: school, $0) }
    }

    /// With what was imported before.
    static func compared(_ plan: FolderPlan, at school: OrganisationID, _ db: Connection) throws -> FolderPlan {
        let known = try FolderStore(db).known(plan.lines.map(\.key), at: school)
        var plan = plan
        for index in plan.lines.indices where plan.lines[index].kind == .new {
            guard let item = known[plan.lines[index].key] else { continue }
            (plan.lines[index].kind, plan.lines[index].item) = (.known, item)
        }
        return plan
    }

    /// Makes the next resources; the plan with what became of its lines.
    func step(
        _ plan: FolderPlan, of folder: PackedFolder, at school: Organisation, _ terms: Terms, by user: CurrentUser,
        address: String, now: Timestamp
    ) async throws -> FolderPlan {
        var plan = plan, lines = 0, bytes = 0
        for index in plan.lines.indices where plan.lines[index].kind == .new {
            guard lines < FolderIntake.mostLines, bytes < FolderIntake.mostBytes else { break }
            plan.lines[index] = try await take(
                plan.lines[index], of: folder, at: school, terms, by: user, address: address, now: now)
            lines += 1
            bytes += plan.lines[index].files.reduce(0) { $0 + $1.size }
        }
        return plan
    }

    private func take(
        _ line: FolderPlan.Line, of folder: PackedFolder, at school: Organisation, _ terms: Terms, by user: CurrentUser,
        address: String, now: Timestamp
    ) async throws -> FolderPlan.Line {
        var line = line
        guard var content = line.content else { return line }
        content.isStated = terms.isStated
        do {
            let received = try await receive(line, of: folder, by: user)
            let (asked, told, uploads) = (content, line, uploads)
            let made = try await database.write { db -> (id: ID<Item>, isNew: Bool) in
                let store = FolderStore(db)
                // Somebody may have been faster with the same folder.
                if let known = try store.known([told.key], at: school.id)[told.key] { return (ID(known), false) }
                let files = try ItemUploads(uploads: uploads).claim(received, by: user, now: now, on: db)
                let staff = try AppointmentStore(db).staff(of: school.id, on: now.day)
                let others = told.authors.compactMap { name in staff.first { $0.personName == name }?.person }
                let id = try ItemService(db, by: user, address: address, now: now).create(
                    asked, at: school, with: others, files: files)
                try store.note(id, for: told.key, at: school.id, now: now)
                return (id, true)
            }
            (line.kind, line.item) = (made.isNew ? .taken : .known, made.id.rawValue)
            if made.isNew, terms.submits {
                line.reasons = try await submit(made.id, by: user, address: address, now: now)
            }
        } catch DomainError.invalid(let problems) {
            (line.kind, line.reasons) = (.refused, problems.map(\.message))
        } catch DomainError.conflict(let words) { (line.kind, line.reasons) = (.refused, [words]) }
        return line
    }

    /// Brings the files of a line the way of all uploads.
    private func receive(
        _ line: FolderPlan.Line, of folder: PackedFolder, by user: CurrentUser
    ) async throws -> [ID<Upload>] {
        var received: [ID<Upload>] = []
        for file in line.files {
            let path = "\(workFolder)/folder-\(Identifiers.next())"
            defer { unlink(path) }
            do {
                try await SheetRowFeed.onThread {
                    try folder.copy(file.name, to: path)
                    guard Hex.encode(try SHA256.hash(fileAt: path)) == file.sha256 else {
                        throw PackedFailure.damaged
                    }
                }
            } catch let failure as PackedFailure { throw DomainError.invalid("file", failure.message) }
            let name = file.name.split(separator: "/").last.map(String.init) ?? file.name
            let upload = try await settled(
                try await uploads.receive(fileAt: path, name: name, size: file.size, by: user), of: user)
            guard upload.state != .refused else {
                throw DomainError.invalid("file", "“\(upload.name)”不能使用：\(upload.remark)")
            }
            received.append(upload.id)
        }
        return received
    }

    private static let mostPauses = 100

    /// A server beside a command may be the one that checks the upload; it is waited for, not for ever.
    func settled(_ upload: Upload, of user: CurrentUser) async throws -> Upload {
        let uploads = uploads, id = upload.id
        var upload = upload, pauses = 0
        while upload.state == .checking, pauses < FolderIntake.mostPauses {
            try await pause()
            pauses += 1
            upload = try await database.read { try uploads.find(id, of: user, on: $0) }
        }
        return upload
    }

    /// Hands it in. Why not, when that is not possible: it is a draft then.
    private func submit(_ id: ID<Item>, by user: CurrentUser, address: String, now: Timestamp) async throws -> [String]
    {
        let office = office
        do {
            try await database.write {
                try ReviewService($0, by: user, address: address, now: now, office: office).submit(id)
            }
            return []
        } catch DomainError.invalid(let problems) {
            return problems.map { "没有提交：" + $0.message }
        } catch DomainError.conflict(let words) { return ["没有提交：" + words] }
    }
}
