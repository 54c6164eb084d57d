import Database
import Directory
import Kernel
import Platform
import Web

/// `/children/:id/consents` and `/consents`: what guardians decide for children, and pupils from 14 on themselves.
struct ConsentRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        // The relation alone opens them: whoever agreed must be able to take back when the child has left the city's schools
        // and the role of guardians has ended with that.
        routes.get("/children/:id/consents", access: .signedIn) { try await show($0) }
        routes.post("/children/:id/consents", access: .signedIn, decide)
        routes.get(ConsentPages.ownPath, access: .signedIn) { try await show($0) }
        routes.post(ConsentPages.ownPath, access: .signedIn, decide)
        routes.get("/consents/texts/:code/versions/:version", access: .signedIn, text)
    }

    /// The child that the address names, with what makes the user a guardian of hers; without one, the user herself.
    /// Throws `DomainError.notFound` unless the relation is confirmed and holds.
    private static func subject(
        _ request: WebRequest, on day: LocalDate, _ db: Connection
    ) throws -> (child: ID<Person>, guardianship: Guardianship?) {
        let user = try request.user
        guard request.parameters["id"] != nil else { return (user.person, nil) }
        let id: ID<Person> = try request.id("id")
        let relation = try GuardianshipStore(db).children(of: user.person, on: day).first { $0.child == id }
        guard let relation, relation.givesAccess(on: day) else { throw DomainError.notFound }
        return (id, relation)
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, day = now().day, crypto = crypto
        let (model, children) = try await database.read { db -> (ConsentPages.Model?, [Guardianship]) in
            let (child, relation) = try ConsentRoutes.subject(request, on: day, db)
            // Whoever never was a pupil decides nothing here about herself.
            if relation == nil, try EnrolmentStore(db).history(of: child).isEmpty {
                let children = try GuardianshipStore(db).children(of: user.person, on: day)
                return (nil, children.filter { $0.givesAccess(on: day) })
            }
            let sheet = try ConsentSheet(child, on: day, db, crypto)
            let model = ConsentPages.Model(
                sheet: sheet, viewer: user.person, isOwn: relation == nil,
                hasChildPage: user.may(.childView), chosen: request.query.text("chosen"))
            return (model, [])
        }
        let page =
            model.map { ConsentPages.show($0, request.page, problems: problems) }
            ?? ConsentPages.none(children, request.page)
        return WebResponse.html(page, status: status).with(header: "cache-control", "no-store")
    }

    /// Agreeing needs fresh proof of who is there; refusing and taking back must be as easy as can be.
    @Sendable private func decide(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = now(), crypto = crypto, form = request.form
        let actor = AuditActor(user, address: request.remoteAddress)
        guard let word = form.text("answer").flatMap(ConsentAnswer.Word.init(rawValue:)),
            let code = form.text("purpose")
        else { throw DomainError.notFound }
        let version = form.text("version").flatMap { Int($0) }
        do {
            let child = try await database.read { try ConsentRoutes.subject(request, on: now.day, $0).child }
            let path = request.parameters["id"] == nil ? ConsentPages.ownPath : ConsentPages.path(child)
            if word == .yes, let proof = request.proofNeeded(back: path + "?chosen=" + URLCoding.encode(code)) {
                return proof
            }
            try await database.write { db in
                let (child, relation) = try ConsentRoutes.subject(request, on: now.day, db)
                if relation == nil, try EnrolmentStore(db).history(of: child).isEmpty { throw DomainError.notFound }
                try ConsentService(db, crypto, by: actor, now: now)
                    .say(word, to: code, version: version, about: child, by: user.person, as: relation)
            }
            let done = word == .withdrawn ? "已撤回，马上生效" : "已记录：\(word.title)"
            return .redirect(path, flash: Flash(.done, done))
        } catch DomainError.conflict(let text) {
            return try await show(request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }

    @Sendable private func text(_ request: WebRequest) async throws -> WebResponse {
        let code = try request.parameter("code"), number = Int(try request.parameter("version")), day = now().day
        let (purpose, versions) = try await database.read { db in
            let store = ConsentPurposeStore(db)
            return (try store.find(code, on: day), try store.versions(of: code))
        }
        guard let purpose, let version = versions.first(where: { $0.number == number }) else {
            throw DomainError.notFound
        }
        return .html(ConsentPages.text(purpose, version, request.page))
    }
}
