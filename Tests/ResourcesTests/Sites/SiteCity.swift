import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Resources

/// Sites of the city of the tests: 东兴市 (450681) is filled by its county administrator.
extension ResourceCity {
    static let county = "450681"
    static let other = "450603"

    /// A resource of 赵老师's school in 东兴市 that the bureau has passed for everybody.
    func opened(_ content: ItemContent) async throws -> ID<Item> {
        let id = try await draft(content, by: .zhao)
        try await review(.zhao) { try $0.submit(id) }
        try await pass(id, by: [.bureau])
        return id
    }

    static func open(_ title: String) -> ItemContent { content(title, .public) }

    @discardableResult
    func site<T: Sendable>(
        _ member: TestCity.Member = .dongxing, _ body: @escaping @Sendable (SiteService) throws -> T
    ) async throws -> T {
        let user = try await city.user(member)
        return try await database.write { try body(SiteService($0, by: user, now: .now)) }
    }

    @discardableResult
    func news<T: Sendable>(
        _ member: TestCity.Member = .dongxing, _ body: @escaping @Sendable (SiteNewsService) throws -> T
    ) async throws -> T {
        let user = try await city.user(member)
        return try await database.write { try body(SiteNewsService($0, by: user, now: .now)) }
    }

    @discardableResult
    func collections<T: Sendable>(
        _ member: TestCity.Member = .dongxing, _ body: @escaping @Sendable (CollectionService) throws -> T
    ) async throws -> T {
        let user = try await city.user(member)
        return try await database.write { try body(CollectionService($0, by: user, now: .now)) }
    }

    /// A published collection of the county with the resources, on its published site.
    func openSite(with items: [ID<Item>], day: LocalDate? = nil) async throws -> ID<ItemCollection> {
        let id = try await collections { service in
            let id = try service.create(
                CollectionContent(kind: .local, title: "京族与边境", summary: "本地的"), on: ResourceCity.county)
            for item in items { try service.add(item, to: id) }
            try service.publish(id)
            return id
        }
        try await site { service in
            try service.change(
                ResourceCity.county, at: 0,
                SiteContent(
                    name: "东兴市资源网", introduction: "边境的资源", openedOn: day,
                    slots: [.news, .collection(id), .newest, .selected]))
            try service.publish(ResourceCity.county)
        }
        return id
    }
}
