import App
import Database
import Directory
import Foundation
import Identity
import Kernel
import Logging
import Web

/// A small city with the cast everybody knows, in a database of its own.
package struct TestCity: Sendable {
    package let platform: CityPlatform
    package let folder: String
    package var database: Database { platform.database }

    /// The cast; each has one account with one grant.
    package enum Member: String, CaseIterable, Sendable {
        /// 市局管理员
        case bureau
        /// 市局领导
        case leader
        /// 陈主任, 防城区
        case chen
        /// the county administrator of 东兴市
        case dongxing
        /// 李校长, school administrator of 实验小学
        case li
        /// 王老师, 实验小学
        case wang
        /// 赵老师, another school
        case zhao
        case system, security, audit
        /// not signed in
        case visitor

        var grant: (role: String, place: String)? {
            switch self {
            case .bureau: ("city_admin", "450600")
            case .leader: ("city_leader", "450600")
            case .chen: ("county_admin", "450603")
            case .dongxing: ("county_admin", "450681")
            case .li: ("school_admin", TestCity.experimentalSchool)
            case .wang: ("teacher", TestCity.experimentalSchool)
            case .zhao: ("teacher", TestCity.borderSchool)
            case .system: ("system_admin", "450600")
            case .security: ("security_admin", "450600")
            case .audit: ("audit_admin", "450600")
            case .visitor: nil
            }
        }
    }

    /// 防城港市实验小学(示例), run by the city itself
    package static let experimentalSchool = "2145990001"
    /// 江平镇第一小学(示例), 东兴市
    package static let borderSchool = "2145990002"
    /// 华石镇中心小学(示例), 防城区; 石桥教学点 is below it and has no code
    package static let centralSchool = "2145990003"

    /// A client that is signed in as the member, without going through the sign-in page.
    package func client(_ member: Member) async throws -> TestClient {
        guard member != .visitor else { return TestClient(platform.pipeline) }
        return TestClient(platform.pipeline, session: try await platform.identity.startSession(login: member.rawValue))
    }

    package func user(_ member: Member) async throws -> CurrentUser {
        let token = try await platform.identity.startSession(login: member.rawValue)
        guard let session = try await platform.identity.authenticate(token) else { throw DomainError.notFound }
        return session.user
    }

    package func organisation(_ code: String) async throws -> Organisation {
        let found = try await database.read { try OrganisationStore($0).find(code: code, within: .everything) }
        guard let found else { throw DomainError.notFound }
        return found
    }
}

/// Builds the city, runs the body, takes it down.
package func withTestCity<T>(_ database: TestDatabase, _ body: (TestCity) async throws -> T) async throws -> T {
    try await withTestCity(database, configured: { _, _ in }, body)
}

/// The same with another configuration.
package func withTestCity<T>(
    _ database: TestDatabase, configured configure: (inout AppConfiguration, inout CityPlatform.Options) -> Void,
    logger: Logger = TestDatabase.logger, _ body: (TestCity) async throws -> T
) async throws -> T {
    try await database.withDatabase { database, folder in
        var configuration = try await AppConfiguration.load(.init(dataFolder: folder))
        configuration.publicFolder =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Public").standardized.path
        var options = CityPlatform.Options()
        options.passwordCost = .minimal
        configure(&configuration, &options)
        let platform = try CityPlatform(
            configuration, database: database, options: options, logger: logger)
        let city = TestCity(platform: platform, folder: folder)
        let result: Result<T, any Error>
        do {
            try await platform.prepare()
            try await city.addSchools()
            try await city.addCast()
            result = .success(try await body(city))
        } catch { result = .failure(error) }
        await platform.hasher.shutdown()
        return try result.get()
    }
}

extension TestCity {
    fileprivate func addSchools() async throws {
        try await database.write { db in
            let store = OrganisationStore(db)
            let service = OrganisationService(db, by: .system, source: "test")
            func place(_ code: String) throws -> Organisation {
                guard let found = try store.find(code: code, within: .everything) else { throw DomainError.notFound }
                return found
            }
            func school(
                _ code: String?, _ name: String, _ type: String, _ area: String, central: Bool = false,
                below: Organisation
            ) throws -> Organisation {
                try service.add(
                    .init(
                        kind: type == "218" ? .teachingPoint : .school, code: code, name: name,
                        profile: SchoolProfile(schoolType: type, urbanRural: area, isCentral: central)), below: below)
            }
            _ = try school(TestCity.experimentalSchool, "防城港市实验小学(示例)", "211", "111", below: try place("450601"))
            _ = try school(TestCity.borderSchool, "江平镇第一小学(示例)", "211", "121", below: try place("450681101"))
            let central = try school(
                TestCity.centralSchool, "华石镇中心小学(示例)", "211", "121", central: true, below: try place("450603102"))
            _ = try school(nil, "石桥教学点(示例)", "218", "220", below: central)
            _ = try school("3145990004", "防城区第二初级中学(示例)", "311", "112", below: try place("450603001"))
        }
    }

    fileprivate func addCast() async throws {
        for member in Member.allCases {
            guard let grant = member.grant, let role = Role(rawValue: grant.role) else { continue }
            let place = try await organisation(grant.place)
            try await database.write { db in
                let new = NewAccount(
                    name: "\(member.rawValue)(示例)", login: member.rawValue, role: role, organisation: place.id,
                    from: role.definition.longestDays == nil ? OrganisationService.always : Timestamp.now.day)
                // No password has this hash: tests start sessions directly.
                _ = try AccountService(db, by: .system).create(new, passwordHash: "!", mustChange: false)
            }
        }
    }
}
