import Database
import Directory
import Kernel
import Platform
import Web

/// The accounts of some people of a class, as one who may equip them finds them.
protocol AccountsOfClass: Sendable {
    /// Throws `DomainError.notFound` unless the user may equip them.
    init(_ id: ID<ClassGroup>, for user: CurrentUser, at now: Timestamp, _ db: Connection) throws
}

/// What the desks of pupils' and guardians' accounts do alike.
struct AccountDesk<Accounts: AccountsOfClass>: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let now: @Sendable () -> Timestamp

    /// Runs a deed on the accounts of the class in one transaction.
    func work<T: Sendable>(
        _ request: WebRequest, _ id: ID<ClassGroup>, _ deed: @escaping @Sendable (Accounts, AccountOpening) throws -> T
    ) async throws -> T {
        let user = try request.user, now = now(), crypto = crypto
        let actor = AuditActor(user, address: request.remoteAddress)
        return try await database.write { db in
            let accounts = try Accounts(id, for: user, at: now, db)
            return try deed(accounts, AccountOpening(db, crypto, by: actor, now: now))
        }
    }
}

/// How slips and cards are asked for and answered.
enum SlipDesk {
    /// The person that the form names; `nil` for everybody on the page. Throws `DomainError.notFound` for what is no key.
    static func person(_ request: WebRequest) throws -> ID<Person>? {
        guard let text = request.form.text("person") else { return nil }
        guard let id = ID<Person>(checking: text) else { throw DomainError.notFound }
        return id
    }

    /// Answers the page itself: neither code nor card is kept to be shown a second time.
    static func shownOnce(_ page: HTML, back: String) -> WebResponse {
        var answer = WebResponse.html(page)
        answer.repeated = (back, Flash(.warning, "只显示一次。没有打印就再生成一次"))
        return answer
    }
}
