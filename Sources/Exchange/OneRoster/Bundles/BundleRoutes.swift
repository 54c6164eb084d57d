import Kernel
import Platform
import Web

extension Permission {
    /// Manage the exchange of data with other systems.
    static let feedManage: Permission = "exchange.feed.manage"
}

/// `/exchange/oneroster`: rosters as a file, for systems that cannot ask for them.
struct BundleRoutes: Sendable {
    let export: BundleExport
    /// Where the archive waits until it is sent.
    let folder: String
    var now: @Sendable () -> Timestamp = { .now }

    func add(to routes: inout Routes) {
        routes.get(BundlePages.root, access: .can(.feedManage)) { .html(BundlePages.show($0.page)) }
        routes.post(BundlePages.root, access: .can(.feedManage), write)
    }

    @Sendable private func write(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, moment = now()
        if let proof = request.proofNeeded(back: BundlePages.root, now: moment) { return proof }
        var order = BundleExport.Order(scope: user.scope(of: .feedManage))
        order.hasDemographics = request.form.has("demographics")
        if let text = request.form.text("since") {
            guard let day = LocalDate(iso: text), day <= moment.day else {
                let problem = FieldProblem(field: "since", message: "填写今天或以前的日期，如 2026-09-01")
                return .html(BundlePages.show(request.page, values: request.form, problems: [problem]), status: 422)
            }
            order.since = Timestamp(startOf: day)
        }
        let path = folder + "/oneroster-" + Identifiers.next() + ".zip"
        try await export.write(order, to: path, at: moment, by: AuditActor(user, address: request.remoteAddress))
        let name = order.since == nil ? "OneRoster名册-全部-\(moment.day.iso).zip" : "OneRoster名册-变化-\(moment.day.iso).zip"
        return .download(path: path, name: name, contentType: "application/zip", temporary: true)
    }
}
