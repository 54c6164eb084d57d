import Database
import Directory
import Kernel
import Platform
import Web

/// `/staff-teams`: who is in the three teams, with the counts of each unit.
struct StaffTeamRoutes: Sendable {
    let database: Database

    func routes() -> Routes {
        var routes = Routes(module: "affairs")
        routes.get(StaffTeamPages.root, access: .can(.classAll), list)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .classAll), today = Timestamp.now.day
        let day = min(request.query.text("on").flatMap { LocalDate(iso: $0) } ?? today, today)
        let team = request.query.text("team").flatMap(StaffTeam.init(rawValue:))
        let (all, places) = try await database.read { db in
            (
                try StaffTeamStore(db).members(within: scope, on: day),
                try OrganisationStore(db).places().filter { $0.kind == .county || $0.kind == .municipal }
            )
        }
        let members = team.map { team in all.filter { $0.team == team } } ?? all
        let model = StaffTeamPages.Model(
            members: members, counts: StaffTeamCount.list(all, places), day: day, team: team)
        if let format = TableFormat(query: request.query) {
            let actor = AuditActor(user, address: request.remoteAddress)
            try await database.write { db in
                try AuditLog.record(
                    "staff_teams.exported", "", by: actor, at: scope.roots.first ?? .city, "\(members.count) 人",
                    now: .now, on: db)
            }
            return try StaffTeamPages.table(places).download(members, as: format, with: request.exporter)
        }
        return .html(StaffTeamPages.list(model, places, request.page, request.query))
    }
}

/// How many of each team a county or 市直 has.
struct StaffTeamCount: Sendable {
    let unit: String
    let counts: [StaffTeam: Int]

    static func list(_ members: [TeamMember], _ places: [Organisation]) -> [StaffTeamCount] {
        places.compactMap { place in
            let own = members.filter { place.path.contains($0.path) }
            if own.isEmpty { return nil }
            return StaffTeamCount(
                unit: place.name, counts: Dictionary(own.map { ($0.team, 1) }, uniquingKeysWith: +))
        }
    }
}
