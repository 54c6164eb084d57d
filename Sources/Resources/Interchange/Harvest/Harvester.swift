import Database
import Kernel
import Platform

/// Goes through a source. An answer is taken over in slices, each one transaction with how far it got, so that others write
/// in between and a process that dies loses nothing and counts nothing twice. Only an answer in the middle of which it died
/// is asked for again.
struct Harvester: Sendable {
    let database: Database
    let client: HarvestClient
    let now: @Sendable () -> Timestamp

    enum Outcome: Sendable, Equatable {
        case ended(Harvest)
        /// The source asked to come again then.
        case later(Timestamp)
    }

    /// An answer that cannot be read is asked for so often in all: some break only sometimes.
    private static let readings = 3
    /// Answers of one harvest; a source that gives more gives them for ever.
    private static let mostPages = 200_000

    /// Records in one transaction.
    private static let slice = 50

    /// Somebody asked it to stop.
    private struct Stopped: Error { let by: String }

    /// - Parameter alive: called before each request.
    func run(_ id: ID<Harvest>, alive: @Sendable (Harvest) async throws -> Void) async throws -> Outcome {
        let database = database
        do {
            return try await go(id) { harvest in
                try await alive(harvest)
                if let name = try await database.read({ try HarvestStore($0).stopper(of: id) }) {
                    throw Stopped(by: name)
                }
            }
        } catch let stopped as Stopped {
            let harvest = try await database.read { try HarvestStore($0).harvest(id) }
            return .ended(try await end(harvest, .partial, Harvest.stopped(by: stopped.by), nil))
        }
    }

    private func go(_ id: ID<Harvest>, alive: @Sendable (Harvest) async throws -> Void) async throws -> Outcome {
        var (harvest, source) = try await database.read { db in
            let store = HarvestStore(db), harvest = try store.harvest(id)
            return (harvest, try store.source(harvest.source))
        }
        guard harvest.state == .running else { return .ended(harvest) }
        if harvest.isThrough { return .ended(try await finish(harvest, source)) }
        if harvest.counts.pages == 0 {
            if let outcome = try await identify(&harvest, &source, alive) { return outcome }
        }
        var seen: Set<String> = [harvest.token]
        while true {
            let arguments = Harvester.arguments(of: harvest, source)
            let place = arguments.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
            let answer: HarvestAnswer
            switch try await read(source, arguments, harvest, alive) {
            case .later(let moment): return .later(moment)
            case .failed(let reason):
                return .ended(try await end(harvest, .partial, reason, HarvestFault(.answer, place, reason)))
            case .answer(let read): answer = read
            }
            if let error = answer.error {
                if error.code == "noRecordsMatch", harvest.token.isEmpty {
                    harvest.answeredAt = answer.answeredAt
                    return .ended(try await finish(harvest, source))
                }
                let reason = "对方答复 \(error.code)：\(error.message)"
                return .ended(try await end(harvest, .partial, reason, HarvestFault(.answer, place, reason)))
            }
            harvest = try await take(answer, harvest, source, place)
            guard harvest.state == .running else { return .ended(harvest) }
            if harvest.isThrough { return .ended(try await finish(harvest, source)) }
            if !seen.insert(harvest.token).inserted || harvest.counts.pages >= Harvester.mostPages {
                let reason = "续传标记又出现了一次，对方的列表没有尽头"
                return .ended(try await end(harvest, .partial, reason, HarvestFault(.answer, place, reason)))
            }
        }
    }

    private static func arguments(of harvest: Harvest, _ source: HarvestSource) -> [(String, String)] {
        if !harvest.token.isEmpty { return [("verb", "ListRecords"), ("resumptionToken", harvest.token)] }
        var arguments = [("verb", "ListRecords"), ("metadataPrefix", source.content.format.rawValue)]
        if let from = harvest.from { arguments.append(("from", source.dateText(from))) }
        if !source.content.set.isEmpty { arguments.append(("set", source.content.set)) }
        return arguments
    }

