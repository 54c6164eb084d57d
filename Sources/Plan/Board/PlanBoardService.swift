import Contracts
import Database
import Kernel
import Synchronization

/// The board of any day, evaluated when it is first asked for and kept in memory until something it depends on changes.
package final class PlanBoardService: Sendable {
    private let database: Database
    private let sources: [any IndicatorSource]
    private let boards = BoardCache<BoardKey, BoardContext>(limit: 5)
    private let days = BoardCache<DayKey, LocalDate>(limit: 2)

    /// What everything kept depends on, asked once for each page.
    private struct State {
        let figures: [String]
        let revision: BoardRevision
    }

    private struct BoardKey: Hashable, Sendable {
        let figures: [String]
        let revision: BoardRevision
        let day: LocalDate
    }

    private struct DayKey: Hashable, Sendable {
        let figures: [String]
        let today: LocalDate
        let revision: BoardRevision
    }

    package init(database: Database, sources: [any IndicatorSource]) {
        (self.database, self.sources) = (database, sources)
    }

    /// The state of the plan on a day. Askers who come while it is being evaluated wait for the same evaluation.
    package func board(on day: LocalDate) async throws -> BoardContext {
        try await board(on: day, try await state())
    }

    /// The board of the day that a page shows when none is asked for.
    package func defaultBoard() async throws -> BoardContext {
        let state = try await state()
        return try await board(on: try await defaultDay(today: Timestamp.now.day, state), state)
    }

    private func board(on day: LocalDate, _ state: State) async throws -> BoardContext {
        let key = BoardKey(figures: state.figures, revision: state.revision, day: day)
        return try await boards.value(key) { [self] in try await evaluated(on: day) }
    }

    /// The day a page shows when none is asked for: by the city's choice the last snapshot; otherwise today while the
    /// plan runs, and after it (or before) the last day of the plan on which something was told. Today without a plan.
    package func defaultDay(today: LocalDate = Timestamp.now.day) async throws -> LocalDate {
        try await defaultDay(today: today, try await state())
    }

    private func defaultDay(today: LocalDate, _ state: State) async throws -> LocalDate {
        let key = DayKey(figures: state.figures, today: today, revision: state.revision)
        return try await days.value(key) { [self] in
            if PlanSettings(stored: state.revision.settings).defaultDay == .snapshot {
                let frozen = try await database.read { try SnapshotStore($0).days() }
                if let last = frozen.last(where: { $0 <= today }) { return last }
            }
            guard let period = try await database.read({ try BoardStore($0).period() }) else { return today }
            if period.from <= today && today <= period.to { return today }
            return try await lastChange(from: period.from, to: min(period.to, today)) ?? today
        }
    }

    /// The board as it is computed now, past the memory; for snapshots and recomputation.
    func evaluated(on day: LocalDate) async throws -> BoardContext {
        let inputs = try await database.read(snapshot: true, isLong: true) { try BoardStore($0).inputs(on: day) }
        let indicators = sources.flatMap(\.indicators), offered = Set(indicators.map(\.id))
        let targets = inputs.targets.map { $0.connected(to: offered) }
        let board = PlanBoard.evaluate(
            organisations: inputs.organisations, figures: try await figures(on: day),
            indicators: indicators, targets: targets.map(\.evaluation),
            settings: EvaluationSettings(inputs.settings))
        return BoardContext(
            day: day, board: board, plan: inputs.plan, texts: inputs.texts, targets: targets,
            settings: inputs.settings,
            snapshot: inputs.snapshot)
    }

    /// Forgets everything kept, so that the next question is computed anew.
    func forget() {
        boards.forget()
        days.forget()
    }

    /// The offer that an indicator comes from.
    func source(of indicator: String) -> (any IndicatorSource)? {
        sources.first { source in source.indicators.contains { $0.id == indicator } }
    }

    private func state() async throws -> State {
        var figures: [String] = []
        for source in sources { figures.append(try await source.revision()) }
        // Not of one moment: a mixture of old and new is a key that nobody asks for again.
        return State(figures: figures, revision: try await database.read { try BoardStore($0).revision() })
    }

    private func figures(on day: LocalDate) async throws -> [OrganisationID: [String: SchoolFigure]] {
        var all: [OrganisationID: [String: SchoolFigure]] = [:]
        for source in sources {
            all.merge(try await source.figures(on: day)) { $0.merging($1) { first, _ in first } }
        }
        return all
    }

    /// The last day in the range on which any figure changed; `nil` when there are none at its end. Found by halving,
    /// so that sources need not know the question.
    private func lastChange(from start: LocalDate, to end: LocalDate) async throws -> LocalDate? {
        guard start <= end else { return nil }
        let latest = try await figures(on: end)
        guard !latest.isEmpty else { return nil }
        var (low, high) = (start.daysSince1970, end.daysSince1970)
        while low < high {
            let middle = (low + high) / 2
            if try await figures(on: LocalDate(daysSince1970: middle)) == latest {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return LocalDate(daysSince1970: low)
    }
}

/// A few values by key; the one not asked for longest goes first. A value is made once for all who wait for it.
final class BoardCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Entry = (key: Key, task: Task<Value, any Error>)

    private let limit: Int
    private let entries = Mutex<[Entry]>([])

    init(limit: Int) { self.limit = limit }

    func value(_ key: Key, _ make: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let (task, isNew) = entries.withLock { entries -> (Task<Value, any Error>, Bool) in
            if let index = entries.firstIndex(where: { $0.key == key }) {
                let entry = entries.remove(at: index)
                entries.append(entry)
                return (entry.task, false)
            }
            // One after the other: many days asked for at once must not take all processors from the other pages.
            let before = entries.last?.task
            let task = Task {
                _ = await before?.result
                return try await make()
            }
            entries.append((key, task))
            if entries.count > limit { entries.removeFirst() }
            return (task, true)
        }
        do { return try await task.value } catch {
            // A failure is told once and tried again by the next asker.
            if isNew { entries.withLock { $0.removeAll { $0.key == key } } }
            throw error
        }
    }

    func forget() { entries.withLock { $0 = [] } }
}
