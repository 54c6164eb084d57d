import Directory
import Testing

@Suite struct DivisionsTests {
    @Test func `the city has four counties, five management units and 31 towns`() {
        #expect(Divisions.counties.map(\.name) == ["港口区", "防城区", "上思县", "东兴市"])
        #expect(Divisions.managementUnits.map(\.code) == ["450601", "450602", "450603", "450621", "450681"])
        #expect(Divisions.counties.map { Divisions.towns(in: $0.code).count } == [6, 14, 8, 3])
        #expect(Divisions.towns(in: "450601").isEmpty)
    }

    @Test func `a town's code begins with its county's`() {
        for county in Divisions.counties {
            #expect(Divisions.towns(in: county.code).allSatisfy { $0.code.hasPrefix(county.code) })
        }
    }

    @Test(arguments: [
        ("大菉镇", "450603101"), ("大菉", "450603101"), (" 大菉\u{3000}镇", "450603101"), ("450603101", "450603101"),
        ("防城区大菉镇", "450603101"), ("防城港市防城区大菉镇", "450603101"), ("扶隆乡", "450603108"),
        ("十万山", "450603209"), ("十万山乡", "450603209"), ("水营", "450603001"), ("水营街道办事处", "450603001"),
        ("小峰", "450603450"),
    ])
    func `a town is found by the names in use`(name: String, code: String) {
        #expect(Divisions.town(named: name, in: "450603")?.code == code)
    }

    @Test func `a town of another county and a wrong name are not found`() {
        #expect(Divisions.town(named: "江平镇", in: "450603") == nil)
        #expect(Divisions.town(named: "450681101", in: "450603") == nil)
        #expect(Divisions.town(named: "大菉街道", in: "450603") == nil)
        #expect(Divisions.town(named: "那", in: "450603") == nil)
        #expect(Divisions.town(named: "", in: "450603") == nil)
        #expect(Divisions.town(named: "防城区", in: "450603") == nil)
    }

    @Test(arguments: [
        ("东兴市", "450681"), ("东兴", "450681"), ("防城港市上思县", "450621"), ("450602", "450602"), ("市直", "450601"),
        ("市直属", "450601"),
    ])
    func `a management unit is found by name or code`(name: String, code: String) {
        #expect(Divisions.managementUnit(named: name)?.code == code)
    }

    @Test func `the city and a town are no management units`() {
        #expect(Divisions.managementUnit(named: "防城港市") == nil)
        #expect(Divisions.managementUnit(named: "东兴镇") == nil)
    }
}
