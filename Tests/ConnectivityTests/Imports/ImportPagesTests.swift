import Database
import Foundation
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Connectivity

/// Calls the handlers of imports as one person, without a server.
private struct Visitor {
    let site: ImportSite
    let user: CurrentUser
    let routes: [Route]

    private struct NoExporter: TableExporter {
        func write(title: String, header: [String], rows: [[TableValue]], format: TableFormat) throws -> String {
            "/\(title)/\(header.count)/\(rows.count)"
        }
    }

    init(_ site: ImportSite, at place: OrganisationPath, _ permissions: Set<Permission>) {
        self.init(site, at: [place], permissions)
    }

    init(_ site: ImportSite, at places: [OrganisationPath], _ permissions: Set<Permission>) {
        let grants = places.map {
            EffectiveGrant(role: "county_admin", organisation: .new(), path: $0, permissions: permissions)
        }
        user = CurrentUser(account: .new(), person: .new(), name: "陈主任", grants: grants)
        self.site = site
        routes = ImportRoutes(database: site.database, files: site.files).routes().all
    }

    func call(
        _ method: RouteMethod, _ pattern: String, id: String = "", query: String = "", form: [(String, String)] = [],
        file: (name: String, path: String)? = nil
    ) async throws -> WebResponse {
        let route = try #require(routes.first { $0.method == method && $0.path == "/register/imports" + pattern })
        let info = SiteInfo(name: "三通", owner: "", contact: "", registration: "", isDemo: true, assets: AssetManifest())
        let session = SessionInfo(id: "s", user: user, csrfToken: "t", mustChangePassword: false)
        let page = PageContext(
            path: "/register/imports", user: user, csrfToken: "t", flash: nil, preferences: DisplayPreferences(),
            navigation: [], site: info)
        let files = file.map { [UploadedFile(field: "file", name: $0.name, path: $0.path, size: 1000)] } ?? []
        return try await route.handler(
            WebRequest(
                method: method, path: "/register/imports", parameters: ["id": id],
                query: URLCoding.parse(query.utf8) ?? FormValues(), form: FormValues(form.map { ($0.0, $0.1) }),
                files: files, headers: WebHeaders(), remoteAddress: "192.0.2.1", requestID: "r", session: session,
                page: page, exporter: NoExporter()))
    }

    func page(_ pattern: String, id: String = "", query: String = "") async throws -> String {
        text(try await call(.get, pattern, id: id, query: query))
    }

    func text(_ response: WebResponse) -> String {
        guard case .bytes(let bytes) = response.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Uploads, agrees to the recognised columns, lets the jobs run, and answers the batch's key.
    func upload(_ name: String, _ path: String) async throws -> String {
        let answer = try await call(.post, "", form: [("statistics_on", "2015-09-30")], file: (name, path))
        try #require(answer.status == 303)
        let batches = try await site.database.read { db in
            try ImportStore(db).list(visibleTo: user, scope: .nothing, after: nil, limit: 1).rows
        }
        let batch = try #require(batches.first)
        if batch.state == .mapped {
            let path = "/register/imports/\(batch.id)/columns"
            #expect(try await call(.get, "/:id", id: batch.id.rawValue).headers.contains { $0.1.hasPrefix(path) })
            _ = try await call(.post, "/:id/columns", id: batch.id.rawValue)
        }
        try await work()
        return batch.id.rawValue
    }

    func work() async throws {
        let jobs = ImportJobs(database: site.database, files: site.files).handlers
        let runner = JobRunner(database: site.database, handlers: jobs, logger: TestDatabase.logger)
        while try await runner.runOne() {}
    }
}

@Suite struct `Pages of an import` {
    private static let all: Set<Permission> = [.importView, .importSubmit]
    private let text = "学校代码,校名,乡镇,类型,城乡,班数,宽带\n2145990011,企沙小学,企沙镇,211,210,6,10M\n,,企沙镇,211,999,x,1"

