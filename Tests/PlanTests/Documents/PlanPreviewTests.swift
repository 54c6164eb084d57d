import Foundation
import Kernel
import TestKit
import Testing

@testable import Plan

@Suite struct `Looking through an uploaded plan` {
    private static let text = "一、目标\n第一段。第二句。\n第二段。\n二、任务\n（一）甲。\n（二）乙。\n"

    /// Uploads the text as the bureau and answers the draft's page.
    private func uploaded(_ city: TestCity, _ text: String = text, _ values: [(String, String)] = []) async throws -> (
        client: TestClient, draft: String
    ) {
        let client = try await city.client(.bureau)
        let answer = try await client.upload(
            "/plan/documents", from: "/plan/documents/new", field: "file", fileName: "计划.txt", Array(text.utf8),
            [("owner", "city")] + values)
        #expect(answer.status == 303)
        return (client, try #require(answer.location))
    }

    private func edit(_ client: TestClient, _ draft: String, revision: Int, _ values: [(String, String)]) async throws
        -> TestAnswer
    {
        try await client.post("\(draft)/edits", from: draft, [("revision", String(revision))] + values)
    }

    @Test func `steps change the draft and lead back to the clause`() async throws {
        try await withTestCity(.sqlite) { city in
            let (client, draft) = try await uploaded(city)
            let open = try await client.get("\(draft)?clause=0")
            #expect(open.text.contains("从这句起：第二句。"))
            #expect(open.text.contains("第 2 段起：第二段。"))
            let split = try await edit(
                client, draft, revision: 1, [("operation", "split"), ("clause", "0"), ("place", "p1")])
            #expect(split.status == 303)
            #expect(split.location?.hasSuffix("?clause=0#clause-0") == true)
            let renumbered = try await edit(
                client, draft, revision: 2,
                [("operation", "renumber"), ("clause", "3"), ("number", "（三）"), ("following", "1")])
            #expect(renumbered.status == 303)
            let text = try await client.get(draft).text
            #expect(text.contains("二/(三)") && text.contains("二/(四)") && !text.contains("二/(一)"))
        }
    }

    @Test func `a step that cannot be done says why at its field and keeps what was typed`() async throws {
        try await withTestCity(.sqlite) { city in
            let (client, draft) = try await uploaded(city)
            let answer = try await edit(
                client, draft, revision: 1, [("operation", "renumber"), ("clause", "1"), ("number", "甲乙")])
            #expect(answer.status == 422)
            #expect(answer.text.contains("编号“甲乙”无法识别"))
            #expect(answer.text.contains(#"value="甲乙""#))
        }
    }

    @Test func `of two people at one draft the slower is told`() async throws {
        try await withTestCity(.sqlite) { city in
            let (client, draft) = try await uploaded(city)
            #expect(try await edit(client, draft, revision: 1, [("operation", "drop"), ("clause", "2")]).status == 303)
            let late = try await edit(client, draft, revision: 1, [("operation", "drop"), ("clause", "3")])
            #expect(late.status == 409)
            #expect(late.text.contains("刚被"))
        }
    }

    @Test func `a dropped clause can be brought back`() async throws {
        try await withTestCity(.sqlite) { city in
            let (client, draft) = try await uploaded(city)
            _ = try await edit(client, draft, revision: 1, [("operation", "drop"), ("clause", "3")])
            #expect(try await client.get(draft).text.contains("未收入的文字"))
            let restored = try await edit(
                client, draft, revision: 2, [("operation", "restore"), ("dropped", "0"), ("to-0", "a3")])
            #expect(restored.status == 303)
            let text = try await client.get(draft).text
            #expect(text.contains("二/(二)") && !text.contains("未收入的文字"))
        }
    }

    @Test func `published, corrected and compared, clause by clause`() async throws {
        try await withTestCity(.sqlite) { city in
            let (client, draft) = try await uploaded(city)
            let failed = try await client.post(
                "\(draft)/publication", from: draft,
                [("revision", "1"), ("title", ""), ("layer", "县"), ("from", "2017-01-01"), ("to", "2015-01-01")])
            #expect(failed.status == 422)
            for message in ["填写计划名称", "县级计划由", "结束日期不能早于开始日期"] { #expect(failed.text.contains(message)) }
            let published = try await client.post(
                "\(draft)/publication", from: draft,
                [("revision", "1"), ("title", "市计划"), ("layer", "市"), ("from", "2015-01-01"), ("to", "2017-12-31")])
            let plan = try #require(published.location)
            #expect(try await client.get(plan).text.contains("第 1 版"))
            #expect(try await client.get(draft).status == 404)

            let id = String(plan.split(separator: "/").last ?? "")
            let corrected = PlanPreviewTexts.corrected
            let (_, second) = try await uploaded(city, corrected, [("plan", id)])
            #expect(try await client.get("\(second)/difference").text.contains("<ins>新的</ins>"))
            let next = try await client.post(
                "\(second)/publication", from: second, [("revision", "1"), ("note", "更正")])
            #expect(next.location == plan)
            let difference = try await client.get("\(plan)/difference?from=1&to=2").text
            #expect(difference.contains("<ins>新的</ins>"))
            #expect(difference.contains("变更"))
            #expect(try await client.get("\(plan)?version=1").text.contains("已被取代"))
            #expect(
                try await client.get("\(plan)/versions/1/file").bytes
                    == Array(`Looking through an uploaded plan`.text.utf8))
        }
    }

    @Test func `a wrong file is refused at the field`() async throws {
        try await withTestCity(.sqlite) { city in
            let client = try await city.client(.bureau)
            let answer = try await client.upload(
                "/plan/documents", from: "/plan/documents/new", field: "file", fileName: "plan.pdf",
                Array("%PDF-1.7 ".utf8), [("owner", "city")])
            #expect(answer.status == 422)
            #expect(answer.text.contains("field-file-problem"))
        }
    }

    @Test func `drafts are unknown to those who may not work on them`() async throws {
        try await withTestCity(.sqlite) { city in
            let (_, draft) = try await uploaded(city)
            for member in [TestCity.Member.chen, .leader, .wang] {
                #expect(try await city.client(member).get(draft).status == 404)
            }
            #expect(try await city.client(.wang).get("/plan/documents/new").status == 404)
            #expect(try await city.client(.leader).get("/plan/documents").status == 200)
        }
    }
}

private enum PlanPreviewTexts {
    static let corrected = "一、目标\n第一段。第二句。\n第二段。\n二、任务\n（一）新的甲。\n（二）乙。\n"
}
