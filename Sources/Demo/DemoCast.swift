import Database
import Identity
import Kernel

/// The people everybody who works on Santong knows, each with an account in every demo.
package enum DemoCast {
    /// Of every account of a demo. No secret: it stands on the sign-in page, and only in a demo are there accounts
    /// with it.
    static let password = "Santong-demo-2015"

    /// A member of the cast as scripts read it. The keys are fixed.
    package struct CastAccount: Encodable, Sendable, Equatable {
        /// The first role of the account: `cityAdministrator`, `countyAdministrator`, `schoolAdministrator`, `teacher` …
        package let role: String
        package let username: String
        package let password: String
        package let organisation: String
        package let name: String
        /// What people call the member's work, Chinese.
        package let title: String
    }

    struct Member: Sendable {
        enum Place: Sendable {
            /// GB/T 2260
            case code(String)
            /// Of a school.
            case school(String)
        }

        let login: String
        let name: String
        let title: String
        /// The first is the one that scripts and the sign-in page name.
        let roles: [Role]
        let place: Place
    }

    /// In the order of the sign-in page; scripts take the first of a role.
    static let members: [Member] = [
        Member(login: "shiju", name: "市局管理员", title: "市局管理员", roles: [.cityAdministrator], place: .code("450600")),
        Member(login: "lingdao", name: "市局领导", title: "市局领导", roles: [.cityLeader], place: .code("450600")),
        Member(login: "chen", name: "陈主任", title: "防城区管理员", roles: [.countyAdministrator], place: .code("450603")),
        Member(login: "gangkou", name: "黄主任", title: "港口区管理员", roles: [.countyAdministrator], place: .code("450602")),
        Member(login: "shangsi", name: "韦主任", title: "上思县管理员", roles: [.countyAdministrator], place: .code("450621")),
        Member(login: "dongxing", name: "阮主任", title: "东兴市管理员", roles: [.countyAdministrator], place: .code("450681")),
        Member(
            login: "li", name: "李校长", title: "校长、学校管理员", roles: [.schoolAdministrator, .schoolLeader],
            place: .school(DemoSchool.experimental)),
        Member(
            login: "shiqiao", name: "盘老师", title: "石桥教学点管理员", roles: [.schoolAdministrator],
            place: .school(DemoSchool.bridgePoint)),
        Member(
            login: "wang", name: "王老师", title: "教师", roles: [.teacher], place: .school(DemoSchool.experimental)),
        Member(login: "zhao", name: "赵老师", title: "教师", roles: [.teacher], place: .school(DemoSchool.border)),
        Member(login: "zhou", name: "周教研员", title: "教研员", roles: [.researcher], place: .code("450600")),
        Member(
            login: "sun", name: "孙同学", title: "学生", roles: [.student], place: .school(DemoSchool.experimental)),
        Member(
            login: "sunjia", name: "孙同学家长", title: "家长", roles: [.guardian],
            place: .school(DemoSchool.experimental)),
        Member(
            login: "system", name: "系统管理员", title: "系统管理员", roles: [.systemAdministrator], place: .code("450600")),
        Member(
            login: "security", name: "安全管理员", title: "安全管理员", roles: [.securityAdministrator],
            place: .code("450600")),
        Member(
            login: "audit", name: "审计管理员", title: "审计管理员", roles: [.auditAdministrator], place: .code("450600")),
    ]

    /// The members whose accounts the database has, in the order of the cast.
    package static func accounts(_ database: Database) async throws -> [CastAccount] {
        try await database.read { db in
            let store = AccountStore(db)
            return try members.compactMap { member in
                guard let account = try store.find(login: member.login, at: .now), account.name == member.name else {
                    return nil
                }
                return CastAccount(
                    role: String(describing: member.roles[0]), username: member.login, password: password,
                    organisation: account.grants.first?.organisationName ?? "", name: member.name, title: member.title)
            }
        }
    }

    /// The same for the sign-in page of a demo.
    package static func signInAccounts(_ database: Database) async throws -> [DemoAccount] {
        try await accounts(database).map { account in
            DemoAccount(
                role: account.title, name: account.name, login: account.username, password: account.password,
                organisation: account.organisation)
        }
    }
}
