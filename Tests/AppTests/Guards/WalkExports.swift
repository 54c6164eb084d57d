import Directory
import Foundation
import Identity
import Kernel
import Platform
import TestKit
import Testing

extension WalkRecords {
    /// An archive that the administrator of the county has had made.
    static func export(of county: Organisation, in city: TestCity) async throws -> String {
        let user = try await city.user(.dongxing), id = Identifiers.next()
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO rosters_export_order (id, place_id, place, template, day, is_full, reason, why, account_id,
                    person_id, author, role, address, state, message, created_at)
                VALUES (\(id), \(county.id), \(mark), '学籍-学生基础信息', \(Timestamp.now.day), 0, '走查', '40', \(user.account),
                    \(user.person), \(mark), '', '', 'waiting', '', \(Timestamp.now))
                """)
            _ = try JobStore(db).add(
                kind: "rosters.export", title: mark, payload: id, result: "/rosters/exports", by: user, at: county.path)
        }
        let handlers = city.platform.jobs.filter { $0.kind == "rosters.export" }
        let runner = JobRunner(database: city.database, handlers: handlers, logger: city.platform.logger)
        #expect(try await runner.runOne())
        return id
    }
}
