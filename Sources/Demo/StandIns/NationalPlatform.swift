import Foundation
import Kernel
import Platform
import Synchronization

/// The far side of the national gateway in small: a platform from whose space people open the city's portal. It speaks
/// either flavour, answers every call of the wire table and can be told to misbehave. For demos and tests.
package final class NationalPlatform: Sendable {
    package enum Flavour: String, CaseIterable, Sendable { case v1, v2 }

    /// Where the content of an answer stands: under `data`, or under `tokenInfo` and `userInfo` at the top.
    package enum Envelope: String, CaseIterable, Sendable { case data, top }

    package enum Fault: String, CaseIterable, Sendable {
        case ticketDead = "ticket-dead"
        case tokenRefused = "token-refused"
        case timeout
        case unreachable
        case malformed
        case personUnknown = "person-unknown"
        case notRealName = "no-real-name"

        package var title: String {
            switch self {
            case .ticketDead: "票据失效"
            case .tokenRefused: "拒绝应用"
            case .timeout: "不应答"
            case .unreachable: "服务中断"
            case .malformed: "应答残缺"
            case .personUnknown: "查无此人"
            case .notRealName: "没有实名"
            }
        }
    }

    package struct Person: Sendable {
        package let key: String
        package let name: String
        package let login: String
        /// 0 学生, 1 教师, 2 家长, 3 学校工作人员, 4 机构工作人员
        package let identity: String
        package let school: String
        package var studentNumber = ""

        package init(
            key: String, name: String, login: String, identity: String, school: String, studentNumber: String = ""
        ) {
            (self.key, self.name, self.login, self.identity) = (key, name, login, identity)
            (self.school, self.studentNumber) = (school, studentNumber)
        }
    }

    package struct Settings: Sendable {
        package var flavour = Flavour.v2
        package var envelope = Envelope.data
        package var fault: Fault?
        package var appID = "fcg-portal"
        package var appKey = "stand-in-app-key-2015"
        package var systemCode = "450000"
        /// Address of the city's portal.
        package var portal = "http://127.0.0.1:8080"
        package var people = NationalPlatform.cast
        package init() {}
    }

    /// Some who have an account in every demo, and one who has none.
    package static let cast = [
        Person(
            key: "5a4c03e34292483d8c03e34292d83d01", name: "李校长", login: "GX0001", identity: "3", school: "防城港市实验小学(示例)"
        ),
        Person(
            key: "5a4c03e34292483d8c03e34292d83d02", name: "王老师", login: "GX0002", identity: "1", school: "防城港市实验小学(示例)"
        ),
        Person(
            key: "5a4c03e34292483d8c03e34292d83d03", name: "赵老师", login: "GX0003", identity: "1", school: "江平镇第一小学(示例)"),
        Person(
            key: "5a4c03e34292483d8c03e34292d83d04", name: "孙同学", login: "GX0004", identity: "0", school: "防城港市实验小学(示例)"
        ),
        Person(
            key: "5a4c03e34292483d8c03e34292d83d05", name: "韦春桃", login: "GX0005", identity: "1", school: "外地中学(示例)"),
    ]

    struct State: Sendable {
        var settings: Settings
        /// Ticket → person.
        var tickets: [String: String] = [:]
        /// usessionId → person.
        var sessions: [String: String] = [:]
        var tokens: Set<String> = []
        var calls: [String] = []
        var reports: [[String: String]] = []
    }

    let state: Mutex<State>

    package init(_ settings: Settings = Settings()) { state = Mutex(State(settings: settings)) }

    package var settings: Settings { state.withLock { $0.settings } }
    /// Paths in the order they were called.
    package var calls: [String] { state.withLock { $0.calls } }
    /// What `independentAppRegister` was told.
    package var reports: [[String: String]] { state.withLock { $0.reports } }

    package func misbehave(_ fault: Fault?) { state.withLock { $0.settings.fault = fault } }

    /// As after a restart: no token is good any more.
    package func forgetTokens() { state.withLock { $0.tokens = [] } }

    /// A ticket for the person, good once.
    package func ticket(for key: String) -> String {
        let letters = Hex.encode(SecureRandom.bytes(2)).prefix(3), time = Timestamp.now.milliseconds
        let ticket = Data("\(letters)\(key)\(time)".utf8).base64EncodedString()
        state.withLock { $0.tickets[ticket] = key }
        return ticket
    }

    /// Where a click on the person leads: into the city's portal.
    package func way(for key: String) -> String {
        let settings = settings, name = settings.envelope == .top ? "platformCode" : "sysCode"
        return "\(settings.portal)/gateway/arrive?ticket=\(ticket(for: key))&\(name)=\(settings.systemCode)"
    }

    package struct Answer: Sendable {
        package var status = 200
        package var type = "application/json; charset=utf-8"
        package let text: String
    }

    /// What a call is answered; `nil` when there is no such path.
    package func answer(_ path: String, query: [String: String], body: [UInt8]) -> Answer? {
        var fields = query
        if let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] {
            for (name, value) in object { fields[name] = "\(value)" }
        }
        return state.withLock { state in
            state.calls.append(path)
            if state.settings.fault == .malformed { return Answer(text: "{\"retCode\":\"000000\",\"da") }
            if state.settings.fault == .unreachable { return Answer(status: 503, text: "") }
            return state.settings.flavour == .v1 ? state.answerV1(path, fields) : state.answerV2(path, fields)
        }
    }
}

extension NationalPlatform.State {
    typealias Answer = NationalPlatform.Answer
    typealias Fields = [String: String]

    func person(_ key: String?) -> NationalPlatform.Person? {
        settings.fault == .personUnknown ? nil : settings.people.first { $0.key == key }
    }

    static func json(_ object: [String: Any]) -> Answer {
        let data = (try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])) ?? Data()
        return Answer(text: String(decoding: data, as: UTF8.self))
    }

    static func refused(_ code: String, _ text: String, _ data: Fields = [:]) -> Answer {
        json(data.isEmpty ? ["retCode": code, "retDesc": text] : ["retCode": code, "retDesc": text, "data": data])
    }

    /// Content under `data`, or under its own name at the top.
    func done(_ name: String, _ content: Any) -> Answer {
        State.json(["retCode": "000000", "retDesc": "成功", (settings.envelope == .data ? "data" : name): content])
    }

    private typealias State = NationalPlatform.State

    mutating func takeTicket(_ ticket: String?) -> String? {
        guard settings.fault != .ticketDead, let ticket else { return nil }
        return tickets.removeValue(forKey: ticket)
    }

    mutating func newToken() -> String {
        let token = Hex.encode(SecureRandom.bytes(16))
        tokens.insert(token)
        return token
    }

    /// `nil` when the caller has proved that it holds the appKey.
    func refusal(appID: String?, time: String?, keyInfo: String?) -> Answer? {
        guard let appID, let time, let keyInfo else { return State.refused("200001", "缺少参数") }
        let code = HMAC<SHA1>(key: Array(settings.appKey.utf8)).authenticate(appID + settings.appKey + time)
        let isTimely = Int64(time).map { number in
            abs((time.count > 11 ? number / 1000 : number) - Timestamp.now.milliseconds / 1000) < 300
        }
        guard settings.fault != .tokenRefused, appID == settings.appID, isTimely ?? false,
            Hex.encode(code).uppercased() == keyInfo
        else { return State.refused("200002", "appId 或 keyInfo 不正确") }
        return nil
    }
}
