import Database
import Directory
import Kernel
import Testing
import Web

@Suite struct SchoolListTests {
    private typealias World = DirectoryWorld

    private func names(
        _ world: World, _ change: (inout OrganisationStore.SchoolFilter) -> Void
    ) async throws -> [String] {
        var filter = OrganisationStore.SchoolFilter()
        change(&filter)
        let asked = filter
        return try await world.database.read { db in
            try OrganisationStore(db).schools(within: .everything, asked, limit: 50).rows.map(\.organisation.name)
        }
    }

    @Test(arguments: [
        ("实验", ["防城港市实验小学"]), ("FCGSSYXX", ["防城港市实验小学"]), ("syxx", ["防城港市实验小学"]),
        ("sqjxd", ["石桥教学点"]), ("2145990002", ["江平镇第一小学"]), ("２１４５９９０００２", ["江平镇第一小学"]),
        ("%", []), ("_", []), ("!", []), ("没有这样的学校", []),
    ])
    func `a school is found by name, code and pinyin initials`(text: String, expected: [String]) async throws {
        try await withDirectory { world in
            let found = try await names(world) { $0.text = text }
            #expect(found == expected)
        }
    }

    @Test func `filters by place, type and area work together`() async throws {
        try await withDirectory { world in
            let county = try await world.organisation("450603").path
            #expect(try await names(world) { ($0.below, $0.types) = (county, ["218"]) } == ["石桥教学点"])
            #expect(try await names(world) { $0.area = .rural } == ["石桥教学点"])
            let urban = try await names(world) { ($0.below, $0.area) = (county, .urban) }
            #expect(urban == ["防城区第二初级中学", "华石镇中心小学"])
            let school = try await world.organisation(World.secondarySchool)
            let profile = SchoolProfile(
                schoolType: "311", urbanRural: "112", isCentral: false, areaOverride: .rural,
                areaOverrideReason: "市教〔2020〕1号")
            try await world.change { try $0.change(school, to: profile, from: World.day) }
            #expect(try await names(world) { $0.area = .rural } == ["防城区第二初级中学", "石桥教学点"])
        }
    }

    @Test(arguments: OrganisationStore.SchoolOrder.allCases, [false, true])
    func `slices follow each other without gap or repetition`(
        order: OrganisationStore.SchoolOrder, descending: Bool
    ) async throws {
        try await withDirectory { world in
            let (whole, parts) = try await world.database.read { db in
                let store = OrganisationStore(db)
                let whole = try store.schools(
                    within: .everything, .init(), by: order, descending: descending, limit: 50)
                var parts: [OrganisationID] = [], after: (value: String, id: String)?
                while true {
                    let slice = try store.schools(
                        within: .everything, .init(), by: order, descending: descending, after: after, limit: 2)
                    guard let last = slice.rows.last else { break }
                    #expect(slice.total == 5)
                    parts += slice.rows.map(\.organisation.id)
                    after = (last.sortValue, last.organisation.id.rawValue)
                }
                return (whole.rows.map(\.organisation.id), parts)
            }
            #expect(parts == whole && whole.count == 5)
        }
    }

    @Test func `the page names county, town, type, area and tier, and takes filters from the address`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450600")
            let all = try await world.ask(user, "/schools").text
            #expect(all.contains("共 5 所学校和教学点"))
            for word in ["华石镇中心小学", "防城区", "华石镇", "小学教学点", "城镇", "农村", "中心校", "导出 Excel"] {
                #expect(all.contains(word), "\(word)")
            }
            let some = try await world.ask(user, "/schools", query: "unit=450603&town=450603102&type=218").text
            #expect(some.contains("石桥教学点") && !some.contains("第二初级中学"))
            #expect(some.contains(#"<option value="450603" selected>"#))
            let nonsense = "unit=x&town=450681101&type=999&area=moon&after=z&sort=id"
            let broken = try await world.ask(user, "/schools", query: nonsense)
            #expect(broken.status == 200)
        }
    }

    @Test func `an export holds what is filtered, in the order asked for`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450600")
            let lines = try await world.ask(user, "/schools", query: "unit=450603&sort=-code&format=csv").text
                .split(separator: "\n")
            #expect(lines.count == 4)
            #expect(lines[0].hasPrefix("学校名称\t标识码\t县(市、区)"))
            #expect(lines[1] == "防城区第二初级中学\t3145990004\t防城区\t水营街道\t初级中学\t城镇\t中学\t否")
            #expect(lines[3].hasPrefix("石桥教学点\t—\t防城区\t华石镇"))
        }
    }

    @Test func `who belongs to one school is led to it`() async throws {
        try await withDirectory { world in
            let school = try await world.organisation(World.secondarySchool)
            let user = try await world.user(at: World.secondarySchool, [.schoolView])
            let answer = try await world.ask(user, "/schools")
            #expect(answer.status == 303 && answer.header("location") == "/schools/\(school.id)")
            #expect(try await world.ask(user, "/schools", query: "q=x").status == 200)
            let central = try await world.user(at: World.centralSchool, [.schoolView])
            #expect(try await world.ask(central, "/schools").status == 200)
        }
    }
}