    /// What the source says of itself; something to return when it says nothing.
    private func identify(
        _ harvest: inout Harvest, _ source: inout HarvestSource, _ alive: @Sendable (Harvest) async throws -> Void
    ) async throws -> Outcome? {
        let known = source
        switch try await read(source, [("verb", "Identify")], harvest, alive) {
        case .later(let moment): return .later(moment)
        case .failed(let reason):
            return .ended(try await end(harvest, .failed, reason, HarvestFault(.answer, "verb=Identify", reason)))
        case .answer(let answer):
            if let error = answer.error {
                let reason = "对方答复 \(error.code)：\(error.message)"
                return .ended(try await end(harvest, .failed, reason, HarvestFault(.answer, "verb=Identify", reason)))
            }
            source = try await database.write { db in
                try HarvestStore(db).setByDay(answer.granularity == "YYYY-MM-DD", of: known.id)
                return try HarvestStore(db).source(known.id)
            }
            return nil
        }
    }

    private enum Reading { case answer(HarvestAnswer), failed(String), later(Timestamp) }

    private func read(
        _ source: HarvestSource, _ arguments: [(String, String)], _ harvest: Harvest,
        _ alive: @Sendable (Harvest) async throws -> Void
    ) async throws -> Reading {
        var last = Reading.failed("没有应答")
        for attempt in 1...Harvester.readings {
            switch try await client.get(source.content.baseURL, arguments, waiting: { try await alive(harvest) }) {
            case .busy(let seconds): return .later(now().adding(seconds: Int64(seconds)))
            case .failed(let reason): return .failed(reason)
            case .body(let bytes):
                do {
                    let answer = try await SheetRowFeed.onThread { try HarvestAnswer(bytes) }
                    last = .answer(answer)
                    // One that was cut may come whole the next time.
                    if !answer.isCut { return last }
                } catch let fault as ExternalFault {
                    if case .answer = last {} else { last = .failed(fault.reason) }
                }
            }
            if attempt < Harvester.readings { try await client.pause(attempt) }
        }
        return last
    }

    /// Takes over what an answer holds, up to the limit of the source, and notes where to go on, or that this was the end.
    private func take(
        _ answer: HarvestAnswer, _ harvest: Harvest, _ source: HarvestSource, _ place: String
    ) async throws -> Harvest {
        let records = Harvester.latest(answer.records), most = source.content.mostRecords
        let room = min(records.count, max(0, most - harvest.counts.records + harvest.kept))
        var next = harvest, start = 0
        repeat {
            let end = min(start + Harvester.slice, room), known = next, moment = now(), isLast = end >= room
            let part = Array(records[start..<end])
            next = try await database.write { db -> Harvest in
                var next = known
                try Harvester.keep(part, source, &next, moment, db)
                // Of what a process had kept before it died nothing is counted again.
                if end <= known.kept { next.counts = known.counts } else { next.kept = end }
                if isLast {
                    try Harvester.note(answer, place, &next, moment, db)
                    let isFull = room < records.count || (answer.token != nil && next.counts.records >= most)
                    if isFull { next.end(.partial, "已到记录上限 \(most) 条，后面的没有采集", at: moment) }
                }
                try HarvestStore(db).save(next)
                return next
            }
            start = end
        } while start < room
        return next
    }

    /// What was wrong with the answer, and what it says of the way on.
    private static func note(
        _ answer: HarvestAnswer, _ place: String, _ harvest: inout Harvest, _ now: Timestamp, _ db: Connection
    ) throws {
        var faults = answer.broken
        if !answer.repairs.isEmpty { faults.insert(HarvestFault(.answer, place, answer.repairs), at: 0) }
        let kept = harvest.counts.brokenAnswers + harvest.counts.brokenRecords
        try HarvestStore(db).add(faults, to: harvest.id, room: HarvestStore.mostFaults - kept)
        harvest.counts.brokenAnswers += answer.repairs.isEmpty ? 0 : 1
        harvest.counts.brokenRecords += answer.broken.count
        harvest.counts.pages += 1
        if harvest.answeredAt == nil { harvest.answeredAt = answer.answeredAt }
        (harvest.token, harvest.kept) = (answer.token ?? "", 0)
        guard answer.token == nil else { return }
        if answer.isTokenTooLong {
            harvest.end(.partial, "续传标记过长，后面的没有采集", at: now)
        } else if answer.isCut {
            harvest.end(.partial, "应答不完整，不知道后面还有什么", at: now)
        } else {
            harvest.isThrough = true
        }
    }

