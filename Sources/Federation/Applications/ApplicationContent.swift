import Identity
import Kernel

/// What an application is or asks to be, as its form holds it: all but owner and level, which stay as they are.
package struct ApplicationContent: Codable, Equatable, Sendable {
    package var name = ""
    package var summary = ""
    package var contact = ""
    package var contactPhone = ""
    /// Where the launcher leads; empty when it does not show the application.
    package var launchURL = ""
    package var logoutURL = ""
    package var protocols: [SignOnProtocol] = []
    package var redirects: [String] = []
    package var afterLogout: [String] = []
    package var services: [String] = []
    /// Codes of `ApplicationScope`.
    package var scopes: [String] = []
    /// Codes of `MachineScope`; `nil` for none, as in changes written before there were any.
    private var machine: [String]?
    /// Codes of `Role`: to whom, at the owner and below, the launcher shows it.
    package var audience: [String] = []
    package var isPublic = false
    package var asksConsent = false
    /// Hexadecimal SHA-256 of the logo.
    package var logo: String?

    package init() {}

    /// Codes of `MachineScope`: what it may do by itself, without a person.
    package var machineScopes: [String] {
        get { machine ?? [] }
        set { machine = newValue.isEmpty ? nil : newValue }
    }

    package func addresses(_ kind: ApplicationAddressKind) -> [String] {
        switch kind {
        case .redirect: redirects
        case .afterLogout: afterLogout
        case .casService: services
        }
    }

    mutating func setAddresses(_ kind: ApplicationAddressKind, _ list: [String]) {
        switch kind {
        case .redirect: redirects = list
        case .afterLogout: afterLogout = list
        case .casService: services = list
        }
    }

    /// Lists in their one order, without repeats, and what an unused protocol does not need left out.
    package var canonical: ApplicationContent {
        var copy = self
        copy.protocols = SignOnProtocol.allCases.filter(protocols.contains)
        let scopes = Set(scopes).union(protocols.contains(.openID) ? [ApplicationScope.openID.rawValue] : [])
        copy.scopes = ApplicationScope.allCases.map(\.rawValue).filter(scopes.contains)
        copy.machineScopes = MachineScope.allCases.map(\.rawValue).filter(machineScopes.contains)
        copy.audience = Role.allCases.map(\.rawValue).filter(audience.contains)
        for kind in ApplicationAddressKind.allCases { copy.setAddresses(kind, Set(addresses(kind)).sorted()) }
        if !protocols.contains(.openID) {
            (copy.redirects, copy.afterLogout, copy.isPublic, copy.asksConsent) = ([], [], false, false)
        }
        if !protocols.contains(.cas) { copy.services = [] }
        return copy
    }

    /// Whether becoming `other` needs no approval: only who to ask and the description differ.
    func differsLightly(from other: ApplicationContent) -> Bool {
        var plain = other
        (plain.summary, plain.contact, plain.contactPhone) = (summary, contact, contactPhone)
        return plain == self
    }
}

/// The rules of a content, field by field.
extension ApplicationContent {
    static let longestName = 20
    static let longestSummary = 200

    package var problems: [FieldProblem] {
        textProblems + addressProblems + choiceProblems
    }

    private var textProblems: [FieldProblem] {
        var problems: [FieldProblem] = []
        func check(_ isRight: Bool, _ field: String, _ message: String) {
            if !isRight { problems.append(FieldProblem(field: field, message: message)) }
        }
        check((2...ApplicationContent.longestName).contains(name.count), "name", "名称应为 2 到 20 个字")
        check(ApplicationContent.isPlainText(name), "name", "名称里有看不见的字符")
        check(summary.count <= ApplicationContent.longestSummary, "summary", "简介不能超过 200 个字")
        check(!contact.isEmpty, "contact", "填写联系人")
        check(contact.count <= 30, "contact", "联系人不能超过 30 个字")
        let isNumber = contactPhone.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2B }
        check(isNumber && (5...20).contains(contactPhone.utf8.count), "contact_phone", "填写联系电话，只用数字和 -")
        return problems
    }

    /// Neither control characters nor marks that turn the direction of writing: a name must not read as another.
    private static func isPlainText(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
            default: true
            }
        }
    }

    private var addressProblems: [FieldProblem] {
        var problems: [FieldProblem] = []
        func check(_ list: [String], _ field: String, pattern: Bool = false) {
            if list.count > RegisteredAddress.mostAddresses {
                problems.append(FieldProblem(field: field, message: "最多 \(RegisteredAddress.mostAddresses) 个地址"))
            }
            for (index, address) in list.enumerated() {
                guard let problem = RegisteredAddress.problem(in: address, pattern: pattern) else { continue }
                problems.append(
                    FieldProblem(field: field, message: list.count > 1 ? "第 \(index + 1) 个：\(problem)" : problem))
            }
        }
        check(redirects, "redirects")
        check(afterLogout, "after_logout")
        check(services, "services", pattern: true)
        check(launchURL.isEmpty ? [] : [launchURL], "launch_url")
        check(logoutURL.isEmpty ? [] : [logoutURL], "logout_url")
        return problems
    }

    private var choiceProblems: [FieldProblem] {
        var problems: [FieldProblem] = []
        func check(_ isRight: Bool, _ field: String, _ message: String) {
            if !isRight { problems.append(FieldProblem(field: field, message: message)) }
        }
        check(!protocols.isEmpty || !machineScopes.isEmpty, "protocols", "选择接入方式，或在机器接口里选择")
        check(!protocols.contains(.openID) || !redirects.isEmpty, "redirects", "填写 OpenID Connect 的回调地址")
        check(!protocols.contains(.cas) || !services.isEmpty, "services", "填写 CAS 的服务地址")
        check(!protocols.contains(.gateway) || !launchURL.isEmpty, "launch_url", "国家平台接口要从平台打开应用，填写打开地址")
        let keepsNoSecret = isPublic && protocols.contains(.openID)
        check(machineScopes.isEmpty || !keepsNoSecret, "machine_scopes", "不能保管密钥的程序不能使用机器接口")
        check(launchURL.isEmpty || !audience.isEmpty, "audience", "选择哪些人能在“我的应用”里看到")
        let keepsAccess = scopes.contains(ApplicationScope.offlineAccess.rawValue)
        check(!keepsAccess || protocols.contains(.openID), "scopes", "只有 OpenID Connect 能在退出后继续读取")
        return problems
    }
}
