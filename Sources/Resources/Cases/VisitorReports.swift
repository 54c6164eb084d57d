import Database
import Kernel
import Platform

/// How many reports came from the networks of visitors within a day. Kept no longer, and as hashes.
struct VisitorReports {
    private let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Reports of one network in a day.
    static let mostADay = 10

    func count(from address: String, since: Timestamp) throws -> Int {
        try db.value(
            """
            SELECT COUNT(*) FROM resources_visitor_report v
            WHERE v.network = \(VisitorReports.network(address)) AND v.at > \(since)
            """) ?? 0
    }

    /// Writes one down and forgets what is older than a day.
    func note(_ address: String, now: Timestamp) throws {
        try forget(now: now)
        try db.execute(
            """
            INSERT INTO resources_visitor_report (id, network, at)
            VALUES (\(Identifiers.next()), \(VisitorReports.network(address)), \(now))
            """)
    }

    func forget(now: Timestamp) throws {
        try db.execute("DELETE FROM resources_visitor_report WHERE at <= \(now.adding(days: -1))")
    }

    /// Of an IPv6 address the half that names the network (RFC 4291, 2.5.4): a visitor has many of the other half.
    static func network(_ address: String) -> String {
        var plain = address
        if address.contains(":"), !address.contains(".") {
            let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
            var groups = halves[0].split(separator: ":").map(String.init)
            if halves.count == 2 {
                let rest = halves[1].split(separator: ":")
                groups += Array(repeating: "0", count: max(0, 8 - groups.count - rest.count)) + rest.map(String.init)
            }
            plain = groups.prefix(4).joined(separator: ":")
        }
        return Hex.encode(SHA256.hash(plain))
    }
}

enum VisitorReportSchema {
    static let statements = [
        "CREATE TABLE resources_visitor_report (id TEXT NOT NULL PRIMARY KEY, network TEXT NOT NULL, at INTEGER NOT NULL)",
        "CREATE INDEX resources_visitor_report_network ON resources_visitor_report (network, at)",
        "CREATE INDEX resources_visitor_report_at ON resources_visitor_report (at)",
    ]
}
