import Database
import Kernel
import Media
import Platform
import Web

/// The list of words that the machine looks for, and two like contents side by side.
struct CheckRoutes: Sendable {
    let database: Database
    let reader: any ContentReader

    func add(to routes: inout Routes) {
        routes.get(CheckPages.words, access: .can(.wordsEdit)) { try await words($0) }
        routes.post(CheckPages.words, access: .can(.wordsEdit), setWords)
        routes.get(ItemPages.root + "/:id/findings/:finding", access: .signedIn, compare)
    }

    private func words(
        _ request: WebRequest, problems: [FieldProblem] = [], warning: String? = nil, status: Int = 200
    ) async throws -> WebResponse {
        let list = try await database.read { try ReviewCheckStore($0).wordList() }
        let typed = request.method == .get ? nil : request.form.raw("words")
        let view = CheckPages.Words(
            text: typed ?? list.text, version: list.version, changedAt: list.changedAt, changedBy: list.changedBy)
        return .html(CheckPages.words(view, problems, warning, request.page), status: status)
    }

    @Sendable private func setWords(_ request: WebRequest) async throws -> WebResponse {
        let actor = AuditActor(try request.user, address: request.remoteAddress), now = Timestamp.now
        let text = request.form.raw("words") ?? "", version = Int(request.form["version"] ?? "") ?? -1
        do {
            let count = try WordList(csv: text).words.count
            try await database.write { db in
                let store = ReviewCheckStore(db), known = try store.wordList()
                guard known.version == version else {
                    throw DomainError.conflict("词表刚被\(known.changedBy)修改。再次保存会盖过去。")
                }
                try store.setWordList(text, version: version + 1, by: actor.name, now: now)
                try AuditLog.record(
                    "words.changed", "words", by: actor, "第 \(version + 1) 版，\(count) 个词", now: now, on: db)
            }
        } catch DomainError.invalid(let problems) {
            return try await words(request, problems: problems, status: 422)
        } catch DomainError.conflict(let warning) {
            return try await words(request, warning: warning, status: 409)
        }
        return .redirect(CheckPages.words, flash: Flash(.done, "已保存，从下一次提交起使用"))
    }

    @Sendable private func compare(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<Item> = try request.id("id")
        let finding: ID<ReviewFinding> = try request.id("finding")
        let (item, other, found, files, media) = try await database.read { db in
            let store = ItemStore(db), item = try store.find(id, for: ResourceViewer(user))
            let isInside =
                try user.may(.itemReview, at: item.path)
                || store.authors(of: id).contains { $0.person == user.person }
            let found = try ReviewCheckStore(db).finding(finding, of: id)
            guard isInside, let other = found.other else { throw DomainError.notFound }
            let second = try store.find(other, for: ResourceViewer(user))
            func file(_ item: ID<Item>, _ sha256: String) throws -> ItemFile? {
                try store.files(of: item).last { $0.sha256 == sha256 }
            }
            return (
                item, second, found, [try file(id, found.sha256), try file(other, found.otherSha256)],
                try MediaProcessing.views(of: [found.sha256, found.otherSha256], on: db)
            )
        }
        var sides: [CheckPages.Side] = []
        for (item, file) in zip([item, other], files) {
            var side = CheckPages.Side(item: item, file: file, media: file.flatMap { media[$0.sha256] })
            if let file, case .ready(let insides) = try await reader.read(file.sha256, name: file.name) {
                side.insides = insides
            }
            sides.append(side)
        }
        let view = CheckPages.Comparison(item: item, other: other, finding: found, sides: sides)
        return .html(CheckPages.compare(view, request.page))
    }
}
