import Database
import Directory
import Foundation
import Kernel
import Platform

/// Writes data sets into the folder of a partner. As with what comes in, each step may be done twice: the ledger knows the
/// name before the file exists, what leaves is on record before it stands in the folder, and the marker comes last.
struct DropWriter: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let folders: DropFolders
    let workFolder: String
    let now: @Sendable () -> Timestamp
    /// Stands between any two steps; a test stops the work there.
    var pause: @Sendable () throws -> Void = {}

    private static let atOnce = 500

    /// Writes what is due; returns how many files were completed.
    func run(_ partner: Partner) async throws -> Int {
        let folders = folders, now = now()
        try await SheetRowFeed.onThread { try folders.open(partner.code, .outward).clear() }
        // What a stop of the server has left announced nowhere.
        for file in try await database.read({ try DropStore($0).inState([.written], of: partner.id) }) {
            try await announce(file, partner)
        }
        var count = 0
        for dataset in try await database.read({ try PartnerStore($0).datasets(of: partner.id) }) {
            guard let due = dataset.due, due <= now else { continue }
            try Task.checkCancellation()
            if try await write(dataset, for: partner) { count += 1 }
        }
        return count
    }

    private func write(_ dataset: PartnerDataset, for partner: Partner) async throws -> Bool {
        guard let file = try await begin(dataset, for: partner) else { return false }
        try pause()
        let work = "\(workFolder)/drop-\(Identifiers.next())", folders = folders
        defer { try? FileManager.default.removeItem(atPath: work) }  // a left-over goes when the server starts
        let (rows, end) = try await fill(work, dataset, isFull: file.isFull, for: partner)
        try pause()
        let sum = try await SheetRowFeed.onThread { Hex.encode(try SM3.hash(fileAt: work)) }
        let size = (try FileManager.default.attributesOfItem(atPath: work)[.size] as? Int) ?? 0
        try await record(file, dataset, sum: sum, size: size, rows: rows, for: partner)
        try pause()
        try await SheetRowFeed.onThread {
            let folder = try folders.open(partner.code, .outward)
            try folder.put(fileAt: work, as: file.name)
            try folder.put("\(sum)  \(file.name)\n", as: file.name + DropName.sum)
        }
        try pause()
        let now = now()
        try await database.write { db in
            guard try DropStore(db).move(file.id, from: [.recorded], to: .written) else { return }
            try PartnerStore(db).advance(dataset, to: end, for: partner.id, wrote: true, now: now)
        }
        try pause()
        try await announce(file, partner)
        return true
    }

    /// Puts the file on record; `nil` when nothing has changed that would be told. A file that was begun before a stop goes
    /// on under its name. What is told is looked for beforehand: nobody else waits for that.
    private func begin(_ dataset: PartnerDataset, for partner: Partner) async throws -> DropFile? {
        let now = now(), isFull = dataset.isFull || dataset.cursor == 0
        try await FeedCollection(database).collect(dataset.dataset, now: now)
        let slice = try await database.read(isLong: true) { db in
            try FeedStore(db).slice(
                dataset.dataset, within: partner.scope, after: isFull ? 0 : dataset.cursor, limit: 1)
        }
        return try await database.write { db in
            let store = DropStore(db), partners = PartnerStore(db)
            let open = try store.inState([.writing, .recorded], of: partner.id).first { $0.dataset == dataset.dataset }
            if let open {
                if dataset.isFull, !open.isFull { try store.setFull(open.id) }
                return try store.find(open.id, within: .everything)
            }
            if slice.entries.isEmpty {
                try partners.advance(dataset, to: slice.end, for: partner.id, wrote: false, now: now)
                return nil
            }
            let organisation = try OrganisationStore(db).find(partner.organisation, within: .everything)
            let place = organisation.code ?? organisation.id.rawValue, format = partner.settings.format
            var moment = now, name = DropName(dataset.dataset, place, at: moment, format)
            // Names have whole seconds: a second file of the same second takes the next.
            while try store.wasWritten(name.text, for: partner.id) {
                moment = moment.adding(seconds: 1)
                name = DropName(dataset.dataset, place, at: moment, format)
            }
            let id = try store.insert(
                DropStore.New(
                    partner: partner.id, direction: .outward, name: name.text, dataset: dataset.dataset,
                    path: partner.path, state: .writing, isFull: isFull), now: now)
            return try store.find(id, within: .everything)
        }
    }

    private func fill(
        _ path: String, _ dataset: PartnerDataset, isFull: Bool, for partner: Partner
    ) async throws -> (rows: Int, end: Int) {
        let isSensitive = partner.settings.isSensitive, crypto = crypto, today = now().day
        let columns = DropColumns(dataset.dataset, isSensitive: isSensitive)
        let writer = try SheetWriter(path: path, format: partner.settings.format == .xlsx ? .xlsx : .csv)
        try writer.addSheet(dataset.dataset.title)
        try writer.header(columns.titles)
        var rows = 0, cursor = isFull ? 0 : dataset.cursor
        while true {
            let after = cursor
            let (records, end, hasMore) = try await database.read(isLong: true) { db in
                let slice = try FeedStore(db).slice(
                    dataset.dataset, within: partner.scope, after: after, limit: DropWriter.atOnce)
                let records = try FeedRecordStore(
                    db: db, crypto: crypto, scope: partner.scope, today: today, withSensitive: isSensitive
                ).records(dataset.dataset, slice.entries)
                return (records, slice.end, slice.hasMore)
            }
            // Who begins with everything has nothing to delete.
            for record in records where !isFull || record["deleted"]?.flag != true {
                try writer.row(columns.cells(record).map { $0.isEmpty ? .empty : .text($0) })
                rows += 1
            }
            cursor = end
            if !hasMore { break }
        }
        try writer.finish()
        return (rows, cursor)
    }

    /// What leaves is on record before it stands where the partner can read it. A file that is made again after a stop is
    /// recorded again only when it tells of a different number of people.
    private func record(
        _ file: DropFile, _ dataset: PartnerDataset, sum: String, size: Int, rows: Int, for partner: Partner
    ) async throws {
        let now = now(), settings = partner.settings
        try await database.write { db in
            guard try DropStore(db).setRecorded(file.id, sm3: sum, size: size, rows: rows) else {
                throw DomainError.conflict("这个文件已由他人处理。")
            }
            if file.state == .recorded, file.rows == rows { return }
            if settings.isSensitive, dataset.dataset == .students || dataset.dataset == .staff {
                let looker = Looker(
                    account: nil, person: nil, name: partner.name, role: Looker.systemRole, address: "")
                try LookLog.recordExport(
                    "交换文件：\(dataset.dataset.title)", by: looker, people: rows, data: DropColumns.data(dataset.dataset),
                    for: try LookReason(settings.reason), at: partner.organisation, now: now, on: db)
            }
            try ExchangeRunStore(db).insert(
                ExchangeRun(
                    id: Identifiers.next(), way: .fileOut, system: partner.name, dataset: dataset.dataset.rawValue,
                    at: now, rows: rows, changed: rows, flagged: 0, refused: 0, note: file.name), at: partner.path)
            try AuditLog.record(
                "exchange.file_written", file.id.rawValue, by: partner.actor, at: partner.path,
                "\(partner.name)，\(file.name)，\(rows) 行", now: now, on: db)
        }
    }

    private func announce(_ file: DropFile, _ partner: Partner) async throws {
        let folders = folders
        try await SheetRowFeed.onThread {
            let folder = try folders.open(partner.code, .outward)
            // The partner may have taken all of it before a stop of the server kept us from noting it.
            if folder.contains(file.name) { try folder.put("", as: file.name + DropName.marker) }
        }
        try pause()
        try await database.write { _ = try DropStore($0).move(file.id, from: [.written], to: .sent) }
    }
}
