import Contracts
import Database
import Directory
import Kernel
import Platform

/// Takes what another system tells of people, as far as it answers for it. One transaction for a whole request; a record
/// that is refused leaves the others alone, and the same record again changes nothing.
struct PushService {
    let db: Connection
    let crypto: any CryptoProvider
    let caller: MachineCaller
    let actor: AuditActor
    let now: Timestamp
    private var store: PushStore { PushStore(db: db, crypto: crypto, caller: caller, today: now.day) }

    func apply(_ records: [JSONValue], to dataset: FeedDataset) throws -> [PushResult] {
        let owners = try store.owners()
        let results = try records.map { value -> PushResult in
            do {
                let record = try PushRecord(value, dataset)
                return try apply(record, dataset, owners)
            } catch DomainError.invalid(let problems) {
                return PushResult(
                    sourceID: value["src_id"]?.text ?? "", outcome: .refused,
                    reason: problems.map(\.message).joined(separator: "；"))
            }
        }
        try ExchangeRun.record(
            .push, dataset, caller: caller, results.map(\.outcome),
            flagged: results.filter { !$0.flagged.isEmpty }.count,
            now: now, on: db)
        return results
    }

    private func apply(
        _ record: PushRecord, _ dataset: FeedDataset, _ owners: Set<String>
    ) throws -> PushResult {
        let known = try store.known(dataset, record.sourceID)
        if let known, known.version > record.version { return PushResult(sourceID: record.sourceID, outcome: .stale) }
        guard let person = try match(record, dataset) ?? known?.person,
            let place = try store.place(of: person, dataset)
        else {
            return PushResult(sourceID: record.sourceID, outcome: .unmatched, reason: "没有找到唯一的人")
        }
        var result = PushResult(sourceID: record.sourceID, outcome: .unchanged), values: [String: String] = [:]
        for (id, text) in record.facts {
            guard let field = PersonField.named(id) else {
                result.foreign.append(id)
                continue
            }
            guard owners.contains(field.owner.rawValue) else {
                result.foreign.append(id)
                continue
            }
            do {
                values[id] = try field.canonical(text)
                try store.forgetRaw(field: id, of: person)
            } catch DomainError.invalid {
                try store.keepRaw(text, field: id, of: person, dataset, at: place, now: now)
                result.flagged.append(id)
            }
        }
        let source = FactSource(.exchange, reference: caller.application, at: now, by: caller.name)
        result.changed = try PersonFactStore(db, crypto).change(values, of: person, from: now.day, source: source)
        try store.note(record, dataset, person, now: now)
        let allForeign = !record.facts.isEmpty && result.foreign.count == record.facts.count
        if allForeign { return result.with(.refused, "这些数据由别的系统负责") }
        guard !result.changed.isEmpty else { return result }
        try AuditLog.record(
            "exchange.facts_pushed", person.rawValue, by: actor, at: place,
            result.changed.compactMap { PersonField.named($0)?.label }.joined(separator: "、"), now: now, on: db)
        return result.with(.applied)
    }

    /// 学籍号, then document, then name with birth date and school; staff by document, then number.
    private func match(_ record: PushRecord, _ dataset: FeedDataset) throws -> ID<Person>? {
        let identifiers = PersonIdentifierStore(db, crypto)
        for number in record.numbers {
            if let holder = try identifiers.holder(of: number) { return holder }
        }
        guard dataset == .students, let name = record.name, let born = record.birthDate, let code = record.schoolCode
        else {
            return nil
        }
        let found = try store.pupils(named: name, born: born, schoolCode: code)
        return found.count == 1 ? found[0] : nil
    }
}

extension PushResult {
    fileprivate func with(_ outcome: Outcome, _ reason: String = "") -> PushResult {
        PushResult(
            sourceID: sourceID, outcome: outcome, changed: changed, flagged: flagged, foreign: foreign, reason: reason)
    }
}
