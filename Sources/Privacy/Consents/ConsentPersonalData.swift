import Contracts
import Database
import Directory
import Kernel
import Platform

/// What was answered about a person, and by her for her children.
package struct ConsentPersonalData: PersonalDataSource {
    let database: Database
    let crypto: any CryptoProvider
    package let name = "同意记录"

    package init(database: Database, crypto: any CryptoProvider) {
        (self.database, self.crypto) = (database, crypto)
    }

    package func items(of person: ID<Person>) async throws -> [PersonalDatum] {
        let crypto = crypto, day = Timestamp.now.day
        return try await database.read { db in
            let store = ConsentAnswerStore(db, crypto)
            return try store.answers(about: person, on: day).map { ConsentPersonalData.datum($0, group: "征求同意") }
                + store.answers(by: person, on: day).map { ConsentPersonalData.datum($0, group: "为\($0.childName)答复") }
        }
    }

    /// The proof that somebody agreed is kept as the law asks (个人信息保护法, art. 14), whatever she asks for.
    private static func datum(_ answer: ConsentAnswer, group: String) -> PersonalDatum {
        PersonalDatum(
            group: group, label: "\(answer.purposeTitle)（第 \(answer.said.version) 版）",
            value: "\(ConsentPages.giver(answer))\(answer.said.word.title)", source: ConsentPages.channel(answer),
            since: answer.decidedAt.day)
    }

    package func recipients(of person: ID<Person>) async throws -> [DataRecipient] { [] }

    /// Takes back what was agreed about the person, and forgets from where she answered. The record of it stays its three
    /// years.
    package func erase(_ person: ID<Person>, wholly: Bool, by handler: String) async throws -> [String] {
        let crypto = crypto, actor = AuditActor(id: nil, name: handler, address: "")
        return try await database.write { db in
            let withdrawn = try ConsentService(db, crypto, by: actor).withdrawAll(about: person)
            let addresses = wholly ? try ConsentAnswerStore(db, crypto).forgetAddresses(of: person) : 0
            return withdrawn.map { "对“\($0)”的同意" } + (addresses > 0 ? ["答复时的网络地址"] : [])
        }
    }
}
