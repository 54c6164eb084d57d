import Database
import Kernel
import TestKit
import Testing

@testable import Resources

/// The yearly catalogue from the file to the tree and back.
@Suite("Import of catalogues")
struct CatalogueTests {
    private static let head = "学段,学科,教材版本,年级,册次,单元名称,课题\n"

    private func upload(_ text: String, _ client: TestClient, complete: Bool = false) async throws -> String {
        let sent = try await client.upload(
            CataloguePages.root, from: CataloguePages.root + "/new", field: "file", fileName: "目录.csv",
            Array(text.utf8), [("year", "2026")] + (complete ? [("complete", "1")] : []))
        return try #require(sent.location, "\(sent.text.suffix(800))")
    }

    private func accept(_ path: String, _ client: TestClient) async throws -> TestAnswer {
        let digest = try #require(try await client.get(path).hidden("digest"))
        return try await client.post(path + "/acceptance", from: path, [("digest", digest)])
    }

    private func nodes(_ city: TestCity) async throws -> [String: TextbookNode] {
        try await city.database.read { db in
            let all = try db.rows("SELECT \(TextbookNode.columns) FROM resources_node n", TextbookNode.init)
            return Dictionary(uniqueKeysWithValues: all.map { ($0.title, $0) })
        }
    }

    @Test("Preview, acceptance, next year's difference, undo", arguments: TestDatabase.allCases)
    func years(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let bureau = try await city.client(.bureau)
            // Joined cells leave blanks below, and a line of another grade is not one of the list.
            let first = try await upload(
                Self.head + "小学,语文,统编版,三年级,上册,第一单元,甲课\n,,,,,,乙课\n,,,,,第二单元,丙课\n小学,语文,统编版,九年级,上册,单元,丁课\n", bureau)
            let preview = try await bureau.get(first).text
            #expect(preview.contains("新增 5") && preview.contains("未能识别 1"))
            #expect(try await nodes(city).isEmpty)
            let refused = try await bureau.get(first + "?kind=refused").text
            #expect(refused.contains("小学没有年级“九年级”"))
            _ = try await accept(first, bureau)
            let before = try await nodes(city)
            #expect(before.count == 5)
            #expect(before["乙课"]?.parent == before["第一单元"]?.id)

            let second = try await upload(
                Self.head + "小学,语文,人教版,三年级,上册,第一单元 海边,甲课\n,,,,,,乙课\n,,,,,,戊课\n", bureau)
            let page = try await bureau.get(second).text
            #expect(page.contains("新增 1") && page.contains("变更 3") && page.contains("移除 2"))
            _ = try await accept(second, bureau)
            let after = try await nodes(city)
            #expect(after["第一单元 海边"]?.id == before["第一单元"]?.id)
            #expect(after["丙课"]?.isRemoved == true)
            #expect(after["戊课"]?.position == 4)

            // Only the latest can be taken back.
            let early = try await bureau.post(first + "/undo", from: second)
            #expect(early.status == 409)
            _ = try await bureau.post(second + "/undo", from: second)
            let restored = try await nodes(city)
            #expect(restored["第一单元"]?.id == before["第一单元"]?.id)
            #expect(restored["丙课"]?.isRemoved == false)
            #expect(restored["戊课"]?.isRemoved == true)
            // A removed lesson is still there to be read.
            let gone = try #require(restored["戊课"])
            #expect(try await bureau.get(TextbookPages.path(gone.id)).text.contains("不在最新的教材目录里"))
        }
    }

    @Test("What was not looked at is not written", arguments: TestDatabase.allCases)
    func stale(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let bureau = try await city.client(.bureau)
            let one = try await upload(Self.head + "小学,数学,北师大版,四年级,下册,一,甲\n", bureau)
            let two = try await upload(Self.head + "小学,数学,北师大版,四年级,下册,一,乙\n", bureau)
            let digest = try #require(try await bureau.get(two).hidden("digest"))
            _ = try await accept(one, bureau)
            let late = try await bureau.post(two + "/acceptance", from: two, [("digest", digest)])
            #expect(late.location == two)
            #expect(try await nodes(city).keys.sorted() == ["一", "甲"])
            _ = try await accept(two, bureau)
            #expect(try await nodes(city)["甲"]?.isRemoved == true)
            let again = try await bureau.post(two + "/acceptance", from: two, [("digest", digest)])
            #expect(again.status == 409)
        }
    }

    @Test("Files that are no catalogue are refused at the field")
    func badFiles() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let bureau = try await city.client(.bureau), root = CataloguePages.root
            for (text, words) in [("姓名,班级\n甲,乙\n", "没有找到表头"), ("", "请选择要上传的文件"), (Self.head, "表里没有数据行")] {
                let sent = try await bureau.upload(
                    root, from: root + "/new", field: "file", fileName: "x.csv", Array(text.utf8), [("year", "2026")])
                #expect(sent.status == 422 && sent.text.contains(words), "\(words)")
            }
            let chen = try await city.client(.chen)
            #expect(try await chen.get(root).status == 404)
        }
    }

    @Test("A county's edition comes first for its schools", arguments: TestDatabase.allCases)
    func choices(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let bureau = try await city.client(.bureau), chen = try await city.client(.dongxing)
            let path = try await upload(
                Self.head + "小学,数学,人教版,三年级,上册,一,甲\n小学,数学,苏教版,三年级,上册,一,甲\n", bureau)
            _ = try await accept(path, bureau)
            let county = try await city.organisation("450681"), root = EditionPages.root
            let form = [("organisation", county.id.rawValue), ("edition", "2|14|su"), ("from", "2020")]
            #expect(try await chen.post(root, from: root, form).status == 303)
            let zhao = try await city.client(.zhao)
            let list = try await zhao.get("/textbooks?format=csv").text.split(whereSeparator: \.isNewline)
            #expect(list.count == 3 && list[1].contains("苏教版") && list[1].contains("是"))
            let wang = try await city.client(.wang)
            #expect(try await !wang.get("/textbooks?format=csv").text.contains("是"))
            // Not another county's.
            let other = try await city.organisation("450603")
            let foreign = try await chen.post(
                root, from: root, [("organisation", other.id.rawValue), ("edition", "2|14|su"), ("from", "2020")])
            #expect(foreign.status == 422)
            let removed = try await chen.post(
                root + "/removal", from: root,
                [("organisation", county.id.rawValue), ("stage", "2"), ("subject", "14"), ("from", "2020")])
            #expect(removed.status == 303)
            #expect(try await !zhao.get("/textbooks?format=csv").text.contains("是"))
        }
    }
}
