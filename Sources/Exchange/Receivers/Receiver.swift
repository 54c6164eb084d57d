import Directory
import Kernel

/// 接收系统: a system of others to which the staff of an organisation is told by SCIM.
package enum ReceiverSubject {}
typealias ReceiverID = ID<ReceiverSubject>

struct Receiver: Sendable {
    let id: ReceiverID
    let name: String
    /// Without a slash at the end: `https://oa.example.cn/scim/v2`.
    let baseURL: String
    let organisation: OrganisationID
    let organisationName: String
    /// Whose staff it gets: the organisation and all below.
    let path: OrganisationPath
    let isOn: Bool
    /// How far its changes have been looked at.
    let cursor: Int
    /// Not asked again before; after it refused or did not answer.
    let restsUntil: Timestamp
    let failure: String
    let revision: Int
}

/// One person on the way to a receiver.
struct Delivery: Sendable {
    let person: ID<Person>
    /// Her id there; `nil` while she has none.
    let remoteID: String?
    /// What was last taken, so that the same is not sent again.
    let digest: String
    let isActive: Bool
    let attempts: Int
}

enum ReceiverRules {
    /// Throws `DomainError.invalid` at `name`, `base_url` and `token`.
    static func check(name: String, baseURL: String, token: String) throws {
        var problems: [FieldProblem] = []
        if !(1...60).contains(name.unicodeScalars.count) {
            problems.append(FieldProblem(field: "name", message: "填写名称，不超过 60 个字"))
        }
        let isWeb = baseURL.hasPrefix("https://") || baseURL.hasPrefix("http://")
        if !isWeb || baseURL.utf8.count > 500 || baseURL.contains("?") || baseURL.contains("#") || baseURL.contains("@")
        {
            problems.append(FieldProblem(field: "base_url", message: "填写对方 SCIM 接口的地址，以 https:// 开头，不带问号"))
        }
        if token.utf8.count > 4096 || token.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
            problems.append(FieldProblem(field: "token", message: "令牌只能有字母、数字和符号，不能有空格"))
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
    }

    /// Seconds until the next try: 5, 10, 20 … up to an hour.
    static func pause(after attempts: Int) -> Int64 { min(3600, 5 << Int64(min(max(attempts - 1, 0), 10))) }
}
