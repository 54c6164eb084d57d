import Directory
import Foundation
import Kernel
import Platform
import Testing

@testable import Rosters

@Suite("Recognising rosters") struct RosterLayoutTests {
    private func layout(_ text: String, remembered: [String: RosterTarget] = [:]) throws -> RosterLayout {
        let path = NSTemporaryDirectory() + "roster-\(Identifiers.next()).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }  // the system clears what is left over
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try RosterLayout.read(fileAt: path, kind: nil, remembered: remembered, isThorough: true)
    }

    private func titles(_ layout: RosterLayout) -> [String] { layout.sheets[0].columns.map(\.target.title) }

    @Test func `the national export of pupils, by its labels and by the ministry's field names`() throws {
        let labels = try layout("学籍号,姓名,性别,出生日期,身份证件类型,身份证件号,民族,年级,班级,成员1姓名,成员1关系,成员1联系电话\n")
        #expect(labels.roster == .pupils)
        let known = [
            "学籍号", "姓名", "性别", "出生日期", "身份证件类型", "身份证件号", "民族", "年级", "班级", "家长1姓名", "家长1关系", "家长1手机号",
        ]
        #expect(titles(labels) == known)
        let codes = try layout("XJH,XM,XBM,CSRQ,SFZJLXM,SFZJH,MZM,NJ,BJ\n")
        #expect(titles(codes) == Array(known.prefix(9)))
    }

    @Test func `a staff roster is told by its columns`() throws {
        let staff = try layout("姓名,性别,身份证号,岗位,教职工类别,最高学历,手机,参加工作年月\n")
        #expect(staff.roster == .staff)
        #expect(titles(staff) == ["姓名", "性别", "身份证件号", "岗位职业", "教职工类别", "最高学历", "手机号", "参加工作年月"])
    }

    @Test func `titles above, headers of two lines, guardians in groups`() throws {
        let text = """
            防城区华石镇中心小学学生花名册,,,,,,
            填报单位：华石镇中心小学,,,填表日期：2026-09-01,,,
            姓名,班级,学籍号,监护人一,,监护人二,
            ,,,姓名,联系电话,姓名,联系电话
            韦小明,三(3)班,,韦大力,19900000001,,
            """
        let found = try layout(text)
        #expect(found.sheets[0].lastHeaderRow == 4)
        #expect(titles(found) == ["姓名", "班级", "学籍号", "家长1姓名", "家长1手机号", "家长2姓名", "家长2手机号"])
    }

    @Test func `a correction that was remembered comes first; what is no roster is told`() throws {
        let found = try layout("姓名,班级,小名\n", remembered: ["小名": .field("formerName")])
        #expect(titles(found) == ["姓名", "班级", "曾用名"])
        #expect(throws: DomainError.self) { try layout("学校名称,班级数,带宽\n华石镇中心小学,6,10M\n") }
    }
}
