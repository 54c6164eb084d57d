import App
import Database
import Directory
import Foundation
import Identity
import Kernel
import Platform
import Resources

/// Imports a catalogue of textbooks that nobody prints, chooses its edition for the city, and lets the teachers of the
/// cast write for it: published, waiting, adapted, draft.
struct ResourceLoading {
    private let platform: CityPlatform
    private let experimental: Organisation?
    private let border: Organisation?
    private let now = Timestamp.now

    init(_ platform: CityPlatform, _ schools: [DemoSchool], _ entered: [Int: Organisation]) {
        self.platform = platform
        func find(_ name: String) -> Organisation? {
            schools.first { $0.name == name }.flatMap { entered[$0.number] }
        }
        (experimental, border) = (find(DemoSchool.experimental), find(DemoSchool.border))
    }

    func run(_ tell: @Sendable (String) -> Void) async throws {
        guard
            let file = Bundle.module.url(
                forResource: "textbook-catalogue", withExtension: "csv", subdirectory: "Data")
        else { throw DomainError.unavailable("程序缺少随附的教材目录 textbook-catalogue.csv，请重新安装") }
        let year = SchoolYear(containing: now.day).start
        try await platform.resources.installCatalogue(
            at: file.path, name: "教材目录(示例).csv", year: year, by: DemoCity.actor)
        try await choose(from: year)
        guard let experimental, let border else { return tell("textbooks without resources") }
        let wang = try await user("wang"), zhao = try await user("zhao")
        let reviewers = [try await user("li"), try await user("shiju")]
        let plan = ItemContent(
            title: "《灯塔下的路》教案", type: "lesson-plan", nodes: [], summary: "两课时。从灯塔的光写到守塔人，学习按顺序观察。",
            tags: ["观察", "海边"], licence: "cc-by-sa", isStated: true, visibility: .public)
        let first = try await publish(plan, on: "SYW31-01-03", by: wang, at: experimental, reviewers)
        let slides = ItemContent(
            title: "《灯塔下的路》课件", type: "slides", nodes: [], summary: "配合教案使用。", isStated: true, visibility: .city)
        let second = try await publish(slides, on: "SYW31-01-03", by: wang, at: experimental, reviewers)
        let exercise = ItemContent(
            title: "周长练习单", type: "questions", nodes: [], audience: ["teacher", "student"], isStated: true,
            visibility: .school)
        _ = try await publish(exercise, on: "SSX31-04-02", by: wang, at: experimental, reviewers)
        var adapted = plan
        (adapted.title, adapted.origin, adapted.visibility) = ("《灯塔下的路》教案（渔村版）", "adapted", .city)
        _ = try await write(adapted, on: "SYW31-01-03", by: zhao, at: border, adapting: first)
        let waiting = ItemContent(title: "《捡贝壳的孩子》导学案", type: "study-guide", nodes: [], isStated: true)
        let pending = try await write(waiting, on: "SYW31-01-02", by: wang, at: experimental)
        let office = platform.resources.office
        try await platform.database.write { [now] db in
            try ReviewService(db, by: wang, now: now, office: office).submit(pending)
        }
        try await push([first, second], tell)
        tell("textbooks, and resources of the cast: published, waiting, adapted")
    }

    /// 周教研员 sends what is published of a lesson to every class of the grade.
    private func push(_ items: [ID<Item>], _ tell: @Sendable (String) -> Void) async throws {
        let city = try await platform.database.read { try OrganisationStore($0).city() }
        guard let city else { return }
        do {
            try await platform.resources.send(
                items, on: "SYW31-01-03", toGradeBelow: city.id, by: try await user("zhou"))
        } catch DomainError.invalid { tell("no class of the grade to send resources to") }
    }

    private func choose(from year: Int) async throws {
        let now = now
        try await platform.database.write { db in
            guard let city = try OrganisationStore(db).city() else { return }
            for (stage, subject) in [("2", "13"), ("2", "14"), ("2", "41"), ("3", "13"), ("3", "14"), ("3", "16")] {
                let key = TextbookKey(stage: stage, subject: subject, edition: "示例版", grade: "", volume: "")
                try ResourcesModule.choose(key, at: city.id, from: year, by: DemoCity.actor, now: now, on: db)
            }
        }
    }

    func user(_ login: String) async throws -> CurrentUser {
        let now = now, found = try await platform.database.read { try AccountStore($0).find(login: login, at: now) }
        guard let account = found else { throw DomainError.notFound }
        let grants = account.shownGrants(on: now.day).map {
            EffectiveGrant(
                role: $0.role.rawValue, organisation: $0.organisation, path: $0.path, permissions: $0.role.permissions)
        }
        return CurrentUser(account: account.id, person: account.person, name: account.name, grants: grants)
    }

    /// A draft with a small text file.
    private func write(
        _ content: ItemContent, on code: String, by user: CurrentUser, at school: Organisation,
        adapting parent: ID<Item>? = nil
    ) async throws -> ID<Item> {
        let files = platform.files, now = now
        let path = platform.configuration.dataFolder + "/uploads/\(Identifiers.next()).txt"
        try Data("\(content.title)\n\n\(content.summary)\n".utf8).write(to: URL(fileURLWithPath: path))
        let kept = try files.keep(fileAt: path)
        try FileManager.default.removeItem(atPath: path)
        return try await platform.database.write { db in
            guard let node = try TextbookStore(db).node(code: code) else { throw DomainError.notFound }
            var content = content
            content.nodes = [node.id.rawValue]
            let name = content.title + ".txt"
            let file = try files.record(
                sha256: kept.sha256, size: kept.size, name: name, by: user.name, now: now, on: db)
            return try ItemService(db, by: user, now: now).create(
                content, at: school, files: [NewItemFile(file: file, name: name)], adapting: parent)
        }
    }

    /// Handed in and passed by the reviewers in turn, as long as it waits.
    func publish(
        _ content: ItemContent, on code: String, by user: CurrentUser, at school: Organisation,
        _ reviewers: [CurrentUser]
    ) async throws -> ID<Item> {
        let id = try await write(content, on: code, by: user, at: school), now = now
        let office = platform.resources.office
        try await platform.database.write { db in
            try ReviewService(db, by: user, now: now, office: office).submit(id)
            for reviewer in reviewers {
                let service = ReviewService(db, by: reviewer, now: now, office: office)
                guard try service.isWaiting(id) else { continue }
                let item = try ItemStore(db).find(id, for: ResourceViewer(reviewer))
                try service.decide(id, at: item.revision, .passed, remark: "")
            }
        }
        return id
    }
}
