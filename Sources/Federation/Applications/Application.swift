import Database
import Directory
import Kernel

/// The subject of `ID<Application>`.
package typealias ApplicationID = ID<Application>

/// 接入级别: how far an application reaches, and who approves it.
package enum ApplicationLevel: String, Column, Codable, Sendable, CaseIterable {
    case national, province, city, county, school, personal

    package var title: String {
        switch self {
        case .national: "国家"
        case .province: "省"
        case .city: "市"
        case .county: "县"
        case .school: "校"
        case .personal: "个人"
        }
    }
}

extension ApplicationLevel {
    /// The kinds of organisation that may answer for an application of the level.
    package var owners: Set<OrganisationKind> {
        switch self {
        case .national, .province, .city: [.city]
        case .county: [.county, .municipal]
        case .school: [.school, .teachingPoint]
        case .personal: Set(OrganisationKind.allCases)
        }
    }
}

/// Where an application stands between its first draft and its end.
package enum ApplicationState: String, Column, Sendable, CaseIterable {
    case draft, submitted, active, refused, suspended, retired

    package var title: String {
        switch self {
        case .draft: "草稿"
        case .submitted: "待审批"
        case .active: "已接入"
        case .refused: "已退回"
        case .suspended: "已暂停"
        case .retired: "已终止"
        }
    }
}

/// A way in which an application learns who has signed in.
package enum SignOnProtocol: String, Column, Codable, Sendable, CaseIterable {
    case openID = "openid"
    case cas
    case gateway

    package var title: String {
        switch self {
        case .openID: "OpenID Connect"
        case .cas: "CAS"
        case .gateway: "国家平台接口"
        }
    }
}

/// 接入应用: another system that lets people in on the platform's word.
package struct Application: Sendable {
    package let id: ApplicationID
    /// The public name it gives itself in every protocol: `client_id`, `appId`.
    package let clientID: String
    package let name: String
    package let summary: String
    package let level: ApplicationLevel
    package let owner: OrganisationID
    package let ownerPath: OrganisationPath
    package let launchURL: String
    package let protocols: Set<SignOnProtocol>
    /// OAuth scopes it may ask for, `openid` among them.
    package let scopes: Set<String>
    /// A browser or phone program that can keep no secret.
    package let isPublic: Bool
    /// Whether each person is asked before her data is handed over the first time.
    package let asksConsent: Bool
    /// Where sign-outs are told; empty when it does not listen.
    package let logoutURL: String
    package let state: ApplicationState
    /// What it may do by itself, without a person.
    package let machineScopes: Set<MachineScope>

    /// Whether it may call the platform's interfaces with rights of its own.
    package var isMachine: Bool { state == .active && !machineScopes.isEmpty }
    package func speaks(_ way: SignOnProtocol) -> Bool { state == .active && protocols.contains(way) }
}

/// What an application may learn of a person. The codes are those of OpenID Connect; every protocol keeps to them.
package enum ApplicationScope: String, Sendable, CaseIterable {
    case openID = "openid"
    case profile, phone, edu
    case offlineAccess = "offline_access"

    /// What a person is told when she is asked whether she agrees.
    package var title: String {
        switch self {
        case .openID: "识别是同一个人（每个应用的标识各不相同）"
        case .profile: "姓名、登录名"
        case .phone: "手机号"
        case .edu: "角色、单位和班级"
        case .offlineAccess: "退出登录后继续读取以上信息"
        }
    }
}

/// What a registered address is for.
package enum ApplicationAddressKind: String, Column, Sendable, CaseIterable {
    /// OpenID Connect `redirect_uri`, compared as a whole.
    case redirect
    /// OpenID Connect `post_logout_redirect_uri`, compared as a whole.
    case afterLogout = "after_logout"
    /// CAS `service`: the address itself, or everything below it when it ends in `/*`.
    case casService = "cas_service"
}
