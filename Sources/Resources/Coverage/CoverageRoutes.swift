import Database
import Directory
import Kernel
import Web

/// `/resources/coverage`: which lessons have no or weak resources, as one place finds them.
struct CoverageRoutes: Sendable {
    let database: Database

    /// Lessons of one board.
    private static let limit = 20_000

    func add(to routes: inout Routes) {
        routes.get(CoveragePages.root, access: .can(.coverageView), show)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .coverageView)
        let asked = request.query.text("grade_of").flatMap(NodeCoverage.Grade.init(rawValue:))
        let table = CoveragePages.table, query = table.query(request.query)
        let values = request.query
        let view = try await database.read { db in
            let store = TextbookStore(db), keys = try store.keys()
            let places = try CoverageRoutes.places(scope, db)
            let wanted = values.text("organisation")
            guard let place = places.first(where: { $0.id.rawValue == wanted }) ?? places.first else {
                throw DomainError.notFound
            }
            let chosen = try EditionChoiceStore(db).chosen(
                at: [place.path], in: SchoolYear(containing: Timestamp.now.day))
            let filter = CoverageRoutes.filter(values, keys: keys, chosen: chosen)
            let lessons = try store.lessons(filter, limit: CoverageRoutes.limit)
            let rows = NodeCoverage.board(lessons, try CoverageStore(db).facts(filter), at: place.path)
            return CoveragePages.View(
                place: place, places: places, keys: keys, filter: filter, rows: rows, grade: asked, values: values,
                mayCall: user.may(.itemReview, at: place.path))
        }
        let rows = view.rows.filter { asked == nil || $0.grade == asked }
        if let format = query.format {
            return try table.download(rows, as: format, name: "资源覆盖-\(view.place.name)", with: request.exporter)
        }
        let start = query.place
        let numbered = Array(rows.enumerated().dropFirst(start).prefix(query.fetchLimit))
        let slice = query.page(numbered, total: rows.count) { (nil, String($0.offset + 1)) }
        return .html(CoveragePages.show(view, slice.map(\.element), request.page))
    }

    /// The places the user may ask about, in tree order: a teacher begins with her school.
    private static func places(_ scope: DataScope, _ db: Connection) throws -> [Organisation] {
        try OrganisationStore(db).all(within: scope).filter { $0.kind != .town }
    }

    /// What the address asks; without a subject, the first that was chosen here, otherwise the first there is.
    private static func filter(
        _ values: FormValues, keys: [TextbookKey], chosen: [String]
    ) -> TextbookStore.Filter {
        var filter = TextbookRoutes.filter(values)
        if filter.stage.isEmpty && filter.subject.isEmpty && filter.edition.isEmpty,
            let first = keys.first(where: { chosen.contains($0.choiceKey) }) ?? keys.first
        {
            (filter.stage, filter.subject, filter.edition) = (first.stage, first.subject, first.edition)
        }
        return filter
    }
}
