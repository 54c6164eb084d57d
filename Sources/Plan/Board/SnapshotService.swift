import Contracts
import Database
import Directory
import Kernel
import Platform

/// Freezes the figures of a day for trends and forecasts. What is frozen is never written again, whatever is entered
/// later.
package struct SnapshotService: Sendable {
    private let database: Database
    private let boards: PlanBoardService

    package init(database: Database, boards: PlanBoardService) { (self.database, self.boards) = (database, boards) }

    /// Freezes the day for every organisation. Returns how many figures were frozen: none when the day was frozen
    /// before, lies in the future, or nobody had told anything by then.
    @discardableResult
    package func freeze(on day: LocalDate, by actor: AuditActor = .system, now: Timestamp = .now) async throws -> Int {
        guard day <= now.day, try await database.read({ try !SnapshotStore($0).isFrozen(day) }) else { return 0 }
        let context = try await boards.evaluated(on: day)
        let rows = SnapshotService.rows(of: context)
        guard rows.contains(where: { $0.schools > 0 }) else { return 0 }
        return try await database.write { db in
            let store = SnapshotStore(db)
            guard try !store.isFrozen(day) else { return 0 }
            do { try store.insert(rows, frozenAt: now) } catch DatabaseError.uniqueViolation {
                throw DomainError.conflict("\(day.iso) 的快照正由另一进程冻结。")
            }
            try AuditLog.record("plan_snapshot.frozen", day.iso, by: actor, "\(rows.count) 项数值", now: now, on: db)
            return rows.count
        }
    }

    /// The days that are due, 03-31 and 09-30 from the plan's beginning to the first 03-31 after its end, and not
    /// frozen yet; oldest first.
    package func missingDays(upTo today: LocalDate) async throws -> [LocalDate] {
        let (period, frozen) = try await database.read { db in
            (try BoardStore(db).period(), Set(try SnapshotStore(db).days()))
        }
        guard let period else { return [] }
        let end = min(today, SnapshotService.lastDay(ofPlanUntil: period.to))
        return SnapshotService.dueDays(from: period.from, to: end).filter { !frozen.contains($0) }
    }

    /// The first 03-31 after a plan's end: what was done until then is told in the spring.
    static func lastDay(ofPlanUntil end: LocalDate) -> LocalDate {
        let springs = [end.year, end.year + 1].compactMap { LocalDate(year: $0, month: 3, day: 31) }
        return springs.first { $0 > end } ?? end
    }

    static func dueDays(from start: LocalDate, to end: LocalDate) -> [LocalDate] {
        guard start <= end else { return [] }
        return (start.year...end.year).flatMap { year in
            [LocalDate(year: year, month: 3, day: 31), LocalDate(year: year, month: 9, day: 30)].compactMap { $0 }
        }.filter { $0 >= start && $0 <= end }
    }

    /// Every reading and view of every target, for every organisation that it concerns.
    static func rows(of context: BoardContext) -> [SnapshotRow] {
        var rows: [SnapshotRow] = []
        for target in context.targets where target.isConnected {
            for organisation in context.organisations where context.concerns(target, organisation) {
                for reading in context.board.readings(of: organisation.id, target: target.id) {
                    guard reading.state.status != .notApplicable else { continue }
                    rows.append(row(target, organisation, reading, context))
                }
            }
        }
        return rows
    }

    private static func row(
        _ target: BoardTarget, _ organisation: Organisation, _ reading: PlanBoard.ReadingState, _ context: BoardContext
    ) -> SnapshotRow {
        var parts: (Double?, Double?) = (reading.state.numerator, reading.state.denominator)
        if organisation.kind.isSchool {
            let own = context.board.result(
                of: organisation.id, target: target.id, reading: reading.reading.id, view: reading.view)
            if case .value(let part, let whole)? = own?.figure { parts = (part, whole) } else { parts = (nil, nil) }
        } else if reading.state.schools == 0 {
            parts = (nil, nil)
        }
        return SnapshotRow(
            set: target.set.id, takenOn: context.day, organisation: organisation.id, target: target.id,
            reading: reading.reading.id, view: reading.view, numerator: parts.0, denominator: parts.1,
            schools: reading.state.schools, passing: reading.state.passing, noData: reading.state.noData,
            status: reading.state.status.key)
    }
}
