import Contracts
import Database
import Directory
import Kernel
import Platform

/// What other systems have told of a person beyond what the directory keeps: results in the gradebook, the staff record of
/// a personnel system, values that no code list knows.
package struct ExchangePersonalData: PersonalDataSource {
    let database: Database
    let crypto: any CryptoProvider
    package let name = "数据交换"

    package init(database: Database, crypto: any CryptoProvider) { (self.database, self.crypto) = (database, crypto) }

    package func items(of person: ID<Person>) async throws -> [PersonalDatum] {
        let crypto = crypto
        return try await database.read { db in
            let store = ExchangeDataStore(db: db, crypto: crypto)
            let results = try store.results(of: person).map { result in
                PersonalDatum(
                    group: "其他系统登记的成绩", label: result.title.isEmpty ? "成绩" : result.title, value: result.text,
                    mask: "***", source: "数据交换", since: result.changedAt.day, isErasable: true)
            }
            let records = try store.staffRecords(of: person).map { at in
                PersonalDatum(
                    group: "其他系统登记的资料", label: "人事资料", value: "已登记", source: "数据交换", since: at.day)
            }
            let values = try store.rawValues(of: person).map { raw in
                PersonalDatum(
                    group: "其他系统登记的资料", label: PersonField.named(raw.field)?.label ?? raw.field, value: "待核对",
                    source: "数据交换", since: raw.at.day)
            }
            return results + records + values
        }
    }

    package func recipients(of person: ID<Person>) async throws -> [DataRecipient] { [] }

    /// Results are copies of what another system keeps; they go when she asks for it. What systems have told of somebody
    /// who is made unknown goes as well.
    package func erase(_ person: ID<Person>, wholly: Bool, by handler: String) async throws -> [String] {
        let crypto = crypto, actor = AuditActor(id: nil, name: handler, address: "")
        return try await database.write { db in
            let now = Timestamp.now, store = ExchangeDataStore(db: db, crypto: crypto)
            var gone: [String] = []
            if try store.eraseResults(of: person, now: now) > 0 { gone.append("其他系统登记的成绩") }
            if wholly, try store.forget(person) > 0 { gone.append("其他系统登记的资料") }
            if !gone.isEmpty {
                try AuditLog.record(
                    "exchange.results_erased", person.rawValue, by: actor, gone.joined(separator: "、"), now: now, on: db
                )
            }
            return gone
        }
    }
}
