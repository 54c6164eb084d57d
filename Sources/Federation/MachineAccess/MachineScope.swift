/// 机器接口范围: what an application may do by itself, without a person, at the owner's place in the tree and below.
package enum MachineScope: String, Sendable, CaseIterable {
    case rosterCore = "oneroster.roster_core"
    case roster = "oneroster.roster"
    case demographics = "oneroster.demographics"
    case gradebookRead = "oneroster.gradebook_read"
    case gradebookWrite = "oneroster.gradebook_write"
    case gradebookDelete = "oneroster.gradebook_delete"
    case scimRead = "scim.read"
    case scimWrite = "scim.write"
    case exchangeRead = "exchange.read"
    case exchangeWrite = "exchange.write"
    case exchangeSensitive = "exchange.sensitive"

    package var title: String {
        switch self {
        case .rosterCore: "OneRoster 名册：单位、班级、人员"
        case .roster: "OneRoster 名册：全部查询"
        case .demographics: "OneRoster 个人基本信息：性别、出生日期、民族"
        case .gradebookRead: "OneRoster 成绩：读取"
        case .gradebookWrite: "OneRoster 成绩：写入"
        case .gradebookDelete: "OneRoster 成绩：删除"
        case .scimRead: "SCIM 人员：读取"
        case .scimWrite: "SCIM 人员：写入"
        case .exchangeRead: "数据交换接口：读取"
        case .exchangeWrite: "数据交换接口：写入"
        case .exchangeSensitive: "数据交换接口：证件号码等敏感信息"
        }
    }

    /// The scopes of OAuth 2.0 it stands for. Those of OneRoster are addresses fixed by 1EdTech, one for each version.
    package var addresses: [String] {
        switch self {
        case .rosterCore: MachineScope.oneRoster("roster-core.readonly")
        case .roster: MachineScope.oneRoster("roster.readonly")
        case .demographics: MachineScope.oneRoster("roster-demographics.readonly")
        case .gradebookRead: MachineScope.oneRoster("gradebook.readonly")
        case .gradebookWrite: MachineScope.oneRoster("gradebook.createput")
        case .gradebookDelete: MachineScope.oneRoster("gradebook.delete")
        case .scimRead, .scimWrite, .exchangeRead, .exchangeWrite, .exchangeSensitive: [rawValue]
        }
    }

    private static func oneRoster(_ name: String) -> [String] {
        ["v1p2", "v1p1"].map { "https://purl.imsglobal.org/spec/or/\($0)/scope/\(name)" }
    }

    /// Whether its calls may be signed with an appKey instead of carrying a token.
    var isSigned: Bool { [.exchangeRead, .exchangeWrite, .exchangeSensitive].contains(self) }
}

extension Application {
    /// The scopes of OAuth 2.0 that it may ask for by itself, in a fixed order.
    var machineAddresses: [String] { MachineScope.allCases.filter(machineScopes.contains).flatMap(\.addresses) }
}
