import Database
import Directory
import Kernel
import Platform

/// Compares every row of a batch with what is known and writes its change set.
struct RosterReading: Sendable {
    /// Files of more rows tell how far their reading is.
    private static let smallRows = 2000

    let database: Database
    let files: SealedFiles
    let crypto: any CryptoProvider
    let mergeListeners: [any PersonMergeListener]

    func compare(_ batch: RosterBatch, message: String, _ progress: ImportProgress) async throws {
        let crypto = crypto, scope = batch.scope
        let (schools, revision) = try await database.read(snapshot: true, isLong: true) { db in
            (try RosterSchools.load(db, scope: scope), try RosterImportStore(db, crypto).revision(of: scope))
        }
        try await database.write { try RosterImportStore($0, crypto).removeLines(of: batch.id) }
        var comparison = RosterComparison(
            roster: batch.layout.roster, schools: schools, day: batch.day, today: Timestamp.now.day,
            owners: batch.origin?.owners ?? [])
        let key = try crypto.open(batch.fileKey, context: RosterBatch.keyContext(batch.id))
        var outcome = Outcome()
        try await files.withPlain(batch.sha256, key: key) { path in
            try await read(path, batch, &comparison, &outcome, progress)
        }
        var counts = outcome.counts
        counts.classes = comparison.newClasses.count
        let (found, digest) = (counts, Hex.encode(outcome.hash.digest()))
        let isDone = try await database.write { db in
            try RosterImportStore(db, crypto).setCompared(
                batch.id, counts: found, revision: revision, digest: digest, message: message)
        }
        if !isDone { throw DomainError.conflict("这次导入已由他人处理。") }
    }

    private struct Outcome {
        var counts = RosterCounts()
        var hash = SHA256.running()
    }

    private func read(
        _ path: String, _ batch: RosterBatch, _ comparison: inout RosterComparison, _ outcome: inout Outcome,
        _ progress: ImportProgress
    ) async throws {
        let file = try await SheetRowFeed.onThread { try SheetFile.open(path: path) }
        let readings = Dictionary(
            uniqueKeysWithValues: batch.layout.sheets.map {
                ($0.sheet, RosterRowReading(layout: $0, roster: batch.layout.roster))
            })
        let feed = SheetRowFeed(file, sheets: batch.layout.sheets.map(\.sheet))
        defer { feed.cancel() }
        let total = batch.layout.rowCount
        var done = 0
        while let rows = try await feed.next() {
            try Task.checkCancellation()
            var prepared: [RosterComparison.Prepared] = []
            for row in rows {
                guard let reading = readings[row.sheet], let read = reading.read(row.row) else { continue }
                prepared.append(comparison.prepare(read, reading.layout))
            }
            try await compare(prepared, batch, &comparison, &outcome)
            done += rows.count
            if total > RosterReading.smallRows { try await progress(min(done, total), total, "正在核对各行") }
        }
    }

    private func compare(
        _ prepared: [RosterComparison.Prepared], _ batch: RosterBatch, _ comparison: inout RosterComparison,
        _ outcome: inout Outcome
    ) async throws {
        let roster = batch.layout.roster, crypto = crypto
        // Nobody is looked for who is refused already.
        let asked = prepared.indices.filter { prepared[$0].row.problems.isEmpty && prepared[$0].school != nil }
        let candidates = asked.compactMap { prepared[$0].candidate }, keys = asked.map { prepared[$0].row.person }
        let guardians = asked.flatMap { prepared[$0].row.guardians.flatMap(\.numbers) }
            .map(\.identifier)
        let met = Set(candidates.compactMap(\.school)).subtracting(comparison.loadedSchools).sorted()
        let today = comparison.today
        let known = try await database.read(isLong: true) { db in
            try RosterLookup.load(
                candidates, keys: keys, guardianNumbers: guardians, schools: met, roster: roster, on: today, db, crypto)
        }
        comparison.take(known.classes, of: met)
        let matches = Dictionary(uniqueKeysWithValues: zip(asked, known.matches))
        var lines: [RosterImportStore.Sealed] = []
        for (index, row) in prepared.enumerated() {
            let line = comparison.compare(row, matches[index], known)
            outcome.counts[line.kind] += 1
            if line.kind != .refused { outcome.counts.cells += line.content.problems.count }
            let text = RosterContentText.encode(line.content)
            let person = line.kind == .new ? "" : line.person?.rawValue ?? ""
            outcome.hash.update(Array("\(line.number)\(line.kind.rawValue)\(person)\(line.name)\(text)".utf8))
            lines.append(
                .init(line: line, sealed: try crypto.seal(text, context: RosterImportStore.context(line.id))))
        }
        let all = lines, mergeListeners = mergeListeners
        let doubts = zip(candidates, known.matches).filter { if case .doubtful = $0.1 { true } else { false } }
        try await database.write { db in
            try RosterImportStore(db, crypto).add(all, to: batch.id)
            let queue = DuplicateQueue(db, crypto, mergeListeners: mergeListeners)
            for (candidate, match) in doubts { try queue.raise(candidate, match, batch: batch.id.rawValue) }
        }
    }
}
