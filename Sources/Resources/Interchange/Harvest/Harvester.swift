import Database
import Kernel
import Platform

/// Goes through a source. Each answer is taken over in one transaction with where to go on, so that a process that dies
/// loses nothing and nothing is counted twice.
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

    /// - Parameter alive: called before each request.
    func run(_ id: ID<Harvest>, alive: @Sendable (Harvest) async throws -> Void) async throws -> Outcome {
        var (harvest, source) = try await database.read { db in
            let store = HarvestStore(db), harvest = try store.harvest(id)
            return (harvest, try store.source(harvest.source))
        }
        guard harvest.state == .running else { return .ended(harvest) }
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
                    return .ended(try await finish(harvest, source, answer))
                }
                let reason = "对方答复 \(error.code)：\(error.message)"
                return .ended(try await end(harvest, .partial, reason, HarvestFault(.answer, place, reason)))
            }
            harvest = try await take(answer, harvest, source, place)
            if answer.isCut, answer.token == nil {
                return .ended(try await end(harvest, .partial, "应答不完整，不知道后面还有什么", nil))
            }
            guard let token = answer.token else { return .ended(try await finish(harvest, source, answer)) }
            if !seen.insert(token).inserted || harvest.counts.pages >= Harvester.mostPages {
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

    /// Takes over what an answer holds, and notes where to go on.
    private func take(
        _ answer: HarvestAnswer, _ harvest: Harvest, _ source: HarvestSource, _ place: String
    ) async throws -> Harvest {
        let moment = now()
        return try await database.write { db in
            var next = harvest
            var faults = answer.broken
            if !answer.repairs.isEmpty { faults.insert(HarvestFault(.answer, place, answer.repairs), at: 0) }
            let kept = harvest.counts.brokenAnswers + harvest.counts.brokenRecords
            try HarvestStore(db).add(faults, to: harvest.id, room: HarvestStore.mostFaults - kept)
            next.counts.brokenAnswers += answer.repairs.isEmpty ? 0 : 1
            next.counts.brokenRecords += answer.broken.count
            next.counts.pages += 1
            if next.answeredAt == nil { next.answeredAt = answer.answeredAt }
            next.token = answer.token ?? ""
            try Harvester.keep(answer.records, source, &next, moment, db)
            try HarvestStore(db).save(next)
            return next
        }
    }

    private static func keep(
        _ records: [HarvestAnswer.Record], _ source: HarvestSource, _ harvest: inout Harvest, _ now: Timestamp,
        _ db: Connection
    ) throws {
        let store = ExternalStore(db), name = "采集：" + source.content.name, run = harvest.id.rawValue
        // Of two of one identifier the later counts.
        var last: [String: HarvestAnswer.Record] = [:], order: [String] = []
        for record in records {
            if last.updateValue(record, forKey: record.identifier) == nil { order.append(record.identifier) }
        }
        let known = try store.known(order, of: source.id)
        var gone: [ID<ExternalEntry>] = [], same: [ID<ExternalEntry>] = []
        for identifier in order {
            guard let record = last[identifier] else { continue }
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
    private func finish(
        _ harvest: Harvest, _ source: HarvestSource, _ answer: HarvestAnswer
    ) async throws -> Harvest {
        var harvest = harvest
        let moment = now()
        if harvest.answeredAt == nil { harvest.answeredAt = answer.answeredAt }
        if harvest.isFull, harvest.counts.brokenAnswers == 0, harvest.counts.brokenRecords == 0 {
            harvest.counts.removed += try await removeUnseen(harvest, source, moment)
        }
        (harvest.state, harvest.token, harvest.endedAt, harvest.message) = (.done, "", moment, harvest.counts.words)
        let ended = harvest
        try await database.write { db in
            let store = HarvestStore(db)
            try store.save(ended)
            // A clock that runs ahead would leave out what comes until then.
            try store.setHarvested(to: min(ended.answeredAt ?? ended.startedAt, ended.startedAt), of: source.id)
        }
        return ended
    }

    private func removeUnseen(_ harvest: Harvest, _ source: HarvestSource, _ moment: Timestamp) async throws -> Int {
        var count = 0
        while true {
            let removed = try await database.write { db in
                let store = ExternalStore(db)
                let gone = try store.unseen(in: harvest.id.rawValue, of: source.id, limit: 500)
                if !gone.isEmpty { try store.remove(gone, by: "采集：" + source.content.name, now: moment) }
                return gone.count
            }
            if removed == 0 { return count }
            count += removed
        }
    }

    private func end(
        _ harvest: Harvest, _ state: Harvest.State, _ reason: String, _ fault: HarvestFault?
    ) async throws -> Harvest {
        var harvest = harvest
        let kept = harvest.counts.brokenAnswers + harvest.counts.brokenRecords
        if fault != nil { harvest.counts.brokenAnswers += 1 }
        (harvest.state, harvest.endedAt, harvest.message) = (state, now(), reason)
        let ended = harvest
        try await database.write { db in
            let store = HarvestStore(db)
            if let fault { try store.add([fault], to: ended.id, room: HarvestStore.mostFaults - kept) }
            try store.save(ended)
        }
        return ended
    }
}
