import Database
import Directory
import Foundation
import Kernel
import Platform

/// Takes in what a partner has put into its folder. A file goes through small steps, each of which may be done twice: a stop
/// of the server between any two loses nothing and takes nothing twice.
struct DropReader: Sendable {
    let database: Database
    let intake: any RosterIntake
    let folders: DropFolders
    /// Where a file stands in plain while it is read; cleared when the server starts.
    let workFolder: String
    let now: @Sendable () -> Timestamp
    /// Stands between any two steps; a test stops the work there.
    var pause: @Sendable () throws -> Void = {}

    var decisions: DropDecisions { DropDecisions(database: database, intake: intake, now: now) }

    /// One look at the folder; returns how many files were seen.
    func run(_ partner: Partner) async throws -> Int {
        let folders = folders
        let names = try await SheetRowFeed.onThread {
            let folder = try folders.open(partner.code, .inward)
            try folder.clear()
            return try folder.names(ending: DropName.marker).filter(folder.isPlain)
        }
        var failure: (any Error)?
        for marker in names {
            try Task.checkCancellation()
            // One file that cannot be handled keeps no other from its turn.
            do { try await take(String(marker.dropLast(DropName.marker.utf8.count)), from: partner) } catch let error
                where error is DomainError || error is DatabaseError
            { failure = failure ?? error }
        }
        try await giveUp(partner, besides: Set(names.map { String($0.dropLast(DropName.marker.utf8.count)) }))
        try await tell(partner)
        if let failure { throw failure }
        return names.count
    }

    private func take(_ name: String, from partner: Partner) async throws {
        let work = "\(workFolder)/drop-\(Identifiers.next())", folders = folders
        defer { try? FileManager.default.removeItem(atPath: work) }  // a left-over goes when the server starts
        let (content, told) = try await SheetRowFeed.onThread {
            let folder = try folders.open(partner.code, .inward)
            return (try folder.copy(name, to: work), folder.text(name + DropName.sum))
        }
        try pause()
        switch content {
        // Its sender goes on writing: the next look takes it.
        case .changing: return
        case .missing:
            // Of a file that was taken before a stop only the marker is left.
            let known = try await database.read { try DropStore($0).latest(name, from: partner.id) }
            guard let known, known.state != .reading else {
                return try await refuse(name, from: partner, reason: "没有数据文件")
            }
            try await finish(known, partner, taken: nil)
        case .unusable(let reason): try await refuse(name, from: partner, reason: reason)
        case .file(let sm3, let size, let state):
            let isRight = told.map { $0.prefix { !$0.isWhitespace }.lowercased() == sm3 } ?? false
            let reason = told == nil ? "没有 SM3 校验文件" : isRight ? nil : "SM3 校验值与文件不符，请重新传送"
            try pause()
            let file = try await note(name, sm3, size, from: partner, reason: reason, at: work)
            try pause()
            try await settle(file, partner, work, taken: state)
        }
    }

    // MARK: Steps

    private func refuse(_ name: String, from partner: Partner, reason: String) async throws {
        let file = try await note(name, "", 0, from: partner, reason: reason, at: "")
        try pause()
        try await finish(file, partner, taken: nil)
    }

    /// Puts the file on record, once.
    private func note(
        _ name: String, _ sm3: String, _ size: Int, from partner: Partner, reason: String?, at path: String
    ) async throws -> DropFile {
        let now = now(), isWorkbook = try await isWorkbook(path, unless: reason)
        return try await database.write { db in
            let store = DropStore(db), known = try store.known(name, sm3, from: partner.id)
            // A file that was refused may be right when it is sent again: with its sum, or in place of what was missing.
            if let known, known.state != .refused { return known }
            var new = DropStore.New(
                partner: partner.id, direction: .inward, name: name, path: partner.path, sm3: sm3,
                size: size, state: .refused, message: reason ?? "")
            if reason == nil {
                do { new = try DropReader.checked(new, partner, isWorkbook: isWorkbook, store) } catch let problem
                    as DropName.Problem
                { new.message = problem.message }
            }
            if let known, new.state == .refused, known.message == new.message { return known }
            let id = try known?.id ?? store.insert(new, now: now)
            if known != nil { try store.renew(id, as: new) }
            if new.state == .refused {
                try AuditLog.record(
                    "exchange.file_refused", id.rawValue, by: partner.actor, at: new.path,
                    "\(new.name)：\(new.message)", now: now, on: db)
            }
            return try store.find(id, within: .everything)
        }
    }

    private func isWorkbook(_ path: String, unless reason: String?) async throws -> Bool? {
        if reason != nil || path.isEmpty { return nil }
        // What cannot be opened is told by the reading.
        return try await SheetRowFeed.onThread { try? SheetFile.open(path: path).isWorkbook }
    }

    /// What a file of the name and content is to become. Throws `DropName.Problem`.
    private static func checked(
        _ new: DropStore.New, _ partner: Partner, isWorkbook: Bool?, _ store: DropStore
    ) throws -> DropStore.New {
        let name = try DropName(new.name)
        let organisations = OrganisationStore(store.db)
        let byCode = try organisations.find(code: name.organisation, within: partner.scope)
        let byKey = try OrganisationID(checking: name.organisation).flatMap { id in
            do { return try organisations.find(id, within: partner.scope) } catch DomainError.notFound { return nil }
        }
        guard let place = byCode ?? byKey else {
            throw DropName.Problem(message: "“\(name.organisation)”不是\(partner.organisationName)范围内的单位")
        }
        guard name.dataset == .students || name.dataset == .staff else {
            throw DropName.Problem(message: "\(name.dataset.title)由市教育局平台维护，不接收文件")
        }
        if let isWorkbook, isWorkbook != (name.format == .xlsx) {
            throw DropName.Problem(message: "内容与扩展名不符：应为 .\(isWorkbook ? "xlsx" : "csv") 文件")
        }
        return DropStore.New(
            partner: partner.id, direction: .inward, name: new.name, dataset: name.dataset, path: place.path,
            sm3: new.sm3, size: new.size, state: .reading, batch: Identifiers.next())
    }

