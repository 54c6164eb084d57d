import Testing

@testable import Plan

@Suite struct `The difference of two versions` {
    private func clause(_ path: String, _ text: String, heading: String? = nil) -> ClauseText {
        ClauseText(path: path, heading: heading, text: text)
    }
    private let network = "全市各级各类学校全部接入互联网,中学接入带宽达30M以上。"
    private let training = "完成所有教师新一轮能力提升培训,促进融合。"
    private let funds = "把建设和运行维护经费列入年度财政预算。"

    @Test func `equal versions differ in nothing`() {
        let version = [clause("一", "", heading: "目标"), clause("一/(一)", network)]
        #expect(ClauseDifference.between(version, version).map(\.kind) == [.unchanged, .unchanged])
    }

    @Test func `a changed figure shows as removed and added characters`() {
        let changed = ClauseDifference.between(
            [clause("一", network)], [clause("一", "全市各级各类学校全部接入互联网,中学接入带宽达50M以上。")])
        #expect(changed.map(\.kind) == [.changed])
        #expect(
            changed[0].segments == [
                TextSegment(.same, "全市各级各类学校全部接入互联网,中学接入带宽达"), TextSegment(.removed, "3"), TextSegment(.added, "5"),
                TextSegment(.same, "0M以上。"),
            ])
    }

    @Test func `an inserted clause moves the following ones instead of changing them`() {
        let old = [clause("一", network), clause("二", training), clause("三", funds)]
        let new = [clause("一", network), clause("二", "新增一条关于学习空间的要求。"), clause("三", training), clause("四", funds)]
        let differences = ClauseDifference.between(old, new)
        #expect(differences.map(\.kind) == [.unchanged, .added, .moved, .moved])
        #expect(differences[2].old?.path == "二")
        #expect(!differences[2].textChanged)
    }

    @Test func `a removed clause stands where it stood`() {
        let old = [clause("一", network), clause("二", training), clause("三", funds)]
        let differences = ClauseDifference.between(old, [clause("一", network), clause("三", funds)])
        #expect(differences.map(\.kind) == [.unchanged, .removed, .unchanged])
        #expect(differences[1].segments == [TextSegment(.removed, training)])
    }

    @Test func `a clause that moved and changed is found by likeness`() {
        let old = [clause("一", network), clause("二", training)]
        let new = [clause("一", funds), clause("五", network + "校园网络全覆盖。"), clause("二", training)]
        let differences = ClauseDifference.between(old, new)
        #expect(differences.map(\.kind) == [.added, .moved, .unchanged])
        #expect(differences[1].textChanged)
    }

    @Test func `a clause rewritten under its path is changed`() {
        #expect(ClauseDifference.between([clause("一", network)], [clause("一", funds)]).map(\.kind) == [.changed])
    }

    @Test func `segments give both texts back, whatever the texts`() {
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let alphabet = Array("甲乙丙丁,")
        for round in 0..<400 {
            let old = String((0..<random(30)).map { _ in alphabet[random(round % 5 + 1)] })
            let new = String((0..<random(30)).map { _ in alphabet[random(round % 5 + 1)] })
            let segments = TextSegment.between(old, new)
            #expect(segments.filter { $0.kind != .added }.map(\.text).joined() == old)
            #expect(segments.filter { $0.kind != .removed }.map(\.text).joined() == new)
        }
    }

    @Test func `texts with nothing in common are given up on early`() {
        let old = String(repeating: "甲", count: 20_000), new = String(repeating: "乙", count: 20_000)
        #expect(TextSegment.between(old, new) == [TextSegment(.removed, old), TextSegment(.added, new)])
    }
}
