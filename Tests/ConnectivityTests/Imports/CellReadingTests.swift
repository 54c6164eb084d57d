import Kernel
import Platform
import Testing

@testable import Connectivity

@Suite struct `Cells as clerks write them` {
    private func read(_ text: String, _ field: FacilityField, scale: Double = 1) -> CellReading {
        CellReading.figure(SheetCell(column: 0, text: text), field, scale: scale)
    }

    @Test(arguments: [
        ("10M", 10.0), ("10Mbps", 10), ("１０兆", 10), (" 4 ", 4), ("7.5Mbps", 7.5), ("1G", 1000), ("千兆", 1000),
        ("百兆光纤", 100), ("100M光纤", 100), ("1,000", 1000), ("无", 0), ("未接入", 0), ("—", 0), ("0", 0), ("", 0),
        ("512K", 0.512), ("２０Ｍｂｐｓ", 20),
    ]) func `bandwidth`(text: String, value: Double) { #expect(read(text, .access) == .value(value)) }

    @Test(arguments: [("13间", 13.0), ("1,024台", 1024), (" ６ ", 6), ("无", 0), ("25.0", 25), ("-12", -12), ("6.5", 6.5)])
    func `counts`(text: String, value: Double) { #expect(read(text, .ordinaryRooms) == .value(value)) }

    @Test(arguments: ["约十兆左右吧", "10-20M", "1,00", "2×100M", "十", "10人", "M", "1e3", "NaN", "inf", "0x10"])
    func `no figure of bandwidth`(text: String) {
        #expect(read(text, .access) == .refused("接入带宽“\(text)”不是数字"))
    }

    @Test func `a blank or a dash where a figure must be told says nothing`() {
        #expect(read("", .classes) == .absent)
        #expect(read("/", .students) == .absent)
        #expect(CellReading.figure(nil, .students) == .absent)
        #expect(CellReading.figure(nil, .multimediaRooms) == .value(0))
        #expect(read("无", .students) == .value(0))
    }

    @Test func `bare numbers of a Gbit column are scaled, those with a unit are not`() {
        #expect(read("1", .access, scale: 1000) == .value(1000))
        #expect(read("100M", .access, scale: 1000) == .value(100))
        #expect(HeaderWords.scale(of: "接入带宽（G）") == 1000)
    }

    @Test(arguments: [("是", 1.0), ("√", 1), ("Y", 1), ("有", 1), ("否", 0), ("×", 0), ("无", 0), ("", 0), ("部分覆盖", 1)])
    func `yes and no`(text: String, value: Double) { #expect(read(text, .campusNetwork) == .value(value)) }

    @Test func `what is neither yes nor no is refused`() {
        #expect(read("看情况", .campusNetwork) == .refused("校园网“看情况”看不出是有还是无"))
    }

    @Test func `dates, failed and uncalculated formulas are refused with their content`() {
        let date = SheetCell(column: 0, kind: .date, text: "2015-09-30", number: 42_277)
        #expect(CellReading.figure(date, .classes) == .refused("班级数“2015-09-30”是日期，不是数字"))
        let error = SheetCell(column: 0, kind: .error, text: "#DIV/0!", isFormula: true)
        #expect(CellReading.figure(error, .classes) == .refused("班级数“#DIV/0!”是出错的公式"))
        let open = SheetCell(column: 0, text: "", isFormula: true, isUncalculated: true)
        guard case .refused(let reason) = CellReading.figure(open, .classes) else { Issue.record(); return }
        #expect(reason.hasPrefix("班级数是公式"))
        let cached = SheetCell(column: 0, kind: .number, text: "12", number: 12, isFormula: true)
        #expect(CellReading.figure(cached, .classes) == .value(12))
    }

    @Test func `codes that lost their text type are told again, those that lost digits are refused`() {
        func code(_ text: String, lost: Bool = false) -> SchoolCode.Reading {
            SchoolCode.read(SheetCell(column: 0, text: text, lostPrecision: lost))
        }
        #expect(code("2145620012.0") == .code("2145620012"))
        #expect(code(" ２１４５６２００１２ ") == .code("2145620012"))
        #expect(code("4145a") == .code("4145A"))
        #expect(code("无") == .absent && code("—") == .absent)
        guard case .refused(let lost) = code("2.14562E+19", lost: true) else { Issue.record(); return }
        #expect(lost.contains("已丢失末尾数字"))
        guard case .refused(let long) = code("21456200121234567890") else { Issue.record(); return }
        #expect(long.contains("2 到 12 位"))
    }
}
