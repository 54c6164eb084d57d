import Database
import Directory
import Federation
import Foundation
import Identity
import Kernel
import Platform
import TestKit
import Testing
import Web

/// One real record of every kind that an address can name, all of a school of 东兴市 or of 东兴市 itself. Each has `mark` in its
/// name, so that a page shows when it lets one out.
struct WalkRecords: Sendable {
    static let mark = "珍珠"
    /// What a person would type to find them, without the whole mark.
    static let search = "珍"

    /// What stands in an address after the segment.
    private let values: [String: String]

    /// The parameters that name no record of a school or county: doors of strangers, whose secret is the parameter; pictures,
    /// which go by their content; targets and versions, which are looked up in the set or plan before them; and what
    /// belongs to the city and to no one below it.
    static let unowned: Set<String> = [
        "card", "setup", "getuserinfo", "logos", "targets", "versions", "arrive", "links",
    ]

    static func segments(of route: Route) -> [(before: String, parameter: String)] {
        let parts = route.path.split(separator: "/").map(String.init)
        return parts.indices.filter { parts[$0].hasPrefix(":") }.map { ($0 > 0 ? parts[$0 - 1] : "", parts[$0]) }
    }

    /// Whether the route names a record that some may see and others not.
    static func isOwned(_ route: Route) -> Bool { segments(of: route).contains { !unowned.contains($0.before) } }

    /// `nil` when there is no record for one of the parameters.
    func path(of route: Route) -> String? {
        var path = "", before = ""
        for part in route.path.split(separator: "/").map(String.init) {
            if part.hasPrefix(":") {
                guard let value = values[before] else { return nil }
                path += "/" + value
            } else {
                path += "/" + part
            }
            before = part
        }
        return path.isEmpty ? "/" : path
    }

    subscript(segment: String) -> String { values[segment] ?? "" }

    init(in city: TestCity) async throws {
        let school = try await city.organisation(TestCity.borderSchool), county = try await city.organisation("450681")
        let (classGroup, pupil, account, application) = try await WalkRecords.people(of: school, in: city)
        let (batch, job) = try await WalkRecords.work(at: school, in: city)
        let (draft, plan, set) = try await WalkRecords.plans(of: county, in: city)
        values = [
            "schools": school.id.rawValue, "organisations": school.id.rawValue, "classes": classGroup, "pupils": pupil,
            "people": pupil,
            "accounts": account, "registry": application, "open": application, "imports": batch, "jobs": job,
            "drafts": draft, "documents": plan, "versions": "1", "target-sets": set, "targets": "T12",
            "counterparts": try await WalkRecords.counterpart(in: city),
            "links": Identifiers.next(), "arrive": Identifiers.next(), "card": Identifiers.next(),
            "setup": Identifiers.next(), "getuserinfo": Identifiers.next(), "logos": String(repeating: "0", count: 64),
        ]
    }

    /// Class, pupil, account and application.
    private static func people(
        of school: Organisation, in city: TestCity
    ) async throws -> (String, String, String, String) {
        let crypto = city.platform.crypto, year = SchoolYear(containing: Timestamp.now.day).start
        let start = SchoolYear(start: year).firstDay
        let (classGroup, pupil, account) = try await city.database.write { db in
            let classGroup = try ClassGroupService(db, by: .system).open(
                ClassDraft(stage: .primary, entryYear: year, number: 1, alias: mark, openedOn: start), at: school)
            let pupil = try EnrolmentService(db, crypto, by: .system).add(
                NewPupil(name: mark + "同学"), to: classGroup, from: start)
            let account = try AccountService(db, by: .system).create(
                NewAccount(
                    name: mark + "老师", login: "pearl", role: .teacher, organisation: school.id, from: start),
                passwordHash: "!", mustChange: false)
            return (classGroup.id.rawValue, pupil.rawValue, account.rawValue)
        }
        var content = ApplicationContent()
        (content.name, content.contact, content.contactPhone) = (mark + "图书馆", "陈主任", "0770-2820000")
        (content.protocols, content.scopes) = ([.openID, .gateway], ["profile"])
        (content.redirects, content.launchURL) = (["https://app.example/cb"], "https://app.example/in")
        content.audience = ["teacher"]
        let keys = try await city.platform.federation.applications.register(
            content, owner: TestCity.borderSchool, level: .school)
        let application: String? = try await city.database.read {
            try $0.value("SELECT id FROM federation_application WHERE client_id = \(keys.clientID)")
        }
        return (classGroup, pupil, account, try #require(application))
    }

    /// An import and a job.
    private static func work(at school: Organisation, in city: TestCity) async throws -> (String, String) {
        let client = try await city.client(.dongxing), user = try await city.user(.dongxing)
        let sent = try await client.upload(
            "/register/imports", from: "/register/imports/new", field: "file", fileName: mark + ".csv",
            Array("学校标识码,学校名称,普通教室(间)\n\(TestCity.borderSchool),江平镇第一小学(示例),9\n".utf8),
            [("statistics_on", "2016-01-01")])
        let location = try #require(sent.location, "\(sent.text.suffix(800))")
        let batch = location.split(separator: "/")[2]
        let job = try await city.database.write { db in
            try JobStore(db).add(kind: "walk", title: mark + "任务", by: user, at: school.path)
        }
        return (String(batch), job.rawValue)
    }

    /// A draft, a published plan and a target set of the county.
    private static func plans(of county: Organisation, in city: TestCity) async throws -> (String, String, String) {
        let bureau = try await city.client(.bureau), dongxing = try await city.client(.dongxing)
        let text = "\(mark)计划\n一、工作目标\n到2017年，所有学校接入宽带网络。\n二、保障措施\n加强领导，落实经费。\n"
        func upload() async throws -> String {
            let answer = try await bureau.upload(
                "/plan/documents", from: "/plan/documents/new", field: "file", fileName: "plan.txt", Array(text.utf8),
                [("owner", county.id.rawValue)])
            return try #require(answer.location.flatMap { $0.split(separator: "/").last }.map(String.init))
        }
        let period = [("from", "2015-01-01"), ("to", "2017-12-31")]
        let first = try await upload()
        let published = try await bureau.post(
            "/plan/documents/drafts/\(first)/publication", from: "/account",
            [("revision", "1"), ("title", mark + "计划"), ("note", "")] + period)
        let plan = try #require(
            published.location.flatMap { $0.split(separator: "/").last }, "\(published.text.suffix(800))")
        let set = try await dongxing.post(
            "/plan/target-sets", from: "/account",
            [("owner", county.id.rawValue), ("title", mark + "目标"), ("edition", "1")] + period)
        let location = try #require(set.location.flatMap { $0.split(separator: "/").last }, "\(set.text.suffix(800))")
        return (try await upload(), String(plan), String(location))
    }

    private static func counterpart(in city: TestCity) async throws -> String {
        let bureau = try await city.client(.bureau)
        let answer = try await bureau.post(
            "/gateway/counterparts", from: "/account",
            [
                ("name", "自治区平台"), ("base_url", "https://gateway.example"), ("flavour", "v2"), ("app_id", "santong"),
                ("app_key", "0123456789abcdef0123456789abcdef"), ("system_code", "450000"), ("level", "province"),
            ])
        let found: String? = try await city.database.read {
            try $0.value("SELECT id FROM federation_counterpart LIMIT 1")
        }
        return try #require(found, "\(answer.text.suffix(800))")
    }
}
