import Database
import Directory
import Kernel
import Platform
import Web

/// `/privacy/consents`: how consents stand, in figures.
struct ConsentCountRoutes: Sendable {
    let database: Database
    let census: ConsentCensus
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get(ConsentCountPages.path, access: .can(.consentManage), show)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .consentManage), now = now(), day = now.day, census = census
        let asked = request.query.text("purpose"), place = request.query.text("school")
        let (model, rows) = try await database.read(isLong: true) { db in
            let open = try ConsentPurposeStore(db).open(on: day).filter(\.isAsked)
            let purpose = open.first { $0.code == asked } ?? open.first
            let school = try ConsentCountRoutes.school(place, within: scope, db)
            let rows =
                try school.map { try ConsentCountRoutes.classes(of: $0, purpose, day, user, db) }
                ?? ConsentCountRoutes.schools(within: scope, purpose, census, now, db)
            let total = rows.reduce(ConsentCount()) { $0 + $1.count }
            return (
                ConsentCountPages.Model(purposes: open, purpose: purpose, school: school, total: total), rows
            )
        }
        let table = ConsentCountPages.table(model), query = table.query(request.query)
        if let format = query.format { return try table.download(rows, as: format, with: request.exporter) }
        let start = query.after.flatMap { after in rows.firstIndex { $0.id == after.id } }.map { $0 + 1 } ?? 0
        let slice = query.page(Array(rows.dropFirst(start).prefix(query.fetchLimit)), total: rows.count) {
            (value: nil, id: $0.id)
        }
        return .html(ConsentCountPages.show(model, slice, request.page, request.query))
    }

    /// The school asked for; that of the user when she has a single one. Throws `DomainError.notFound` outside the scope.
    private static func school(
        _ text: String?, within scope: DataScope, _ db: Connection
    ) throws -> Organisation? {
        let store = OrganisationStore(db)
        if let text {
            guard let id = OrganisationID(checking: text) else { throw DomainError.notFound }
            let found = try store.find(id, within: scope)
            guard found.kind.isSchool else { throw DomainError.notFound }
            return found
        }
        guard scope.roots.count == 1, let root = scope.roots.first else { return nil }
        let last = try store.lineage(of: root).last
        let below = try store.all(within: scope).count { $0.kind.isSchool }
        return below == 1 ? last.flatMap { $0.kind.isSchool ? $0 : nil } : nil
    }

    private static func schools(
        within scope: DataScope, _ purpose: ConsentPurpose?, _ census: ConsentCensus, _ now: Timestamp, _ db: Connection
    ) throws -> [ConsentCountPages.Row] {
        guard let purpose else { return [] }
        let counts = try census.counts(within: scope, of: [purpose], at: now, db)
        return try OrganisationStore(db).all(within: scope).filter(\.kind.isSchool).map { school in
            ConsentCountPages.Row(
                id: school.id.rawValue, name: school.name,
                url: "\(ConsentCountPages.path)?school=\(school.id)&purpose=\(purpose.code)",
                count: counts[school.id]?[purpose.code] ?? ConsentCount())
        }
    }

    private static func classes(
        of school: Organisation, _ purpose: ConsentPurpose?, _ day: LocalDate, _ user: CurrentUser, _ db: Connection
    ) throws -> [ConsentCountPages.Row] {
        guard let purpose else { return [] }
        let store = ConsentCountStore(db, on: day)
        let populations = try store.populations("o.id = \(school.id)", by: .classGroup)
        let standings = try store.standings(for: [purpose], "o.id = \(school.id)", by: .classGroup)
        let classes = try ClassGroupStore(db).classes(of: school.id, on: day, within: ClassScope(user, on: day))
        return classes.map { classGroup in
            ConsentCountPages.Row(
                id: classGroup.id.rawValue, name: classGroup.name(on: day),
                url: ClassConsentPages.path(classGroup.id) + "?purpose=\(purpose.code)",
                count: ConsentCount(
                    populations[classGroup.id.rawValue] ?? ConsentPopulation(),
                    standings[classGroup.id.rawValue]?[purpose.code] ?? [:]))
        }
    }
}
