import Contracts
import Database
import Directory
import Kernel
import Platform

/// What a person was told, for the record kept about her.
struct NoticePersonalData: PersonalDataSource {
    let database: Database
    let kinds: [NoticeKind]
    let name = "消息"

    /// Columns that name people and follow when two records of one person become one. A notice is nothing without its
    /// receiver: it keeps nobody from being taken back.
    static let columns = [
        PersonColumn(
            "platform_notice", "person_id", name: "platform_notice.person_id", mayExpire: true, isKey: true),
        PersonColumn(
            "platform_notice_mute", "person_id", name: "platform_notice_mute.person_id", mayExpire: true, isKey: true),
    ]

    private static let slice = 500

    func items(of person: ID<Person>) async throws -> [PersonalDatum] {
        let titles = Dictionary(kinds.map { ($0.name, $0.title) }) { first, _ in first }
        return try await database.read { db in
            let store = NoticeStore(db)
            var told: [PersonalDatum] = [], after: (isUnread: Bool, at: Timestamp, id: ID<Notice>)?
            while true {
                let rows = try store.list(of: person, onlyUnread: false, after: after, limit: NoticePersonalData.slice)
                told += rows.map { notice in
                    PersonalDatum(
                        group: "消息", label: titles[notice.kind] ?? "其他", value: notice.text, source: "平台记录",
                        since: notice.at.day, basis: .contract, isErasable: true)
                }
                guard rows.count == NoticePersonalData.slice, let last = rows.last else { break }
                after = (last.isUnread, last.at, last.id)
            }
            let muted = try store.muted(by: person).sorted().map { kind in
                PersonalDatum(
                    group: "消息", label: "不接收", value: titles[kind] ?? "其他", source: "本人", basis: .contract,
                    isErasable: true)
            }
            return told + muted
        }
    }

    func recipients(of person: ID<Person>) async throws -> [DataRecipient] { [] }

    func erase(_ person: ID<Person>, wholly: Bool, by handler: String) async throws -> [String] {
        let count = try await database.write { try NoticeStore($0).deleteAll(of: person) }
        return count == 0 ? [] : ["\(count) 条消息"]
    }
}
