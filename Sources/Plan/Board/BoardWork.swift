import Contracts
import Database
import Kernel
import Platform

/// Work on boards beside the requests: freezing due snapshots, computing anew, and having the board ready after a
/// change.
package struct BoardWork: Sendable {
    static let freeze = "plan.snapshot.freeze"
    static let recompute = "plan.board.recompute"
    /// Seconds until the first look: a city set up just now gets its figures first, and what is frozen stays frozen.
    private static let settling: Int64 = 600
    /// Seconds between two looks for a day that is due.
    private static let pause: Int64 = 86_400

    private let boards: PlanBoardService
    private let snapshots: SnapshotService

    package init(database: Database, boards: PlanBoardService) {
        self.boards = boards
        snapshots = SnapshotService(database: database, boards: boards)
    }

    package var jobs: [JobHandler] {
        [
            JobHandler(BoardWork.freeze) { try await freeze($0) },
            JobHandler(BoardWork.recompute) { try await recompute($0) },
        ]
    }

    package var receivers: [EventReceiver] {
        [
            EventReceiver(FacilityRegisterChanged.self) { _ in
                _ = try await boards.board(on: try await boards.defaultDay())
            }
        ]
    }

    /// Starts the daily look for due snapshots; without effect where it runs already.
    package static func schedule(on db: Connection, now: Timestamp = .now) throws {
        let first = now.adding(seconds: settling)
        _ = try JobStore(db).addUnlessOpen(kind: freeze, title: "冻结到期的快照", due: first, now: now)
    }

    /// Freezes every due day that has data, then comes back in a day.
    private func freeze(_ job: JobContext) async throws -> String {
        let days = try await snapshots.missingDays(upTo: Timestamp.now.day)
        var frozen: [LocalDate] = []
        for (index, day) in days.enumerated() {
            try await job.report(index, of: days.count, "正在冻结 \(day.iso)")
            if try await snapshots.freeze(on: day) > 0 { frozen.append(day) }
        }
        let (id, next) = (job.job.id, Timestamp.now.adding(seconds: BoardWork.pause))
        try await job.database.write { db in
            _ = try JobStore(db).addUnlessOpen(kind: BoardWork.freeze, title: "冻结到期的快照", due: next, besides: id)
        }
        return frozen.isEmpty ? "没有到期而有数据的快照。" : "已冻结 \(frozen.map(\.iso).joined(separator: "、"))。"
    }

    /// Evaluates the days that people look at most, past what is kept in memory.
    private func recompute(_ job: JobContext) async throws -> String {
        boards.forget()
        let today = Timestamp.now.day, asked = LocalDate(iso: job.job.payload)
        var days: [LocalDate] = []
        for day in [asked, try await boards.defaultDay(), today].compactMap({ $0 }) where !days.contains(day) {
            days.append(day)
        }
        var schools = 0, targets = 0
        for (index, day) in days.enumerated() {
            try await job.report(index, of: days.count, "正在计算 \(day.iso)")
            let context = try await boards.board(on: day)
            schools = max(schools, context.organisations.count { $0.kind.isSchool })
            targets = max(targets, context.targets.count)
        }
        try await job.report(days.count, of: days.count, "计算完成")
        return "已按最新数据重新计算 \(schools) 所学校的 \(targets) 项目标。"
    }
}
