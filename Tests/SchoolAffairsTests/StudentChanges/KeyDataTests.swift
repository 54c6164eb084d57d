import Directory
import Kernel
import Testing

@testable import SchoolAffairs

@Suite("关键信息") struct KeyDataTests {
    private func fields(_ typed: [KeyDatum: String], _ known: [KeyDatum: String]) -> [String] {
        do {
            return try KeyDataRules.changes(typed, knowing: known).map { "\($0.datum)=\($0.new)" }
        } catch DomainError.invalid(let problems) {
            return problems.map { "!" + $0.field }
        } catch { return ["\(error)"] }
    }

    @Test func `only what differs is a change, in the spelling that is kept`() {
        let known: [KeyDatum: String] = [.name: "韦一", .sex: "1", .ethnicity: "08"]
        #expect(fields([.name: "韦一", .sex: "女"], known) == ["sex=2"])
        #expect(fields([.birthDate: "2018年9月1日"], known) == ["birthDate=2018-09-01"])
        #expect(fields([.name: "韦一"], known) == ["!"])
        #expect(fields([.sex: "中", .citizenNumber: "45"], known) == ["!sex", "!citizenNumber"])
    }

    @Test func `a citizen number agrees with birth date and sex, or they change together`() {
        let known: [KeyDatum: String] = [.sex: "2", .birthDate: "2008-09-01"]
        #expect(fields([.citizenNumber: AffairsWorld.boy], known) == ["!sex"])
        #expect(fields([.citizenNumber: AffairsWorld.girl], known) == ["citizenNumber=" + AffairsWorld.girl])
        let both = fields([.citizenNumber: AffairsWorld.boy, .sex: "1"], known)
        #expect(both == ["sex=1", "citizenNumber=" + AffairsWorld.boy])
        let numbered = known.merging([.citizenNumber: AffairsWorld.girl]) { $1 }
        #expect(fields([.birthDate: "2008-09-02"], numbered) == ["!birthDate"])
        // Who has never been told of does not contradict.
        #expect(fields([.name: "韦二"], [.citizenNumber: AffairsWorld.boy, .sex: "2"]) == ["name=韦二"])
    }

    @Test func `a list shows numbers with stars`() {
        #expect(KeyDatum.citizenNumber.masked(AffairsWorld.boy) == "450699**********14")
        #expect(KeyDatum.sex.masked("1") == "男" && KeyDatum.ethnicity.masked("") == "未填")
    }
}
