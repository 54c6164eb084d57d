import Directory
import Kernel
import Testing

@Suite struct CodeListTests {
    @Test func `every list is read and names its standard`() {
        for (name, list) in CodeLists.all {
            #expect(!list.codes.isEmpty, "\(name)")
            #expect(!list.standard.isEmpty, "\(name)")
        }
    }

    @Test func `every code and every word of its own finds its value`() {
        for (name, list) in CodeLists.all where name != "school-type" && name != "urban-rural" {
            for code in list.codes {
                #expect(list.code(matching: code.code) == code, "\(name) \(code.code)")
                #expect(list.code(matching: code.name) == code, "\(name) \(code.name)")
                if !code.code.contains("_") {
                    #expect(list.code(matching: "\(code.code)-\(code.name)") == code, "\(name) \(code.code)")
                }
                for alias in code.aliases { #expect(list.code(matching: alias) == code, "\(name) \(alias)") }
            }
        }
    }

    @Test(arguments: [
        ("小学", "211"), ("211", "211"), ("211.0", "211"), ("211-小学", "211"), ("211 小学", "211"), ("211—小学", "211"),
        ("２１１－小学", "211"), ("\u{3000}小 学\u{A0}", "211"), ("小学(211)", "211"), ("小学（211）", "211"),
        ("211、小学", "211"), ("完全小学", "211"), ("小学教学点", "218"), ("教学点", "218"), ("218-小学教学点", "218"),
        ("218-教学点", "218"), ("初级中学", "311"), ("311-初级中学", "311"), ("初中", "311"), ("九年一贯制", "312"),
        ("312-九年一贯制学校", "312"), ("完中", "341"), ("341-完全中学", "341"), ("高中", "342"), ("342-高级中学", "342"),
        ("职高", "365"), ("职业高中", "365"), ("365-职业高中学校", "365"), ("幼儿园", "111"), ("111-幼儿园", "111"),
        ("高级中学", "342"), ("完全中学", "341"), ("九年一贯制学校", "312"), ("职业高中学校", "365"), ("365", "365"),
    ])
    func `a school type is accepted as word, code or both`(cell: String, code: String) {
        #expect(CodeLists.schoolType.code(matching: cell)?.code == code)
    }

    @Test(arguments: ["", "  ", "999", "211-教学点", "教学点(211)", "21", "211.5", "小学校长", "其他", "-", "()", "21１小"])
    func `a cell that means no school type or two is refused`(cell: String) {
        #expect(CodeLists.schoolType.code(matching: cell) == nil)
    }

    @Test(arguments: [
        ("111", "111"), ("112", "112"), ("121.0", "121"), ("122 镇乡结合区", "122"), ("村庄", "220"), ("210", "210"),
    ])
    func `an urban-rural code is accepted`(cell: String, code: String) {
        #expect(CodeLists.urbanRural.code(matching: cell)?.code == code)
    }

    @Test func `an unknown urban-rural code is refused`() {
        #expect(CodeLists.urbanRural.code(matching: "999") == nil)
        #expect(CodeLists.urbanRural.code(matching: "1") == nil)
    }

    @Test func `a code that lost its leading zero is found`() {
        #expect(CodeLists.ethnicity.code(matching: "8")?.name == "壮族")
        #expect(CodeLists.ethnicity.code(matching: "8.0")?.name == "壮族")
        #expect(CodeLists.ethnicity.code(matching: "57")?.code == "97")
        #expect(CodeLists.ethnicity.code(matching: "京")?.code == "49")
    }

    @Test func `a list with a faulty line is not read`() {
        let head = "# 标准\ncode,name,parent,valid_from,valid_to,note,alias\n"
        #expect(throws: CodeListProblem(line: 3, reason: "3 columns")) { try CodeList(csv: head + "1,男,") }
        #expect(throws: CodeListProblem(line: 3, reason: "bad date")) { try CodeList(csv: head + "1,男,,2015,,,") }
        #expect(throws: CodeListProblem(line: 0, reason: "no group 9")) { try CodeList(csv: head + "1,男,9,,,,") }
        #expect(throws: CodeListProblem(line: 0, reason: "code 1 twice")) {
            try CodeList(csv: head + "1,男,,,,,\n1,女,,,,,")
        }
        #expect(throws: CodeListProblem.self) { try CodeList(csv: "code,name\n1,男") }
    }

    @Test func `a value is valid on its first and its last day`() throws {
        let list = try CodeList(
            csv: "# 标准\ncode,name,parent,valid_from,valid_to,note,alias\n1,旧镇,,2001-01-01,2015-12-31,,")
        let code = try #require(list["1"])
        let day = { (text: String) in try #require(LocalDate(iso: text)) }
        #expect(try code.isValid(on: day("2001-01-01")) && code.isValid(on: day("2015-12-31")))
        #expect(try !code.isValid(on: day("2000-12-31")) && !code.isValid(on: day("2016-01-01")))
    }
}
