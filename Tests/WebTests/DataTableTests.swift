import Kernel
import Testing

@testable import Web

@Suite("Tables") struct DataTableTests {
    struct School: Sendable {
        var name = "实验小学"
        var classes: Int? = 36
        var share: Double? = 0.86474
        var day = LocalDate(iso: "2015-09-30")
    }

    private let table = DataTable<School>(
        caption: "学校",
        columns: [
            DataColumn("学校名称", sort: "name", value: { .text($0.name) }, cell: { #"<a href="/s">\#($0.name)</a>"# }),
            DataColumn("班级数", sort: "classes", value: { $0.classes.map { .integer($0) } ?? .empty }),
            DataColumn("比例", value: { $0.share.map { .percent($0) } ?? .empty }),
            DataColumn("日期", value: { $0.day.map { .date($0) } ?? .empty }),
            DataColumn("操作", cell: { _ in "<b>查看</b>" }),
        ], defaultSort: TableSort("name"), empty: "<p>还没有学校</p>")

    private func markup(
        _ items: [School], total: Int? = nil, next: String? = nil, query: [(name: String, value: String)] = []
    ) -> String {
        let page = Page(items: items, total: total ?? items.count, next: next)
        return table.html(page, path: "/schools", query: FormValues(query)).text
    }

    private func values(_ query: String) -> FormValues { URLCoding.parse(query.utf8)! }

    @Test func `values are shown and escaped, unknown ones as a dash`() {
        let text = markup([School(name: "<b>\"甲\"", classes: nil), School()])
        #expect(text.contains(#"<th scope="row" data-label="学校名称"><a href="/s">&lt;b&gt;&quot;甲&quot;</a></th>"#))
        #expect(text.contains(#"<td class="num" data-label="班级数">—</td>"#))
        #expect(text.contains(#"<td class="num" data-label="比例">86.47%</td>"#))
        #expect(text.contains(#"<td data-label="日期">2015-09-30</td>"#))
        #expect(text.contains(#"<td data-label="操作"><b>查看</b></td>"#))
        #expect(text.contains(#"<th scope="col" class="num">比例</th>"#))
    }

    @Test func `the table is a named region that the keyboard can scroll`() {
        let text = markup([School()])
        #expect(text.hasPrefix(#"<div class="table-wrap" role="region" aria-label="学校" tabindex="0">"#))
        #expect(text.contains(#"<table class="stack">"#))
        #expect(text.contains(#"<caption class="visually-hidden">学校</caption>"#))
    }

    @Test func `sort links turn the order round and keep the filters`() {
        let plain = markup([School()], query: [("q", "小学&"), ("after", "x"), ("format", "csv")])
        #expect(plain.contains(##"aria-sort="ascending"><a href="/schools?q=%E5%B0%8F%E5%AD%A6%26&amp;sort=-name">"##))
        #expect(plain.contains(#"class="num"><a href="/schools?q=%E5%B0%8F%E5%AD%A6%26&amp;sort=classes">"#))
        let descending = markup([School()], query: [("sort", "-classes")])
        #expect(descending.contains(#"aria-sort="descending"><a href="/schools?sort=classes">班级数"#))
        #expect(descending.contains(#"<th scope="col"><a href="/schools?sort=name">学校名称"#))
    }

    @Test func `an unknown sort key marks no other column`() {
        let text = markup([School()], query: [("sort", "password")])
        #expect(text.contains(#"aria-sort="ascending"><a href="/schools?sort=-name">"#))
        #expect(!text.contains("descending"))
    }

    @Test func `the pager tells the total and leads on and back`() {
        let first = markup([School()], total: 412, next: "c2")
        #expect(first.contains("共 412 条"))
        #expect(first.contains(#"<a href="/schools?after=c2" rel="next">下一页</a>"#))
        #expect(!first.contains("首页"))
        let last = markup([School()], total: 412, query: [("q", "a"), ("after", "c2")])
        #expect(last.contains(#"<a href="/schools?q=a">首页</a>"#))
        #expect(!last.contains("下一页"))
    }

    @Test func `exports take filters and order along but not the place`() {
        let text = markup([School()], query: [("q", "a"), ("sort", "-name"), ("after", "c")])
        #expect(text.contains(#"<a href="/schools?q=a&amp;sort=-name&amp;format=xlsx">导出 Excel</a>"#))
        #expect(text.contains(#"<a href="/schools?q=a&amp;sort=-name&amp;format=csv">导出 CSV</a>"#))
    }

    @Test func `without rows the reader is told what to do next`() {
        #expect(markup([]) == "<p>还没有学校</p>")
        let beyond = markup([], total: 3, query: [("after", "c")])
        #expect(beyond.contains("<p>还没有学校</p>") && beyond.contains(#"<a href="/schools">首页</a>"#))
    }

    @Test func `exported rows are the values, without the columns made for the page`() {
        let export = table.exportRows([School(classes: nil)])
        #expect(export.header == ["学校名称", "班级数", "比例", "日期"])
        #expect(export.rows == [[.text("实验小学"), .empty, .percent(0.86474), .date(LocalDate(iso: "2015-09-30")!)]])
    }

    @Test func `a download is named after the table and removed afterwards`() throws {
        struct Exporter: TableExporter {
            func write(title: String, header: [String], rows: [[TableValue]], format: TableFormat) throws -> String {
                "\(title)-\(header.count)-\(rows.count).\(format.rawValue)"
            }
        }
        let response = try table.download([School(), School()], as: .csv, with: Exporter())
        guard case .file(let path, let isTemporary) = response.body else { throw Missing() }
        #expect(path == "学校-4-2.csv" && isTemporary)
        #expect(response.headers.contains { $0.name == "content-type" && $0.value == "text/csv; charset=utf-8" })
        #expect(response.headers.contains { $0.value.hasSuffix("filename*=UTF-8''%E5%AD%A6%E6%A0%A1.csv") })
    }

    private struct Missing: Error {}
}

@Suite("Table queries") struct TableQueryTests {
    private func query(_ text: String, limit: Int = 50) -> TableQuery {
        TableQuery(URLCoding.parse(text.utf8)!, sortKeys: ["name", "classes"], defaultSort: nil, limit: limit)
    }

    @Test func `known sort keys are taken, others ignored`() {
        #expect(query("sort=name").sort == TableSort("name"))
        #expect(query("sort=-classes").sort == TableSort("classes", isDescending: true))
        for text in ["sort=id", "sort=--name", "sort=", "sort=name%3B+DROP+TABLE", "sort=-", ""] {
            #expect(query(text).sort == nil, "\(text)")
        }
    }

    @Test func `formats are the two that exist`() {
        #expect(query("format=xlsx").format == .xlsx)
        #expect(query("format=csv").format == .csv)
        #expect(query("format=pdf").format == nil)
        #expect(TableFormat.xlsx.fileExtension == "xlsx" && TableFormat.csv.contentType.hasPrefix("text/csv"))
    }

    @Test func `one row too many makes a next page whose cursor leads to the last row shown`() throws {
        let asked = query("sort=-name", limit: 2)
        #expect(asked.fetchLimit == 3)
        let page = asked.page(["c", "b", "a"], total: 3) { (value: $0, id: "id-" + $0) }
        #expect(page.items == ["c", "b"] && page.total == 3)
        let next = query("sort=-name&after=" + (try #require(page.next)))
        #expect(next.after == TableCursor(sort: "-name", value: "b", id: "id-b"))
        #expect(asked.page(["c", "b"], total: 2) { (value: $0, id: $0) }.next == nil)
    }

    @Test func `a cursor of another order is ignored, and so is one in an export`() {
        let cursor = TableCursor(sort: "name", value: "甲", id: "1").text
        #expect(query("sort=name&after=\(cursor)").after?.value == "甲")
        #expect(query("sort=-name&after=\(cursor)").after == nil)
        #expect(query("after=\(cursor)").after == nil)
        let export = query("sort=name&format=xlsx&after=\(cursor)")
        #expect(export.after == nil && export.fetchLimit == TableQuery.exportLimit)
    }

    @Test func `cursors read back as they were`() {
        var random = TestRandom(seed: 11)
        for number in 0..<1000 {
            let value = number.isMultiple(of: 5) ? nil : String(random.text().unicodeScalars.filter { $0 != "\0" })
            let cursor = TableCursor(sort: ["", "name", "-name"][number % 3], value: value, id: "id\(number)")
            #expect(TableCursor(text: cursor.text) == cursor)
            #expect(cursor.text.utf8.allSatisfy { URLCoding.encode(String(UnicodeScalar($0))).utf8.count == 1 })
        }
    }

    @Test(arguments: [
        "", "!", "abc=", "A", "AAAA", "中文", "YQ", "YR8", String(repeating: "A", count: 9000), "YR9iHz1j\0",
    ])
    func `whatever is not a cursor is none`(_ text: String) {
        #expect(TableCursor(text: text) == nil)
    }

    @Test(
        arguments: [
            ("7", 7), ("-1", 0), ("-9223372036854775808", 0), ("9223372036854775807", 1_000_000_000), ("x", 0),
        ])
    func `a place that somebody made up stays within bounds`(id: String, place: Int) {
        let cursor = TableCursor(sort: "", value: nil, id: id)
        let query = TableQuery(FormValues([(name: "after", value: cursor.text)]), sortKeys: [])
        #expect(query.place == place)
    }

    @Test func `random bytes never break the reader`() {
        var random = TestRandom(seed: 5)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ ")
        for _ in 0..<5000 {
            let length = Int.random(in: 0...24, using: &random)
            let text = String((0..<length).map { _ in alphabet.randomElement(using: &random)! })
            if let cursor = TableCursor(text: text) { #expect(cursor.text == text) }
        }
    }
}
