import Database
import Directory
import Kernel
import Platform
import Web

/// `/resources/contributions`: the board, the rows behind its figures, and whether somebody wants to be named on it.
struct ContributionRoutes: Sendable {
    let database: Database

    func add(to routes: inout Routes) {
        routes.get(ContributionPages.root, access: .can(.coverageView), board)
        routes.get(ContributionPages.root + "/rows", access: .can(.coverageView), rows)
        routes.post(ContributionPages.root + "/naming", access: .can(.itemWrite), name)
    }

    /// Where the viewer may ask: her own places, and for the figures of schools the county and the city above them.
    private static func places(of user: CurrentUser, _ db: Connection) throws -> [Organisation] {
        let store = OrganisationStore(db), scope = user.scope(of: .coverageView)
        var found = try scope.roots.flatMap { try store.lineage(of: $0) }
        found += try store.all(within: scope, kinds: [.city, .municipal, .county])
        var seen: Set<OrganisationID> = []
        return found.filter { $0.kind != .town && seen.insert($0.id).inserted }.sorted { $0.path < $1.path }
    }

    private static func place(
        _ values: FormValues, among places: [Organisation], _ user: CurrentUser, _ db: Connection
    ) throws -> Organisation {
        let scope = user.scope(of: .coverageView)
        guard let asked = values.text("place") else {
            let own = places.first { place in scope.roots.contains { $0 == place.path } }
            guard let first = own ?? places.first else { throw DomainError.notFound }
            return first
        }
        if let known = places.first(where: { $0.id.rawValue == asked }) { return known }
        guard let id = OrganisationID(checking: asked) else { throw DomainError.notFound }
        return try OrganisationStore(db).find(id, within: scope)
    }

    static func period(_ values: FormValues, on today: LocalDate) -> ContributionPeriod {
        let now = SchoolYear(containing: today), asked = values.text("year").flatMap { Int($0) }
        let year = asked.flatMap { (2000...now.start).contains($0) ? SchoolYear(start: $0) : nil } ?? now
        return ContributionPeriod(
            year: year, half: values.text("half").flatMap(ContributionPeriod.Half.init(rawValue:)))
    }

    @Sendable private func board(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day, values = request.query
        let scope = user.scope(of: .coverageView), period = ContributionRoutes.period(values, on: today)
        let measure = values.text("measure").flatMap(Contribution.Kind.init(rawValue:)) ?? .published
        let asked = values.text("by").flatMap(ContributionBoard.Subject.init(rawValue:))
        // People of a county are counted contribution by contribution.
        let isLong = values.has("format") || asked == .person && !scope.roots.allSatisfy(ResourceViewer.isNarrow)
        let view = try await database.read(isLong: isLong) { db in
            let places = try ContributionRoutes.places(of: user, db)
            let place = try ContributionRoutes.place(values, among: places, user, db)
            let subjects = ContributionBoard.subjects(of: place, within: scope)
            guard let first = subjects.first else { throw DomainError.notFound }
            let subject = asked.flatMap { subjects.contains($0) ? $0 : nil } ?? first
            return ContributionPages.View(
                place: place, places: places, subjects: subjects,
                board: try ContributionBoard(subject, of: place, by: measure, period, for: user, db), today: today,
                isUnnamed: user.may(.itemWrite) ? try ContributionStore(db).isUnnamed(user.person) : nil)
        }
        let table = ContributionPages.table(view.board), query = table.query(values)
        if let format = query.format {
            return try table.download(
                view.board.lines, as: format, name: "贡献榜-\(view.place.name)-\(period.title)", with: request.exporter)
        }
        let start = query.place
        let numbered = Array(view.board.lines.enumerated().dropFirst(start).prefix(query.fetchLimit))
        let slice = query.page(numbered, total: view.board.lines.count) { (nil, String($0.offset + 1)) }
        return .html(ContributionPages.board(view, table, slice.map(\.element), request))
    }

    @Sendable private func rows(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, values = request.query
        let period = ContributionRoutes.period(values, on: Timestamp.now.day)
        var filter = ContributionStore.Filter(period: period)
        filter.kind = values.text("kind").flatMap(Contribution.Kind.init(rawValue:)) ?? .published
        filter.person = values.text("person").flatMap { ID<Person>(checking: $0) }
        (filter.area, filter.group) = (values.text("area") ?? "", values.text("group") ?? "")
        let table = ContributionPages.rows, query = table.query(values), asked = filter
        let after = query.after.flatMap { cursor -> (at: Int64, item: String, by: String)? in
            let parts = cursor.id.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let at = cursor.value.flatMap({ Int64($0) }), parts.count == 2 else { return nil }
            return (at, parts[0], parts[1])
        }
        let limit = query.fetchLimit
        // Those of a county or the city are counted row by row.
        let isLong =
            query.format != nil || !user.scope(of: .coverageView).roots.allSatisfy(ResourceViewer.isNarrow)
        let (rows, total, place) = try await database.read(isLong: isLong) { db in
            let places = try ContributionRoutes.places(of: user, db), store = ContributionStore(db)
            let place = try ContributionRoutes.place(values, among: places, user, db)
            var filter = asked
            filter.scope = DataScope([place.path])
            if let person = filter.person {
                let isKnown =
                    try person == user.person || user.may(.itemReview, at: place.path)
                    || !store.isUnnamed(person)
                guard isKnown, user.may(.coverageView, at: place.path) else { throw DomainError.notFound }
            }
            return (
                try store.rows(filter, for: ResourceViewer(user), after: after, limit: limit), try store.count(filter),
                place
            )
        }
        let title = "\(filter.kind.title)的资源"
        if let format = query.format {
            return try table.download(
                rows, as: format, name: "\(title)-\(place.name)-\(period.title)", with: request.exporter)
        }
        let most = ContributionStore.mostCounted
        let slice = query.page(rows, total: min(total, most), isTotalBounded: total > most) {
            (String($0.at.milliseconds), "\($0.item)-\($0.by?.rawValue ?? "")")
        }
        return .html(ContributionPages.rows(slice, title, place, period, request))
    }

    @Sendable private func name(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, isUnnamed = request.form["named"] == "0", now = Timestamp.now
        let actor = AuditActor(user, address: request.remoteAddress)
        try await database.write { db in
            let store = ContributionStore(db)
            guard try store.isUnnamed(user.person) != isUnnamed else { return }
            try store.setUnnamed(isUnnamed, user.person, now: now)
            try AuditLog.record(
                isUnnamed ? "contribution.unnamed" : "contribution.named", user.person.rawValue, by: actor, now: now,
                on: db)
        }
        return .redirect(
            user.may(.coverageView) ? ContributionPages.root : ItemPages.root + "/mine",
            flash: Flash(.done, isUnnamed ? "贡献榜不再公开你的姓名" : "贡献榜公开你的姓名"))
    }
}
