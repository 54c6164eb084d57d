import Database
import Directory
import Kernel
import Platform
import Web

/// The desk of reviewers, and the deeds of authors and reviewers on the way of a resource.
struct ReviewRoutes: Sendable {
    let database: Database
    let office: ReviewOffice
    /// Shows the page of a resource again when a deed is refused.
    let items: ItemRoutes

    private static let longest = 200

    func add(to routes: inout Routes) {
        let one = ItemPages.root + "/:id", writes = Access.can(.itemWrite), reviews = Access.can(.itemReview)
        routes.get(ReviewPages.root, access: reviews, desk)
        routes.post(one + "/submission", access: writes) { request in
            try await deed(request, done: "已提交，等待审核") { try $0.submit($1) }
        }
        routes.post(one + "/withdrawal", access: writes) { request in
            try await deed(request, done: "已撤回，可以修改后再提交") { try $0.withdraw($1) }
        }
        routes.post(one + "/claim", access: reviews) { request in
            try await deed(request, done: "已认领") { try $0.claim($1) }
        }
        routes.post(one + "/release", access: reviews) { request in
            try await deed(request, done: "已放弃认领") { try $0.release($1) }
        }
        routes.post(one + "/review", access: reviews, decide)
        routes.post(one + "/takedown", access: reviews, takeDown)
        routes.post(one + "/restoration", access: reviews) { request in
            try await deed(request, done: "已恢复") { try $0.restore($1) }
        }
    }

    @Sendable private func desk(_ request: WebRequest) async throws -> WebResponse {
        if let asked = request.query.text("state").flatMap(ItemPages.Desk.init(rawValue:)) {
            return try await decided(asked, request)
        }
        let user = try request.user, scope = user.scope(of: .itemReview), today = Timestamp.now.day
        let own = ReviewRoutes.rank(of: user), levels = ReviewLevel.allCases.filter { $0 <= own }
        var filter = DeskFilter()
        filter.level = request.query.text("level").flatMap(ReviewLevel.init(rawValue:)) ?? own
        filter.area = request.query.text("area") ?? ""
        if request.query["show"] == "mine" { filter.claimedBy = user.account }
        if request.query["show"] == "late" { filter.lateOn = today }
        let hidden = try await hidden(from: user, on: today)
        if request.query["show"] != "all" { filter.hidden = hidden }
        let table = ReviewPages.table(on: today), query = table.query(request.query), asked = filter
        let after = query.after.flatMap { cursor in cursor.value.map { (due: $0, id: cursor.id) } }
        let (rows, total, view) = try await database.read(isLong: query.format != nil) { db in
            let store = DeskStore(db)
            let rows = try store.list(asked, within: scope, after: after, limit: query.fetchLimit)
            var everything = DeskFilter()
            let waiting = try levels.map { level in
                everything.level = level
                return (level: level, waiting: try store.count(everything, within: scope))
            }
            let view = ReviewPages.Desk(
                level: asked.level, levels: waiting, areas: try store.areas(asked.level, within: scope), today: today,
                mayEditWords: user.may(.wordsEdit), mayAssign: user.may(.reviewAssign), isNarrowed: !hidden.isEmpty)
            return (rows, try store.count(asked, within: scope), view)
        }
        if let format = query.format {
            return try table.download(rows, as: format, name: "待审资源-\(asked.level.title)", with: request.exporter)
        }
        let slice = query.page(
            rows, total: min(total, DeskStore.mostCounted), isTotalBounded: total > DeskStore.mostCounted
        ) { ($0.step.due.iso, $0.step.id.rawValue) }
        return .html(ReviewPages.desk(view, slice, request))
    }

