import Database
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Plan

@Suite struct `Importing a plan document` {
    private func fixture(_ name: String) throws -> URL {
        try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
    }

    private func written(_ text: String, in folder: String) throws -> String {
        let path = "\(folder)/\(Identifiers.next()).txt"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func service(_ city: TestCity) -> PlanDocumentService {
        PlanDocumentService(database: city.database, files: city.platform.files)
    }

    @Test(arguments: TestDatabase.allCases)
    func `the action plan is published with its clauses, and the same file again changes nothing`(
        _ database: TestDatabase
    )
        async throws
    {
        try await withTestCity(database) { city in
            let path = try fixture("action-plan.txt").path
            func publish() async throws -> PlanImportOutcome {
                try await service(city).importFile(
                    path: path, name: "action-plan.txt", title: "行动计划（2015—2017年）", publish: true, by: .system)
            }
            let first = try await publish()
            #expect(first.clauses.count == 18)
            #expect(first.clauses[0].path == "前言")
            #expect(first.version == 1 && first.draft == nil && !first.isUnchanged)
            let again = try await publish()
            #expect(again.isUnchanged && again.version == 1 && again.plan == first.plan)
            let (plan, versions, clauses) = try await city.database.read { db in
                let store = PlanStore(db), plan = try #require(try store.livingPlan())
                return (plan, try store.versions(of: plan.id), try store.currentClauses(of: plan.id))
            }
            #expect(plan.from.iso == "2015-01-01" && plan.to.iso == "2017-12-31")
            #expect(versions.map(\.number) == [1])
            #expect(clauses.map(\.path) == first.clauses.map(\.path))
            #expect(clauses.map(\.text) == first.clauses.map(\.text))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a corrected file becomes the next version, and targets whose clause is gone are told`(
        _ database: TestDatabase
    )
        async throws
    {
        try await withTestCity(database) { city in
            let text = try String(contentsOf: fixture("action-plan.txt"), encoding: .utf8)
            let title = "行动计划（2015—2017年）"
            for content in [text, text.replacingOccurrences(of: "(二)", with: "(九)")] {
                _ = try await service(city).importFile(
                    path: try written(content, in: city.folder), name: "plan.txt", title: title, publish: true,
                    by: .system)
            }
            try await city.database.read { db in
                let store = PlanStore(db), plan = try #require(try store.livingPlan())
                #expect(try store.versions(of: plan.id).map(\.number) == [2, 1])
                #expect(try store.versions(of: plan.id).map(\.state) == [.current, .superseded])
                let clauses = try store.currentClauses(of: plan.id)
                let detached = try PlanTargetStore(db).detached(from: plan.id, clauses: clauses, within: .everything)
                #expect(detached.map(\.target.code) == ["T9", "T10", "T24", "T25", "T26", "T32", "T33"])
            }
        }
    }

    @Test func `without publishing, the document waits as a draft`() async throws {
        try await withTestCity(.sqlite) { city in
            let outcome = try await service(city).importFile(
                path: try fixture("action-plan.txt").path, name: "action-plan.txt", publish: false, by: .system)
            #expect(outcome.draft != nil && outcome.plan == nil)
            #expect(outcome.dropped.count == 3)
            #expect(outcome.findings.map(\.kind) == ["repeatedTextDropped", "emptyQuotation"])
            #expect(try await city.database.read { try PlanStore($0).livingPlan() } == nil)
        }
    }

    @Test func `what is no document is refused with its reason`() async throws {
        try await withTestCity(.sqlite) { city in
            for (content, word) in [("", "空"), ("%PDF-1.4 ", "不是文本文件"), ("PK\u{3}\u{4}broken", "损坏")] {
                let path = try written(content, in: city.folder)
                let error = await #expect(throws: DomainError.self) {
                    try await service(city).importFile(path: path, name: "x", publish: true, by: .system)
                }
                guard case .invalid(let problems) = error else { Issue.record("no field problem"); return }
                #expect(problems.map(\.field) == ["file"])
                #expect(problems[0].message.contains(word))
            }
        }
    }

    @Test func `two clauses with one number are not published`() async throws {
        try await withTestCity(.sqlite) { city in
            let path = try written("一、甲\n内容。\n一、乙\n别的内容。", in: city.folder)
            await #expect(throws: DomainError.self) {
                try await service(city).importFile(path: path, name: "x.txt", publish: true, by: .system)
            }
            #expect(try await city.database.read { try PlanStore($0).livingPlan() } == nil)
        }
    }

    @Test(arguments: [
        ("防城港市教育信息化行动计划\n(2015-2017年)", "防城港市教育信息化行动计划 (2015-2017年)"),
        (
            "防城港市人民政府办公室关于印发《防城港市教育信息化三年行动计划(2015-2017年)》的通知\n防政办发〔2015〕12号",
            "防城港市教育信息化三年行动计划(2015-2017年)"
        ),
        ("防城港市人民政府办公室文件\n关于印发防城港市教育信息化\n行动计划的通知", "防城港市教育信息化行动计划"),
        ("关于做好教育信息化工作的通知", "关于做好教育信息化工作的通知"),
        ("为加快教育信息化建设，特制定本计划。", "来文"),
    ])
    func `a plan is named by its document, and only without a title by its file`(front: String, title: String)
        async throws
    {
        try await withTestCity(.sqlite) { city in
            let text = front + "\n\n一、指导思想\n以应用为导向。\n二、目标\n到2017年完成。"
            let path = try written(text, in: city.folder)
            let outcome = try await service(city).importFile(path: path, name: "来文.txt", publish: true, by: .system)
            #expect(outcome.title == title)
            let plan = try await city.database.read { try PlanStore($0).livingPlan() }
            #expect(plan?.title == title)
        }
    }

    @Test func `a line styled as the title is the title wherever it stands`() {
        func document(_ style: String?) -> [DocumentParagraph] {
            [
                DocumentParagraph(text: "来源：市教育局，2015年6月"),
                DocumentParagraph(text: "防城港市教育信息化行动计划", style: style),
                DocumentParagraph(text: "一、目标"), DocumentParagraph(text: "到期完成。"),
            ]
        }
        #expect(PlanDocumentService.cut(document("Title")).title == "防城港市教育信息化行动计划")
        #expect(PlanDocumentService.cut(document("Normal")).title == nil)
        #expect(PlanDocumentService.cut(document("Title")).clauses == PlanDocumentService.cut(document(nil)).clauses)
    }

    @Test func `years come from the title`() {
        #expect(
            PlanPublication.period(in: "行动计划（2015—2017年）").map { [$0.0.iso, $0.1.iso] } == ["2015-01-01", "2017-12-31"])
        #expect(PlanPublication.period(in: "2016年工作要点").map { [$0.0.iso, $0.1.iso] } == ["2016-01-01", "2016-12-31"])
        #expect(PlanPublication.period(in: "行动计划 20150630") == nil)
    }
}
