import Database
import Directory
import Kernel

/// 交换文件: one file that went between a partner and the platform, as the ledger (交换台账) keeps it.
package enum DropFileSubject {}
typealias DropFileID = ID<DropFileSubject>

struct DropFile: Sendable {
    enum Direction: String, Column, Sendable {
        case inward = "in"
        case outward = "out"

        var title: String { self == .inward ? "收到" : "发出" }
    }

    enum State: String, Column, Sendable {
        /// on record, its dry run not done yet
        case reading
        /// its dry run waits for a decision
        case waiting
        /// all of it was known
        case unchanged
        /// nothing changed, and the same content came before under another name
        case repeated
        case accepted
        case refused
        case discarded
        /// accepted, then taken back
        case undone
        /// begun, not complete yet
        case writing
        /// on record as leaving, not in the partner's folder yet
        case recorded
        /// complete, not announced yet
        case written
        /// complete and announced
        case sent

        var title: String {
            switch self {
            case .reading: "读取中"
            case .waiting: "待接受"
            case .unchanged: "没有变化"
            case .repeated: "重复文件"
            case .accepted: "已接受"
            case .refused: "未接收"
            case .discarded: "已放弃"
            case .undone: "已撤销"
            case .writing, .recorded: "写出中"
            case .written: "待发布"
            case .sent: "已发出"
            }
        }
    }

    let id: DropFileID
    let partner: PartnerID
    let partnerName: String
    let direction: Direction
    let name: String
    /// `nil` for a name that tells none.
    let dataset: FeedDataset?
    /// The place whose people see it: the organisation of its name, or that of the partner.
    let path: OrganisationPath
    /// In hexadecimal digits; empty for what could not be read.
    let sm3: String
    let size: Int
    let state: State
    /// Of the roster import; empty when there is none.
    let batch: String
    let outcome: IntakeOutcome
    /// Rows of a file that went out.
    let rows: Int
    /// Of a file that goes out: everything, or what changed.
    let isFull: Bool
    /// In Chinese: why it was refused, or what is to be known of it.
    let message: String
    let seenAt: Timestamp
    let decided: IntakeDecided
    /// When it was no longer in the partner's folder; of a file that went out.
    let leftAt: Timestamp?
    /// Whether it was deleted because nobody fetched it.
    let isExpired: Bool

    static let columns: SQL =
        """
        f.id, f.partner_id, p.name, f.direction, f.name, f.dataset, f.organisation_path, f.sm3, f.size, f.state,
        f.batch, \(IntakeOutcome.columns("f")), f.rows_told, f.is_full, f.message, f.seen_at,
        \(IntakeDecided.columns("f")), f.left_at, f.is_expired
        """

    init(_ row: borrowing Row) throws {
        (id, partner, partnerName, direction) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (name, path, sm3) = (try row.get(4), try row.get(6), try row.get(7))
        dataset = FeedDataset(rawValue: try row.text(5))
        (size, state, batch) = (try row.get(8), try row.get(9), try row.get(10))
        outcome = try IntakeOutcome(row, at: 11)
        (rows, isFull, message, seenAt) = (try row.get(18), try row.get(19), try row.get(20), try row.get(21))
        decided = try IntakeDecided(row, at: 22)
        (leftAt, isExpired) = (try row.get(26), try row.get(27))
    }

    /// The state in words, with what became of a file that was sent.
    var stateTitle: String {
        if state == .sent, isExpired { return "已过期" }
        return state == .sent && leftAt != nil ? "已取走" : state.title
    }

    /// Whether the rows of its dry run are kept.
    var hasRows: Bool {
        switch state {
        case .waiting, .accepted: !batch.isEmpty
        case .unchanged: !batch.isEmpty && !outcome.isClean
        default: false
        }
    }

    /// What its sender reads beside it.
    func report(_ problems: [String]) -> String {
        var lines = ["文件：\(name)", "SM3：\(sm3)", "收到时间：\(seenAt.text)", "结果：\(state.title)"]
        if !message.isEmpty { lines.append("说明：\(message)") }
        if !batch.isEmpty, state != .refused {
            lines.append(
                "新增 \(outcome.new)，变更 \(outcome.changed)，不变 \(outcome.unchanged)，疑似重复 \(outcome.doubtful)，退回 \(outcome.refused)"
            )
        }
        lines += problems
        return lines.joined(separator: "\r\n") + "\r\n"
    }
}

enum DropSchema {
    /// A file is known by its partner, name and content: the same one again is the same entry. `is_told` says that the
    /// report beside the file tells the present state.
    static let statements = [
        """
        CREATE TABLE exchange_drop_file (
            id TEXT NOT NULL PRIMARY KEY, partner_id TEXT NOT NULL REFERENCES exchange_partner (id),
            direction TEXT NOT NULL, name TEXT NOT NULL, dataset TEXT NOT NULL, organisation_path TEXT NOT NULL,
            sm3 TEXT NOT NULL, size INTEGER NOT NULL, state TEXT NOT NULL, batch TEXT NOT NULL,
            count_new INTEGER NOT NULL, count_changed INTEGER NOT NULL, count_unchanged INTEGER NOT NULL,
            count_doubtful INTEGER NOT NULL, count_refused INTEGER NOT NULL, count_cells INTEGER NOT NULL,
            digest TEXT NOT NULL, rows_told INTEGER NOT NULL, is_full INTEGER NOT NULL, message TEXT NOT NULL,
            is_told INTEGER NOT NULL, seen_at INTEGER NOT NULL, decided_at INTEGER, decided_by TEXT NOT NULL,
            undone_at INTEGER, undone_by TEXT NOT NULL, CHECK (direction IN ('in', 'out')),
            CHECK (state IN ('reading', 'waiting', 'unchanged', 'repeated', 'accepted', 'refused', 'discarded',
                'undone', 'writing', 'recorded', 'written', 'sent')))
        """,
        """
        CREATE UNIQUE INDEX exchange_drop_file_content ON exchange_drop_file (partner_id, direction, name, sm3)
        """,
        "CREATE INDEX exchange_drop_file_partner ON exchange_drop_file (partner_id, id)",
        "CREATE INDEX exchange_drop_file_state ON exchange_drop_file (partner_id, state)",
        "CREATE INDEX exchange_drop_file_sm3 ON exchange_drop_file (partner_id, sm3)",
    ]
    /// What became of files that went out, and for how many days they stand in the folder of a partner.
    static let expiry = [
        "ALTER TABLE exchange_partner ADD COLUMN kept_days INTEGER NOT NULL DEFAULT 30",
        "ALTER TABLE exchange_drop_file ADD COLUMN left_at INTEGER",
        "ALTER TABLE exchange_drop_file ADD COLUMN is_expired INTEGER NOT NULL DEFAULT 0",
    ]
}
