import Kernel
import Web

/// Why a ticket is not accepted. The codes are the protocol's.
enum CASFailure: String, Sendable, Error {
    case invalidRequest = "INVALID_REQUEST"
    case invalidTicketSpec = "INVALID_TICKET_SPEC"
    case invalidTicket = "INVALID_TICKET"
    case invalidService = "INVALID_SERVICE"
    case unauthorizedServiceProxy = "UNAUTHORIZED_SERVICE_PROXY"
    case internalError = "INTERNAL_ERROR"

    var text: StaticString {
        switch self {
        case .invalidRequest: "参数不完整或有重复"
        case .invalidTicketSpec: "平台不发放代理票据"
        case .invalidTicket: "票据无效、已用过或已过期"
        case .invalidService: "票据不是发给这个地址的，或应用没有登记"
        case .unauthorizedServiceProxy: "平台不提供代理登录"
        case .internalError: "平台暂时不能验证票据"
        }
    }
}

/// Whom a ticket stands for.
struct CASIdentity: Sendable {
    /// The login name.
    let user: String
    let attributes: [CASAttribute]
}

struct CASAttribute: Sendable, Equatable {
    enum Value: Sendable, Equatable {
        case one(String)
        /// Repeated in XML, an array in JSON.
        case list([String])
    }

    let name: StaticString
    let value: Value

    init(_ name: StaticString, _ value: String) { (self.name, self.value) = (name, .one(value)) }
    init(_ name: StaticString, list: [String]) { (self.name, value) = (name, .list(list)) }

    static func == (a: CASAttribute, b: CASAttribute) -> Bool {
        a.name.description == b.name.description && a.value == b.value
    }
}

/// The answer to a validation in the form asked for; always HTTP 200.
enum CASAnswer {
    enum Form: Sendable { case plain, xml, json }

    static func response(_ outcome: Result<CASIdentity, CASFailure>, _ form: Form) -> WebResponse {
        switch form {
        case .plain: text(plain(outcome), "text/plain; charset=utf-8")
        case .xml: text(xml(outcome), "application/xml; charset=utf-8")
        case .json: text(json(outcome), "application/json; charset=utf-8")
        }
    }

    private static func text(_ text: String, _ type: String) -> WebResponse {
        WebResponse(headers: [("content-type", type), ("cache-control", "no-store")], body: .bytes(Array(text.utf8)))
    }

    /// CAS 1.0.
    static func plain(_ outcome: Result<CASIdentity, CASFailure>) -> String {
        switch outcome {
        case .success(let identity): "yes\n\(identity.user)\n"
        case .failure: "no\n\n"
        }
    }

    static func xml(_ outcome: Result<CASIdentity, CASFailure>) -> String {
        let inner: String
        switch outcome {
        case .success(let identity):
            let attributes = identity.attributes.map(xml).joined()
            let list = attributes.isEmpty ? "" : "    <cas:attributes>\n\(attributes)    </cas:attributes>\n"
            inner = """
                  <cas:authenticationSuccess>
                    <cas:user>\(XMLText.escape(identity.user))</cas:user>
                \(list)  </cas:authenticationSuccess>
                """
        case .failure(let failure):
            inner =
                #"  <cas:authenticationFailure code="\#(failure.rawValue)">\#(failure.text)</cas:authenticationFailure>"#
        }
        return #"<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">"# + "\n\(inner)\n</cas:serviceResponse>\n"
    }

    private static func xml(_ attribute: CASAttribute) -> String {
        let values: [String] =
            switch attribute.value {
            case .one(let value): [value]
            case .list(let values): values
            }
        let name = attribute.name.description
        return values.map { "      <cas:\(name)>\(XMLText.escape($0))</cas:\(name)>\n" }.joined()
    }

    static func json(_ outcome: Result<CASIdentity, CASFailure>) -> String {
        switch outcome {
        case .success(let identity):
            let attributes = identity.attributes.map { JSONText.quote($0.name.description) + ":" + json($0.value) }
            let list = attributes.isEmpty ? "" : #","attributes":{\#(attributes.joined(separator: ","))}"#
            let user = JSONText.quote(identity.user)
            return #"{"serviceResponse":{"authenticationSuccess":{"user":\#(user)\#(list)}}}"#
        case .failure(let failure):
            let text = JSONText.quote(failure.text.description)
            return
                #"{"serviceResponse":{"authenticationFailure":{"code":"\#(failure.rawValue)","description":\#(text)}}}"#
        }
    }

    private static func json(_ value: CASAttribute.Value) -> String {
        switch value {
        case .one(let value): JSONText.quote(value)
        case .list(let values): "[" + values.map(JSONText.quote).joined(separator: ",") + "]"
        }
    }
}
