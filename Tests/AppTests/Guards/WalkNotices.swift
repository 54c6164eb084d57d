import Kernel
import Platform
import TestKit
import Testing

extension WalkRecords {
    /// What a teacher of the school was told.
    static func notice(in city: TestCity) async throws -> String {
        let zhao = try await city.user(.zhao)
        let found = try await city.database.write { db in
            let notice = NoticeDraft(NoticeKind("walk.notice.told", "走查"), mark + "教案", path: "/account", key: "walk")
            try Notices.send(notice, to: [zhao.person], now: .now, on: db)
            return try NoticeStore(db).list(of: zhao.person, onlyUnread: true, after: nil, limit: 1).first
        }
        return try #require(found).id.rawValue
    }
}
