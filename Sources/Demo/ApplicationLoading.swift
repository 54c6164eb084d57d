import App
import Directory
import Federation
import Identity
import Kernel

/// Registers three applications, one of each protocol; two of the city and one of a school. Their addresses lead nowhere.
struct ApplicationLoading {
    private let platform: CityPlatform
    private let school: Organisation?

    init(_ platform: CityPlatform, _ schools: [DemoSchool], _ entered: [Int: Organisation]) {
        self.platform = platform
        school = schools.first { $0.name == DemoSchool.experimental }.flatMap { entered[$0.number] }
    }

    func run(_ tell: @Sendable (String) -> Void) async throws {
        let city = [library, office]
        for content in city {
            _ = try await platform.federation.applications.register(
                content, owner: nil, level: .city, by: DemoCity.actor)
        }
        if let school {
            _ = try await platform.federation.applications.register(
                resources, owner: school.code, level: .school, by: DemoCity.actor)
        }
        tell("applications \(city.count + (school == nil ? 0 : 1))")
    }

    private var library: ApplicationContent {
        var content = common("图书馆", "全市中小学数字图书馆，借阅和在线阅读。", at: "https://tushuguan.example.cn")
        content.protocols = [.openID]
        content.redirects = ["https://tushuguan.example.cn/callback"]
        content.afterLogout = ["https://tushuguan.example.cn/"]
        return content
    }

    private var office: ApplicationContent {
        var content = common("办公系统", "收发公文、会议和请假。", at: "https://bangong.example.cn")
        content.protocols = [.cas]
        content.services = ["https://bangong.example.cn/*"]
        content.audience = Role.allCases.filter { !$0.isExclusive && $0 != .student && $0 != .guardian }.map(\.rawValue)
        return content
    }

    private var resources: ApplicationContent {
        var content = common("校本资源", "本校教师的课件、教案和微课。", at: "https://ziyuan.example.cn")
        content.protocols = [.gateway]
        return content
    }

    private func common(_ name: String, _ summary: String, at address: String) -> ApplicationContent {
        var content = ApplicationContent()
        (content.name, content.summary) = (name, summary)
        (content.contact, content.contactPhone) = ("运维组", "0770-0000000")
        (content.launchURL, content.logoutURL) = (address + "/", address + "/signed-out")
        content.scopes = [ApplicationScope.openID, .profile, .edu].map(\.rawValue)
        content.audience = Role.allCases.filter { !$0.isExclusive }.map(\.rawValue)
        return content
    }
}