    @Test func `from upload to undo`() async throws {
        try await withImportSite { site in
            let chen = Visitor(site, at: try await site.place("450602"), Self.all)
            #expect(try await chen.page("/new").contains("上传"))
            let id = try await chen.upload("港口区.csv", try site.file("a.csv", Array(text.utf8)))
            let change = try await chen.page("/:id", id: id)
            for word in ["变更集", "接受", "识别列", "新增", "变更", "不变", "退回"] { #expect(change.contains(word)) }
            let refused = try await chen.page("/:id", id: id, query: "kind=refused")
            for word in ["下载退回的行", "缺少学校名称", "班级数“x”不是数字"] { #expect(refused.contains(word)) }

            let batch = try await site.service.find(ID(id))
            let accepted = try await chen.call(.post, "/:id/acceptance", id: id, form: [("digest", batch.digest)])
            #expect(accepted.status == 303)
            try await chen.work()
            let result = try await chen.page("/:id", id: id)
            #expect(result.contains("导入结果") && result.contains("撤销导入"))
            #expect(try await site.record("2145990011")[.classes] == 6)
            let twice = try await chen.call(.post, "/:id/acceptance", id: id, form: [("digest", batch.digest)])
            #expect(twice.status == 303 && twice.flash?.kind == .warning)
            try await chen.work()
            #expect(try await site.schools().count == 1)

            let download = try await chen.call(.get, "/:id/refused", id: id)
            guard case .file(let path, true) = download.body else { throw DomainError.notFound }
            #expect(try SheetFile.open(path: path).sheets.count == 1)
            try FileManager.default.removeItem(atPath: path)

            _ = try await chen.call(.post, "/:id/undo", id: id)
            #expect(try await site.schools().isEmpty)
            let history = try await chen.page("")
            #expect(history.contains("港口区.csv") && history.contains("已撤销"))
        }
    }

    @Test func `corrected columns are used and remembered`() async throws {
        try await withImportSite { site in
            let chen = Visitor(site, at: try await site.place("450602"), Self.all)
            let text = "学校代码,校名,乡镇,类型,城乡,班额\n2145990011,企沙小学,企沙镇,211,210,6"
            let id = try await chen.upload("港口区.csv", try site.file("a.csv", Array(text.utf8)))
            #expect(try await chen.page("/:id/columns", id: id).contains("记住这些列名"))
            let twice = try await chen.call(
                .post, "/:id/columns", id: id, form: [("column.5", "name"), ("county.0", "450602")])
            #expect(twice.status == 422 && chen.text(twice).contains("都选了学校名称，只能选一列"))
            let corrected = try await chen.call(
                .post, "/:id/columns", id: id,
                form: [("column.5", "field.classes"), ("county.0", "450602"), ("date.0", ""), ("remember", "1")])
            #expect(corrected.status == 303)
            try await chen.work()
            let line = try #require(
                try await site.database.read { try ImportStore($0).lines(of: ID(id), limit: 1).first })
            #expect(line.content.values["classes"] == 6)

            let again = try await chen.upload("港口区.csv", try site.file("b.csv", Array(text.utf8)))
            let layout = try await site.service.find(ID(again)).layout
            #expect(layout.sheets[0].columns[5].target == .field(.classes))
            #expect(layout.sheets[0].columns.allSatisfy { $0.certainty == .remembered })
            let dongxing = Visitor(site, at: try await site.place("450681"), Self.all)
            let other = try await dongxing.upload("东兴市.csv", try site.file("c.csv", Array(text.utf8)))
            #expect(try await site.service.find(ID(other)).layout.sheets[0].columns[5].target == .ignored)
        }
    }

    @Test func `what one with two counties corrects is remembered for both and for no third`() async throws {
        try await withImportSite { site in
            let places = [try await site.place("450602"), try await site.place("450681")]
            let both = Visitor(site, at: places, Self.all)
            let text = "学校代码,校名,乡镇,类型,城乡,班额\n2145990011,企沙小学,企沙镇,211,210,6"
            let id = try await both.upload("港口区.csv", try site.file("a.csv", Array(text.utf8)))
            let corrected = try await both.call(
                .post, "/:id/columns", id: id,
                form: [("column.5", "field.classes"), ("county.0", "450602"), ("date.0", ""), ("remember", "1")])
            #expect(corrected.status == 303)
            func recognised(_ visitor: Visitor, _ name: String) async throws -> ColumnTarget {
                let batch = try await visitor.upload(name, try site.file("b.csv", Array(text.utf8)))
                return try await site.service.find(ID(batch)).layout.sheets[0].columns[5].target
            }
            #expect(try await recognised(both, "港口区.csv") == .field(.classes))
            for code in ["450602", "450681"] {
                let own = Visitor(site, at: try await site.place(code), Self.all)
                #expect(try await recognised(own, "登记.csv") == .field(.classes), "\(code)")
            }
            for code in ["450621", "450600"] {
                let other = Visitor(site, at: try await site.place(code), Self.all)
                #expect(try await recognised(other, "登记.csv") == .ignored, "\(code)")
            }
        }
    }

    @Test func `another county sees nothing, a viewer may only look`() async throws {
        try await withImportSite { site in
            let chen = Visitor(site, at: try await site.place("450602"), Self.all)
            let id = try await chen.upload("港口区.csv", try site.file("a.csv", Array(text.utf8)))
            let stranger = Visitor(site, at: try await site.place("450681"), Self.all)
            #expect(try await !stranger.page("").contains("港口区.csv"))
            for (method, pattern) in [
                (RouteMethod.get, "/:id"), (.get, "/:id/columns"), (.post, "/:id/acceptance"), (.post, "/:id/undo"),
                (.get, "/:id/refused"), (.post, "/:id/comparison"), (.post, "/:id/discard"), (.post, "/:id/columns"),
            ] {
                let error = await #expect(throws: DomainError.self, "\(pattern)") {
                    _ = try await stranger.call(method, pattern, id: id)
                }
                guard case .notFound = error else { throw try #require(error) }
            }
            let viewer = Visitor(site, at: try await site.place("450600"), [.importView])
            let seen = try await viewer.page("/:id", id: id)
            #expect(seen.contains("变更集") && !seen.contains("/acceptance"))
            await #expect(throws: DomainError.self) { _ = try await viewer.call(.post, "/:id/discard", id: id) }
        }
    }

    @Test(arguments: [
        ("", "表头下没有学校的行"), ("2145990011,企沙小学,火星镇,211,210,6", "各行都被退回"),
        ("2145990021,光坡小学,光坡镇,211,210,6", "与现有登记相同"),
        ("2145990021,光坡小学,光坡镇,211,210,6\n,,企沙镇,211,999,x", "除退回的行外与现有登记相同"),
    ]) func `a change set that writes nothing says why`(rows: String, words: String) async throws {
        try await withImportSite { site in
            let head = "学校代码,校名,乡镇,类型,城乡,班数\n"
            try await site.csv(head + "2145990021,光坡小学,光坡镇,211,210,6")
            let chen = Visitor(site, at: try await site.place("450602"), Self.all)
            let id = try await chen.upload("港口区.csv", try site.file("a.csv", Array((head + rows).utf8)))
            let page = try await chen.page("/:id", id: id)
            #expect(page.contains(words) && !page.contains("/acceptance"))
        }
    }

    @Test func `a file that cannot be read is told at its field`() async throws {
        try await withImportSite { site in
            let chen = Visitor(site, at: try await site.place("450602"), Self.all)
            let path = try site.file("a.xlsx", Array("%PDF-1.4".utf8))
            let answer = try await chen.call(
                .post, "", form: [("statistics_on", "2015-09-30")], file: ("登记.xlsx", path))
            #expect(answer.status == 422)
            #expect(chen.text(answer).contains("这不是表格文件") && chen.text(answer).contains("field-file-problem"))
            let empty = try await chen.call(.post, "", form: [("statistics_on", "")])
            #expect(empty.status == 422)
        }
    }
}