    /// The dry run, and what follows from it.
    private func settle(
        _ file: DropFile, _ partner: Partner, _ work: String, taken: DropFolder.FileState
    ) async throws {
        var file = file
        if file.state == .reading {
            file = try await compare(file, partner, work)
            try pause()
        }
        if file.state == .waiting, partner.settings.acceptsAlone, file.outcome.isClean {
            // When it cannot be, a person decides.
            do {
                let compared = file
                let isPlain = try await database.read { db in
                    try DropStore(db).later(than: compared) == nil && DropStore(db).twin(of: compared) == nil
                }
                if isPlain {
                    try await decisions.accept(file.id, agreed: file.outcome.digest, by: partner.actor)
                }
            } catch DomainError.conflict(let reason) {
                try await decisions.hold(file.id, reason)
            } catch DomainError.invalid(let problems) {
                try await decisions.hold(file.id, problems.map(\.message).joined(separator: "；"))
            }
            file = try await find(file.id)
            try pause()
        }
        try await finish(file, partner, taken: taken)
    }

    private func find(_ id: DropFileID) async throws -> DropFile {
        try await database.read { try DropStore($0).find(id, within: .everything) }
    }

    private func compare(_ file: DropFile, _ partner: Partner, _ work: String) async throws -> DropFile {
        let actor = partner.actor
        do {
            let outcome = try await intake.compare(
                IntakeFile(
                    batch: file.batch, path: work, name: file.name, roster: file.dataset == .staff ? .staff : .pupils,
                    scope: DataScope([file.path]), owners: partner.settings.owners, day: DropName(file.name).day,
                    page: DropPages.path(file.id), actor: actor))
            try pause()
            try await decisions.compared(file.id, outcome)
        } catch DomainError.invalid(let problems) {
            let reason = problems.map(\.message).joined(separator: "；"), now = now(), intake = intake
            try await database.write { db in
                guard try DropStore(db).move(file.id, from: [.reading], to: .refused, message: reason) else { return }
                try intake.release([file.batch], on: db)
                try AuditLog.record(
                    "exchange.file_refused", file.id.rawValue, by: actor, at: file.path, "\(file.name)：\(reason)",
                    now: now, on: db)
            }
        }
        return try await find(file.id)
    }

    /// Tells the sender, then takes the file out of the folder; of a refused one only the marker, so that its sender can
    /// look at it. The marker goes last: while it is there, all this is done again. A file that its sender has replaced since
    /// it was read stays with all that belongs to it, and is read at the next look.
    /// - Parameter taken: the file as it was read; `nil` when there was none that could be.
    private func finish(_ file: DropFile, _ partner: Partner, taken: DropFolder.FileState?) async throws {
        try await tell(file, partner)
        try pause()
        let folders = folders
        let isOther = try await SheetRowFeed.onThread {
            let folder = try folders.open(partner.code, .inward)
            if let taken, let present = folder.state(file.name), present != taken { return true }
            if file.state != .refused {
                if taken != nil { try folder.remove(file.name) }
                try folder.remove(file.name + DropName.sum)
            }
            return false
        }
        if isOther { return }
        try pause()
        try await SheetRowFeed.onThread {
            try folders.open(partner.code, .inward).remove(file.name + DropName.marker)
        }
    }

    /// How many problems of one file its sender reads.
    private static let mostProblems = 1000

    private func tell(_ file: DropFile, _ partner: Partner) async throws {
        let folders = folders, intake = intake
        let problems: [String] = try await database.read { db in
            guard file.hasRows else { return [] }
            return try intake.problems(of: file.batch, limit: DropReader.mostProblems, on: db)
        }
        let end = file.state == .refused ? DropName.refusal : DropName.receipt
        try await SheetRowFeed.onThread {
            let folder = try folders.open(partner.code, .inward)
            // Without room for a report the ledger alone tells how the file stands.
            if folder.canHold(file.name + end) { try folder.put(file.report(problems), as: file.name + end) }
        }
        try pause()
        try await database.write { try DropStore($0).setTold(file.id) }
    }

    /// Tells what was decided since.
    private func tell(_ partner: Partner) async throws {
        for file in try await database.read({ try DropStore($0).untold(of: partner.id) }) {
            try await tell(file, partner)
        }
    }

    /// Files that were on record and taken away before they were read. What their dry run has kept goes, too.
    private func giveUp(_ partner: Partner, besides present: Set<String>) async throws {
        let intake = intake, now = now(), reason = "文件在读取前被移走"
        try await database.write { db in
            let store = DropStore(db)
            for file in try store.inState([.reading], of: partner.id) where !present.contains(file.name) {
                guard try store.move(file.id, from: [.reading], to: .refused, message: reason) else { continue }
                try intake.release([file.batch], on: db)
                try AuditLog.record(
                    "exchange.file_refused", file.id.rawValue, by: partner.actor, at: file.path,
                    "\(file.name)：\(reason)", now: now, on: db)
            }
        }
    }
}
