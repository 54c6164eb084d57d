import Directory
import Kernel

/// 数据归口: a system that answers for the data of one owner and may therefore tell it.
struct ExchangeOwner: Sendable {
    let application: String
    let clientID: String
    let name: String
    let owner: PersonField.Owner
    let since: Timestamp
}
