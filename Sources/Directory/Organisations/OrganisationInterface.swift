import Database
import Foundation
import Kernel
import Web

/// The tree for other systems: `GET /api/v1/organisations` and `GET /api/v1/organisations/:id`.
struct OrganisationInterface: Sendable {
    let database: Database
    static let standardLimit = 200
    static let limits = 1...1000

    func routes() -> Routes {
        var routes = Routes(module: "directory")
        routes.api(
            .get, "/organisations", access: .can(.organisationView),
            summary: "组织列表，按建立先后；参数 after（上一页最后一个 id）、limit（1 到 1000）、kind", list)
        routes.api(
            .get, "/organisations/:id", access: .can(.organisationView), summary: "一个组织，含上级和变更记录", show)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .organisationView)
        let asked = try Asked(request.query)
        let found = try await database.read { db in
            try OrganisationStore(db).slice(
                within: scope, kinds: asked.kinds, after: asked.after, limit: asked.limit + 1)
        }
        let items = found.prefix(asked.limit)
        let next = found.count > asked.limit ? items.last?.id.rawValue : nil
        return try .json(OrganisationListDocument(organisations: items.map(OrganisationDocument.init), next: next))
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .organisationView)
        let id: OrganisationID = try request.id("id")
        let document = try await database.read { db in
            let store = OrganisationStore(db)
            let organisation = try store.find(id, within: scope)
            let lineage = try store.lineage(of: organisation.path).filter { scope.contains($0.path) }.dropLast()
            return OrganisationDetailDocument(
                organisation: OrganisationDocument(organisation), lineage: lineage.map(OrganisationDocument.init),
                history: try store.history(of: id).map(OrganisationVersionDocument.init))
        }
        return try .json(document)
    }

    /// The query of the list; what cannot be read is told, not guessed.
    private struct Asked: Sendable {
        let after: OrganisationID?
        let limit: Int
        let kinds: [OrganisationKind]

        init(_ query: FormValues) throws {
            var problems: [FieldProblem] = []
            let after = query.text("after"), limit = query.text("limit"), kind = query.text("kind")
            self.after = after.flatMap { OrganisationID(checking: $0) }
            if after != nil, self.after == nil {
                problems.append(FieldProblem(field: "after", message: "after 应为一个 id"))
            }
            let number = limit.map { Int($0) ?? 0 } ?? OrganisationInterface.standardLimit
            self.limit = number
            if !OrganisationInterface.limits.contains(number) {
                problems.append(FieldProblem(field: "limit", message: "limit 应为 1 到 1000"))
            }
            let known = kind.flatMap(OrganisationKind.init(rawValue:))
            if kind != nil, known == nil { problems.append(FieldProblem(field: "kind", message: "没有这种 kind")) }
            kinds = known.map { [$0] } ?? OrganisationKind.allCases
            if !problems.isEmpty { throw DomainError.invalid(problems) }
        }
    }
}

/// One organisation in JSON; what is not known is left out.
struct OrganisationDocument: Encodable, Sendable {
    let id: String
    let kind: String
    let code: String?
    let name: String
    let parent: String?
    let schoolType: String?
    let urbanRural: String?
    let isCentral: Bool?
    /// The bureau's decision, otherwise by the code.
    let area: String?
    let openedOn: String?
    let closedOn: String?
    let mergedInto: String?

    init(_ organisation: Organisation) {
        (id, kind, code) = (organisation.id.rawValue, organisation.kind.rawValue, organisation.code)
        (name, parent) = (organisation.name, organisation.parent?.rawValue)
        let profile = organisation.profile
        (schoolType, urbanRural) = (profile?.schoolType, profile?.urbanRural)
        (isCentral, area) = (profile?.isCentral, profile?.area()?.rawValue)
        (openedOn, closedOn) = (organisation.openedOn?.iso, organisation.closedOn?.iso)
        mergedInto = organisation.mergedInto?.rawValue
    }
}

struct OrganisationListDocument: Encodable, Sendable {
    let organisations: [OrganisationDocument]
    /// What to send as `after`; missing at the end.
    let next: String?
}

struct OrganisationDetailDocument: Encodable, Sendable {
    let organisation: OrganisationDocument
    /// From the top of the asker's scope down to the parent.
    let lineage: [OrganisationDocument]
    /// Oldest first.
    let history: [OrganisationVersionDocument]
}

struct OrganisationVersionDocument: Encodable, Sendable {
    let validFrom: String
    let name: String
    let schoolType: String?
    let urbanRural: String?
    let isCentral: Bool?
    let isClosed: Bool
    let recordedAt: String

    init(_ version: OrganisationVersion) {
        (validFrom, name, isClosed) = (version.validFrom.iso, version.name, version.isClosed)
        (schoolType, urbanRural) = (version.profile?.schoolType, version.profile?.urbanRural)
        (isCentral, recordedAt) = (version.profile?.isCentral, version.recordedAt.rfc3339)
    }
}

extension WebResponse {
    fileprivate static func json(_ document: some Encodable) throws -> WebResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .json(Array(try encoder.encode(document)))
    }
}
