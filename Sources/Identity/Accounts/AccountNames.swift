import Database
import Directory
import Kernel
import Platform

/// By what people call themselves when they sign in: the login name, or any number that is theirs alone: 手机号, 学籍号,
/// 证件号, 工号.
extension AccountStore {
    /// The credentials of the one account that the text names; `nil` when there is none, or when the same digits are
    /// numbers of two people.
    func credentials(anyName text: String, _ crypto: any CryptoProvider) throws -> Credentials? {
        if let known = try credentials(login: LoginName.normalised(text)) { return known }
        let people = Set(try PersonIdentifierStore(db, crypto).find(text).map(\.person))
        guard let person = people.first, people.count == 1, let account = try account(of: person) else { return nil }
        return try credentials(of: account)
    }
}
