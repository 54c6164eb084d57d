import App
import Database
import Kernel
import Plan
import TestKit
import Testing

/// A database connection that breaks while a form is being saved.
@Suite("提交时断线") struct LostCommitTests {
    private static let title = "断线时提交的目标集"
    private static let form = [
        ("owner", "city"), ("layer", "市"), ("title", title), ("edition", "1"), ("from", "2015-01-01"),
        ("to", "2017-12-31"),
    ]

    /// The number of sets with the title, asked on a connection that never breaks.
    private func count(_ database: Database) async throws -> Int {
        try await database.read { db in
            try db.value("SELECT COUNT(*) FROM plan_target_set WHERE title = \(LostCommitTests.title)", as: Int.self)
                ?? 0
        }
    }

    /// The same city reached by a connection that breaks in the commit of the form.
    private func withBreaking(
        _ loss: LosingProxy.Loss, _ city: TestCity, _ body: (TestClient, LosingProxy) async throws -> Void
    ) async throws {
        guard case .postgres(let conninfo) = city.database.location else { throw DomainError.notFound }
        let words = conninfo.split(separator: " ").map { $0.split(separator: "=").map(String.init) }
        let port = words.last { $0[0] == "port" }.flatMap { Int($0[1]) } ?? 5432
        let proxy = try LosingProxy(to: port, losing: loss, after: LostCommitTests.title)
        defer { proxy.close() }
        let through = conninfo + " host=127.0.0.1 port=\(proxy.port) sslmode=disable gssencmode=disable"
        let database = try Database(.postgres(conninfo: through), readers: 1, logger: TestDatabase.logger)
        defer { database.close() }
        let platform = try CityPlatform(
            city.platform.configuration, database: database, options: .init(), logger: TestDatabase.logger)
        let session = try await city.platform.identity.startSession(login: TestCity.Member.bureau.rawValue)
        try await body(TestClient(platform.pipeline, session: session), proxy)
        await platform.hasher.shutdown()
    }

    @Test(
        .enabled(if: TestDatabase.allCases.contains(.postgres)), arguments: LosingProxy.Loss.allCases
    )
    func `a form whose commit was lost is told so, and sent again it is done exactly once`(
        _ loss: LosingProxy.Loss
    ) async throws {
        try await withTestCity(.postgres) { city in
            try await withBreaking(loss, city) { client, proxy in
                let path = "/plan/target-sets", page = path + "/new", key = Identifiers.next()
                let answer = try await client.post(path, from: page, key: key, LostCommitTests.form)
                #expect(proxy.hasLost)
                #expect(answer.status == 503)
                #expect(answer.text.contains("不能确定是否已保存"))
                #expect(!answer.text.contains("暂时连接不上"))
                #expect(try await count(city.database) == (loss == .answer ? 1 : 0))

                for _ in 1...2 {
                    let again = try await client.post(path, from: page, key: key, LostCommitTests.form)
                    switch loss {
                    case .answer:
                        #expect(again.status == 200)
                        #expect(again.text.contains("没有重复办理"))
                    case .commit:
                        #expect(again.status == 303)
                        #expect(again.location?.hasPrefix(path + "/") == true)
                    }
                    #expect(try await count(city.database) == 1)
                }
                #expect(try await client.post(path, from: page, LostCommitTests.form).status == 303)
                #expect(try await count(city.database) == 2)
            }
        }
    }
}
