import Contracts
import Database
import Directory
import Kernel
import Platform
import Web

/// 数据交换接口: signed JSON requests by which registered systems follow the city's data sets and tell what they own.
struct CityRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let machines: any MachineAccess
    let reads: ReadTally
    let now: @Sendable () -> Timestamp

    static let path = "/exchange/v1"
    static let mostRecords = 1000

    func add(to routes: inout Routes) {
        routes.endpoint(.get, CityRoutes.path + "/datasets") { await answered($0, "exchange.read", datasets) }
        routes.endpoint(.get, CityRoutes.path + "/:dataset") { await answered($0, "exchange.read", pull) }
        routes.endpoint(.post, CityRoutes.path + "/:dataset", limit: 4 << 20) {
            await answered($0, "exchange.write", push)
        }
    }

    private func answered(
        _ request: WebRequest, _ scope: String,
        _ body: (WebRequest, MachineCaller) async throws -> WebResponse
    ) async -> WebResponse {
        do {
            guard let caller = try await caller(of: request) else {
                return ProblemDocument.response(
                    401, "签名无效", "核对 X-App、X-Ts、X-Nonce 和 X-Sign，时间相差不超过 300 秒，X-Nonce 只用一次。")
            }
            guard caller.scopes.contains(scope) else {
                return ProblemDocument.response(403, "没有这项权限", "在应用登记里申请“\(scope)”。")
            }
            return try await body(request, caller)
        } catch is JSONReader.Malformed {
            return ProblemDocument.response(400, "内容不是 JSON", "请检查后重新提交。")
        } catch DomainError.notFound {
            return ProblemDocument.response(404, "没有找到", "没有这个数据集。")
        } catch DomainError.invalid(let problems) {
            return ProblemDocument.response(
                422, "内容有误", problems.map(\.message).joined(separator: "；"), problems: problems)
        } catch DomainError.unavailable(let text), DomainError.uncertain(let text) {
            return ProblemDocument.response(503, "暂时不能办理", text)
        } catch {
            return ProblemDocument.response(500, "系统出错", "编号 \(request.requestID)")
        }
    }

    /// The system that signed the request; `nil` unless the signature is right, in time and used for the first time.
    private func caller(of request: WebRequest) async throws -> MachineCaller? {
        let now = now()
        guard let signature = RequestSignature(request.headers), signature.isInTime(now),
            let known = try await machines.signer(clientID: signature.application),
            signature.isValid(
                by: known.secrets, method: request.method.rawValue, path: request.path, query: request.query,
                body: request.body)
        else { return nil }
        let isFresh = try await database.write { db in
            try NonceStore(db).use(signature.nonce, of: signature.application, now: now)
        }
        return isFresh ? known.caller : nil
    }

    private static func dataset(_ request: WebRequest) throws -> FeedDataset {
        guard let dataset = FeedDataset(rawValue: try request.parameter("dataset")) else { throw DomainError.notFound }
        return dataset
    }

    private func datasets(_ request: WebRequest, _ caller: MachineCaller) async throws -> WebResponse {
        let sets = FeedDataset.allCases.map { dataset -> JSONValue in
            .members([
                ("name", .text(dataset.rawValue)), ("title", .text(dataset.title)), ("owner", .text(dataset.owner)),
            ])
        }
        return .json(JSONValue.members([("datasets", .list(sets))]).bytes)
    }

    private func pull(_ request: WebRequest, _ caller: MachineCaller) async throws -> WebResponse {
        let dataset = try CityRoutes.dataset(request), now = now(), crypto = crypto
        let since = request.query.text("since") ?? "0", limit = request.query.text("limit") ?? "500"
        guard let after = Int(since), after >= 0 else { throw DomainError.invalid("since", "since 应是上次返回的 next") }
        guard let limit = Int(limit), (1...CityRoutes.mostRecords).contains(limit) else {
            throw DomainError.invalid("limit", "limit 应在 1 到 \(CityRoutes.mostRecords) 之间")
        }
        let isSensitive = caller.scopes.contains("exchange.sensitive")
        try await FeedCollection(database).collect(dataset, now: now)
        if isSensitive, dataset == .students || dataset == .staff {
            try await database.write { db in
                try AuditLog.record(
                    "exchange.sensitive_pulled", caller.application,
                    by: AuditActor(id: nil, name: caller.name, address: request.remoteAddress),
                    at: CityRoutes.place(of: caller), "\(dataset.title)，自 \(after)", now: now, on: db)
            }
        }
        let (answer, people) = try await database.read { db in
            let slice = try FeedStore(db).slice(dataset, within: caller.organisations, after: after, limit: limit)
            let records = try FeedRecordStore(
                db: db, crypto: crypto, scope: caller.organisations, today: now.day, withSensitive: isSensitive
            ).records(dataset, slice.entries)
            let answer = JSONValue.members([
                ("dataset", .text(dataset.rawValue)), ("records", .list(records)), ("next", .text(String(slice.end))),
                ("more", .flag(slice.hasMore)),
            ])
            return (answer, records.filter { $0["deleted"]?.flag != true })
        }
        if isSensitive, dataset == .students || dataset == .staff {
            try await note(dataset, people.count, for: caller, from: request.remoteAddress, now)
        }
        if let kind = ReadKind(dataset) {
            let pupils = dataset == .students ? "src_id" : dataset == .enrolments ? "student" : ""
            reads.note(
                kind, .city, by: caller, records: people.count, pupils: people.compactMap { $0[pupils]?.text }, at: now)
        }
        return .json(answer.bytes).with(header: "cache-control", "no-store")
    }

    /// Sealed data of people leave: without the record nothing is handed over.
    private func note(
        _ dataset: FeedDataset, _ people: Int, for caller: MachineCaller, from address: String, _ now: Timestamp
    ) async throws {
        try await database.write { db in
            guard let place = try OneRosterOrganisationStore.root(of: caller.organisations, on: db) else { return }
            try LookLog.recordExport(
                "数据交换接口：\(dataset.title)", by: Looker(caller, address: address), people: people,
                data: DropColumns.data(dataset), for: try LookReason(PartnerSettings.usualReason), at: place, now: now,
                on: db)
        }
    }

    static func place(of caller: MachineCaller) -> OrganisationPath {
        caller.organisations.roots.first.flatMap { $0.text.isEmpty ? nil : $0 } ?? .city
    }

    private func push(_ request: WebRequest, _ caller: MachineCaller) async throws -> WebResponse {
        let dataset = try CityRoutes.dataset(request), now = now(), crypto = crypto
        guard let records = try JSONReader.read(request.body)["records"]?.list,
            (1...CityRoutes.mostRecords).contains(records.count)
        else { throw DomainError.invalid("records", "records 应有 1 到 \(CityRoutes.mostRecords) 条") }
        guard dataset == .students || dataset == .staff else {
            throw DomainError.invalid("dataset", "\(dataset.title)由市教育局平台维护，不接收推送")
        }
        let actor = AuditActor(id: nil, name: caller.name, address: request.remoteAddress)
        let results = try await database.write { db in
            try PushService(db: db, crypto: crypto, caller: caller, actor: actor, now: now).apply(records, to: dataset)
        }
        return .json(JSONValue.members([("results", .list(results.map(\.json)))]).bytes)
    }
}
