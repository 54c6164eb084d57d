import Contracts
import Database
import Kernel
import Synchronization

/// Counts what other systems read. A page that is read costs no write: counts wait in memory, and all of them are written
/// together every few seconds and before they are asked for.
final class ReadTally: Sendable {
    /// By which interface.
    enum Way: String, Column, Sendable {
        case oneRoster = "oneroster"
        case scim
        case city

        var title: String {
            switch self {
            case .oneRoster: "OneRoster 接口"
            case .scim: "SCIM 接口"
            case .city: "数据交换接口"
            }
        }
    }

    struct Key: Hashable, Sendable {
        /// `2026-11`
        let month: String
        let application: String
        let path: OrganisationPath
        let way: Way
        let kind: ReadKind
    }

    struct Count: Sendable {
        /// Chinese name of the system and what it says it is for, as of its last read.
        var name: String
        var purpose: String
        /// Requests that were answered.
        var times = 0
        /// Records in the answers.
        var records = 0
        var pupils = PeopleSketch()

        mutating func add(_ other: Count) {
            (name, purpose) = (other.name, other.purpose)
            times += other.times
            records += other.records
            pupils.merge(other.pupils)
        }
    }

    private let waiting = Mutex<[Key: Count]>([:])
    private let secret: PeopleSketch.Secret

    /// - Parameter secret: without it nobody can ask a sketch whether it has somebody.
    init(secret: PeopleSketch.Secret = PeopleSketch.Secret()) { self.secret = secret }

    /// - Parameters:
    ///   - records: how many were in the answer; an answer without any tells nobody anything.
    ///   - pupils: keys of the pupils among them; they are not kept.
    func note(
        _ kind: ReadKind, _ way: Way, by caller: MachineCaller, records: Int, pupils: [String], at now: Timestamp
    ) {
        guard records > 0 else { return }
        var count = Count(name: caller.name, purpose: caller.purpose, times: 1, records: records)
        for pupil in pupils { count.pupils.insert(pupil, secret) }
        let key = Key(
            month: String(now.day.iso.prefix(7)), application: caller.application, path: CityRoutes.place(of: caller),
            way: way, kind: kind)
        let told = count
        waiting.withLock { ReadTally.add(told, to: key, &$0) }
    }

    private static func add(_ count: Count, to key: Key, _ waiting: inout [Key: Count]) {
        if waiting[key]?.add(count) == nil { waiting[key] = count }
    }

    func note(
        _ kind: ReadKind, by caller: MachineCaller, _ records: [OneRosterRecord], at now: Timestamp
    ) {
        note(
            kind, .oneRoster, by: caller, records: records.count,
            pupils: records.compactMap { kind.pupil(in: $0, on: now.day) }, at: now)
    }

    /// Writes what waits in one transaction. What cannot be written waits on.
    func keep(in database: Database, at now: Timestamp) async throws {
        let taken = waiting.withLock { waiting in
            let all = waiting
            waiting = [:]
            return all
        }
        guard !taken.isEmpty else { return }
        do {
            try await database.write { db in
                let store = ReadStore(db)
                for (key, count) in taken.sorted(by: { $0.key < $1.key }) { try store.add(count, to: key, at: now) }
            }
        } catch {
            waiting.withLock { waiting in
                for (key, count) in taken {
                    var sum = count
                    if let later = waiting[key] { sum.add(later) }
                    waiting[key] = sum
                }
            }
            throw error
        }
    }
}

extension ReadTally.Key: Comparable {
    static func < (a: ReadTally.Key, b: ReadTally.Key) -> Bool {
        (a.month, a.application, a.path, a.way.rawValue, a.kind.rawValue)
            < (b.month, b.application, b.path, b.way.rawValue, b.kind.rawValue)
    }
}