    /// Of two of one identifier the later counts.
    private static func latest(_ records: [HarvestAnswer.Record]) -> [HarvestAnswer.Record] {
        var last: [String: HarvestAnswer.Record] = [:], order: [String] = []
        for record in records {
            if last.updateValue(record, forKey: record.identifier) == nil { order.append(record.identifier) }
        }
        return order.compactMap { last[$0] }
    }

    private static func keep(
        _ records: [HarvestAnswer.Record], _ source: HarvestSource, _ harvest: inout Harvest, _ now: Timestamp,
        _ db: Connection
    ) throws {
        guard !records.isEmpty else { return }
        let store = ExternalStore(db), name = "采集：" + source.content.name, run = harvest.id.rawValue
        let known = try store.known(records.map(\.identifier), of: source.id)
        var gone: [ID<ExternalEntry>] = [], same: [ID<ExternalEntry>] = []
        for record in records {
            let identifier = record.identifier
            harvest.counts.records += 1
            guard var content = record.content else {
                if let entry = known[identifier], !entry.isRemoved { gone.append(entry.id) }
                continue
            }
            if content.licence.isEmpty { content.licence = source.content.licence }
            if let entry = known[identifier] {
                if entry.digest == content.digest, !entry.isRemoved {
                    same.append(entry.id)
                    continue
                }
                try store.set(
                    content, identifier: identifier, of: entry.id, for: source.content.audience, seenIn: run, by: name,
                    now: now)
                harvest.counts.changed += 1
            } else {
                try store.insert(
                    content, identifier: identifier, of: source.id, for: source.content.audience, seenIn: run, by: name,
                    now: now)
                harvest.counts.added += 1
            }
        }
        if !same.isEmpty { try store.see(same, in: run) }
        if !gone.isEmpty { try store.remove(gone, by: name, now: now) }
        harvest.counts.unchanged += same.count
        harvest.counts.removed += gone.count
    }

    /// The end of the list was reached. What a whole harvest without a fault did not meet is gone.
    private func finish(_ harvest: Harvest, _ source: HarvestSource) async throws -> Harvest {
        var harvest = harvest
        if harvest.isFull, harvest.counts.brokenAnswers == 0, harvest.counts.brokenRecords == 0 {
            harvest = try await removeUnseen(harvest, source)
        }
        harvest.end(.done, harvest.counts.words, at: now())
        harvest.token = ""
        let ended = harvest
        try await database.write { db in
            let store = HarvestStore(db)
            try store.save(ended)
            // A clock that runs ahead would leave out what comes until then.
            try store.setHarvested(to: min(ended.answeredAt ?? ended.startedAt, ended.startedAt), of: source.id)
        }
        return ended
    }

    private func removeUnseen(_ harvest: Harvest, _ source: HarvestSource) async throws -> Harvest {
        var harvest = harvest
        while true {
            let known = harvest, moment = now()
            let next = try await database.write { db -> Harvest? in
                let store = ExternalStore(db)
                let gone = try store.unseen(in: known.id.rawValue, of: source.id, limit: Harvester.slice)
                guard !gone.isEmpty else { return nil }
                try store.remove(gone, by: "采集：" + source.content.name, now: moment)
                var next = known
                next.counts.removed += gone.count
                try HarvestStore(db).save(next)
                return next
            }
            guard let next else { return harvest }
            harvest = next
        }
    }

    private func end(
        _ harvest: Harvest, _ state: Harvest.State, _ reason: String, _ fault: HarvestFault?
    ) async throws -> Harvest {
        var harvest = harvest
        let kept = harvest.counts.brokenAnswers + harvest.counts.brokenRecords
        if fault != nil { harvest.counts.brokenAnswers += 1 }
        harvest.end(state, reason, at: now())
        let ended = harvest
        try await database.write { db in
            let store = HarvestStore(db)
            if let fault { try store.add([fault], to: ended.id, room: HarvestStore.mostFaults - kept) }
            try store.save(ended)
        }
        return ended
    }
}
