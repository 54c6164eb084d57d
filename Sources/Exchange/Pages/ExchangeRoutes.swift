import Database
import Directory
import Kernel
import Platform
import Web

extension Permission {
    /// See the ledger of the exchange at one's organisations, and the quality of its data.
    package static let exchangeReportView: Permission = "exchange.report.view"
    /// Register receivers, and who answers for whose data.
    package static let exchangeFeedManage: Permission = "exchange.feed.manage"
}

/// `/exchange`: the ledger, receivers and their differences.
struct ExchangeRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let now: @Sendable () -> Timestamp
    private static let mostLines = 200
    private static let pageLength = 50

    private var service: ReceiverService { ReceiverService(database: database, crypto: crypto, now: now) }

    func add(to routes: inout Routes) {
        routes.get("/exchange", access: .can(.exchangeReportView), home)
        routes.get("/exchange/receivers", access: .can(.exchangeFeedManage), list)
        routes.get("/exchange/receivers/new", access: .can(.exchangeFeedManage)) { try await newForm($0) }
        routes.post("/exchange/receivers/new", access: .can(.exchangeFeedManage), add)
        routes.get("/exchange/receivers/:id", access: .can(.exchangeFeedManage), show)
        routes.post("/exchange/receivers/:id/switch", access: .can(.exchangeFeedManage), setOn)
        routes.post("/exchange/receivers/:id/comparison", access: .can(.exchangeFeedManage), compare)
    }

    @Sendable private func home(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .exchangeReportView), today = now().day
        let after = request.query.text("after"), crypto = crypto
        let (runs, quality, unknown) = try await database.read { db in
            (
                try ExchangeRunStore(db).list(within: scope, after: after, limit: ExchangeRoutes.pageLength + 1),
                try QualityStore(db).scores(within: scope, today: today),
                try RawValueStore(db, crypto).list(within: scope, limit: ExchangeRoutes.mostLines)
            )
        }
        let shown = Array(runs.prefix(ExchangeRoutes.pageLength))
        let next = runs.count > shown.count ? shown.last?.id : nil
        let page = Page(items: shown, total: shown.count, isTotalBounded: next != nil, next: next)
        return .html(
            ExchangePages.home(
                page, quality, unknown, mayManage: user.may(.exchangeFeedManage), request.page, request.query))
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exchangeFeedManage), crypto = crypto
        let all = try await database.read { try ReceiverStore($0, crypto).list(within: scope) }
        return .html(ExchangePages.list(all, request.page))
    }

    private func newForm(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exchangeFeedManage)
        let places = try await database.read { try OrganisationStore($0).all(within: scope) }
        let options = places.map { SelectOption($0.id.rawValue, $0.name) }
        let page = ExchangePages.new(options, ReceiverForm(request.form), problems, request.page)
        return .html(page, status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func add(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, actor = AuditActor(user, address: request.remoteAddress)
        do {
            let receiver = try await service.add(ReceiverForm(request.form), for: user, by: actor)
            return .redirect(ExchangePages.path(receiver.id), flash: Flash(.done, "\(receiver.name)已保存，开始下发人员"))
        } catch DomainError.invalid(let problems) {
            return try await newForm(request, problems: problems)
        }
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exchangeFeedManage), crypto = crypto
        let id: ReceiverID = try request.id("id")
        let view = try await database.read { db in
            let store = ReceiverStore(db, crypto)
            return ExchangePages.ReceiverView(
                receiver: try store.find(id, within: scope), counts: try store.counts(id),
                failures: try store.failures(id, limit: ExchangeRoutes.mostLines),
                differences: try DifferenceStore(db).list(id, limit: ExchangeRoutes.mostLines))
        }
        return .html(ExchangePages.show(view, request.page))
    }

    @Sendable private func setOn(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ReceiverID = try request.id("id"), isOn = request.form["on"] == "1"
        try await service.setOn(isOn, id, for: user, by: AuditActor(user, address: request.remoteAddress))
        return .redirect(ExchangePages.path(id), flash: Flash(.done, isOn ? "已启用" : "已停用"))
    }

    @Sendable private func compare(_ request: WebRequest) async throws -> WebResponse {
        let job = try await service.compare(try request.id("id"), for: request.user)
        return .redirect("/jobs/\(job)")
    }
}
