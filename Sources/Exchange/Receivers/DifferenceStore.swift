import Database
import Directory
import Kernel

/// All SQL of differences.
struct DifferenceStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func replace(_ id: ReceiverID, _ findings: [ReceiverComparison.Finding], now: Timestamp) throws {
        try db.execute("DELETE FROM exchange_difference WHERE receiver_id = \(id)")
        try db.insert(
            into: "exchange_difference (receiver_id, remote_id, person_id, kind, detail, at)",
            rows: findings.map { finding in
                [
                    .text(id.rawValue), .text(finding.remoteID), finding.person.map { .text($0.rawValue) } ?? .null,
                    .text(finding.kind.rawValue), .text(finding.detail), .integer(now.milliseconds),
                ]
            })
    }

    struct Line: Sendable { let name: String?, remoteID: String, detail: String, at: Timestamp }

    func list(_ id: ReceiverID, limit: Int) throws -> [Line] {
        try db.rows(
            """
            SELECT p.name, d.remote_id, d.detail, d.at FROM exchange_difference d
            LEFT JOIN directory_person p ON p.id = d.person_id
            WHERE d.receiver_id = \(id) ORDER BY d.kind, d.remote_id LIMIT \(limit)
            """
        ) { Line(name: try $0.get(0), remoteID: try $0.get(1), detail: try $0.get(2), at: try $0.get(3)) }
    }
}
