import Kernel
import Web

/// What the form of a counterpart sends. The appKey is never shown again; left empty it stays as it is.
struct CounterpartForm: Sendable {
    /// What is kept of a sound form.
    struct Content: Sendable {
        let name: String
        let baseURL: String
        let flavour: String
        let appID: String
        let systemCode: String
        let level: ApplicationLevel
        let linksExactly: Bool
        let reportsUse: Bool
    }

    var name = ""
    var baseURL = ""
    var flavour = "v2"
    var appID = ""
    var appKey = ""
    var systemCode = ""
    var level = ApplicationLevel.province.rawValue
    var linksExactly = false
    var reportsUse = false
    var revision = 0

    init() {}

    init(_ counterpart: Counterpart) {
        (name, baseURL, flavour, appID) = (
            counterpart.name, counterpart.baseURL, counterpart.flavour, counterpart.appID
        )
        (systemCode, level) = (counterpart.systemCode, counterpart.level.rawValue)
        (linksExactly, reportsUse) = (counterpart.linksExactly, counterpart.reportsUse)
        revision = counterpart.revision
    }

    init(_ values: FormValues) {
        (name, baseURL, flavour) = (values["name"] ?? "", values["base_url"] ?? "", values["flavour"] ?? "")
        (appID, appKey) = (values["app_id"] ?? "", values["app_key"] ?? "")
        (systemCode, level) = (values["system_code"] ?? "", values["level"] ?? "")
        (linksExactly, reportsUse) = (values["links_exactly"] == "1", values["reports_use"] == "1")
        revision = Int(values["revision"] ?? "") ?? 0
        while baseURL.hasSuffix("/") { baseURL.removeLast() }
    }

    static let levels: [ApplicationLevel] = [.national, .province, .city]

    /// Throws `DomainError.invalid` with every problem. A new counterpart needs a key.
    func checked(_ flavours: GatewayFlavours, isNew: Bool) throws -> Content {
        var problems: [FieldProblem] = []
        func check(_ isRight: Bool, _ field: String, _ message: String) {
            if !isRight { problems.append(FieldProblem(field: field, message: message)) }
        }
        check((2...30).contains(name.count), "name", "名称应为 2 到 30 个字")
        if let problem = addressProblem { check(false, "base_url", problem) }
        check(flavours[flavour] != nil, "flavour", "选择接口版本")
        check(CounterpartForm.isWord(appID, 1...64), "app_id", "appId 应为 1 到 64 个字母、数字或 - _ .")
        if isNew || !appKey.isEmpty {
            check(CounterpartForm.isWord(appKey, 8...128), "app_key", "appKey 应为 8 到 128 个字母、数字或 - _ .")
        }
        check(systemCode.isEmpty || CounterpartForm.isWord(systemCode, 1...32), "system_code", "平台代码最多 32 个字母或数字")
        let chosen = ApplicationLevel(rawValue: level).flatMap { CounterpartForm.levels.contains($0) ? $0 : nil }
        check(chosen != nil, "level", "选择级别")
        guard problems.isEmpty, let chosen else { throw DomainError.invalid(problems) }
        return Content(
            name: name, baseURL: baseURL, flavour: flavour, appID: appID, systemCode: systemCode, level: chosen,
            linksExactly: linksExactly, reportsUse: reportsUse)
    }

    /// Plain http is taken: the national gateway speaks it. Otherwise the rules of registered addresses hold.
    private var addressProblem: String? {
        if baseURL.isEmpty { return "填写接口地址" }
        if baseURL.utf8.contains(0x3F) { return "接口地址不能带 ?" }
        let secure = baseURL.hasPrefix("http://") ? "https://" + baseURL.dropFirst(7) : baseURL
        return RegisteredAddress.problem(in: secure)
    }

    private static func isWord(_ text: String, _ length: ClosedRange<Int>) -> Bool {
        length.contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }
}