    /// Subjects of her places that others review and she does not.
    private func hidden(from user: CurrentUser, on day: LocalDate) async throws -> [String] {
        let places = Set(user.grants.filter { $0.permissions.contains(.itemReview) }.map(\.organisation)).sorted()
        let given = try await database.read { try ReviewAreaStore($0).list(at: places) }
        guard given.contains(where: { $0.account == user.account }) else { return [] }
        var active: Set<ID<Account>> = []
        for place in places {
            active.formUnion(
                try await office.reviewers.holders(of: .itemReview, at: place, on: day).map(\.account))
        }
        return DeskNarrowing.hidden(from: user.account, given, active: active)
    }

    /// The widest level of the user's own.
    private static func rank(of user: CurrentUser) -> ReviewLevel {
        user.scope(of: .itemReview).roots.compactMap { ReviewLevel.of(user, at: $0) }.max() ?? .school
    }

    /// What was published or taken down within the user's scope.
    private func decided(_ desk: ItemPages.Desk, _ request: WebRequest) async throws -> WebResponse {
        let viewer = ResourceViewer(try request.user), query = ItemPages.reviews.query(request.query)
        var filter = ItemStore.Filter()
        (filter.within, filter.states) = (viewer.reviews, desk == .published ? [.published] : [.takenDown])
        let found = try await items.lines(filter, viewer, query)
        if let format = query.format {
            return try ItemPages.reviews.download(
                found.rows, as: format, name: "资源-\(desk.title)", with: request.exporter)
        }
        return .html(ReviewPages.decided(items.slice(found, query), desk, request))
    }

    /// Runs a deed and comes back to the page; what was typed stays when it is refused.
    private func deed(
        _ request: WebRequest, done: String,
        _ body: @escaping @Sendable (ReviewService, ID<Item>) throws -> Void
    ) async throws -> WebResponse {
        let id: ID<Item> = try request.id("id"), user = try request.user, now = Timestamp.now
        let address = request.remoteAddress, office = office
        do {
            try await database.write {
                let service = ReviewService($0, by: user, address: address, now: now, office: office)
                try service.expectSeen(id)
                try body(service, id)
            }
        } catch DomainError.invalid(let problems) {
            return try await items.show(request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await items.show(request, warning: words, status: 409)
        }
        return .redirect(ItemPages.path(id), flash: Flash(.done, done))
    }

    private static let outcomes: [String: ReviewOutcome] = ["yes": .passed, "no": .returned, "refuse": .refused]

    @Sendable private func decide(_ request: WebRequest) async throws -> WebResponse {
        let outcome = ReviewRoutes.outcomes[request.form["decision"] ?? ""]
        let revision = Int(request.form["revision"] ?? "") ?? 0
        let remark = request.form["remark"] ?? ""
        let done = outcome == .passed ? "已通过" : outcome == .returned ? "已退回" : "已记为不予通过"
        return try await deed(request, done: done) { service, id in
            var problems: [FieldProblem] = []
            if outcome == nil { problems.append(FieldProblem(field: "decision", message: "选择意见")) }
            if outcome != nil && outcome != .passed && remark.isEmpty {
                problems.append(FieldProblem(field: "remark", message: "退回时写明原因"))
            }
            if remark.unicodeScalars.count > ReviewRoutes.longest {
                problems.append(FieldProblem(field: "remark", message: "说明不能超过 \(ReviewRoutes.longest) 个字"))
            }
            guard problems.isEmpty, let outcome else { throw DomainError.invalid(problems) }
            try service.decide(id, at: revision, outcome, remark: remark)
        }
    }

    @Sendable private func takeDown(_ request: WebRequest) async throws -> WebResponse {
        let reason = request.form["reason"] ?? ""
        return try await deed(request, done: "已下架") { service, id in
            if reason.isEmpty { throw DomainError.invalid("reason", "写明下架的原因") }
            if reason.unicodeScalars.count > ReviewRoutes.longest {
                throw DomainError.invalid("reason", "原因不能超过 \(ReviewRoutes.longest) 个字")
            }
            try service.takeDown(id, reason: reason)
        }
    }
}
