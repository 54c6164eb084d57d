import Directory
import Kernel
import Testing
import Web

@Suite struct OrganisationFormTests {
    private typealias World = DirectoryWorld

    private func revision(_ organisation: Organisation) -> (String, String) {
        ("revision", String(organisation.revision))
    }

    @Test(arguments: ["name", "profile", "place", "merger", "closure"])
    func `each form shows the state it starts from`(action: String) async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450600"), school = try await world.organisation(World.secondarySchool)
            let text = try await world.ask(user, "/organisations/\(school.id)/\(action)").text
            #expect(text.contains(#"name="revision" value="1""#) && text.contains(#"name="from""#))
            #expect(text.contains(#"action="/organisations/\#(school.id)/\#(action)""#))
        }
    }

    @Test func `a school is added below a town`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603"), town = try await world.organisation("450603001")
            let address = "/organisations/\(town.id)/children"
            let good = [
                revision(town), ("kind", "school"), ("name", " 水营　小学 "), ("code", "２１４５９９０００９"), ("schoolType", "211"),
                ("urbanRural", "111"), ("openedOn", "2019-09-01"),
            ]
            let answer = try await world.ask(user, address, form: good)
            #expect(answer.status == 303 && answer.flash?.text == "已新建水营 小学")
            let added = try await world.organisation("2145990009")
            #expect(added.parent == town.id && added.openedOn == LocalDate(iso: "2019-09-01"))
            #expect(added.profile == SchoolProfile(schoolType: "211", urbanRural: "111", isCentral: false))
        }
    }

    @Test func `all that is wrong with a new school is said at once, and what was typed stays`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603"), town = try await world.organisation("450603001")
            let bad = [
                revision(town), ("kind", "school"), ("name", ""), ("code", "第1号"), ("schoolType", ""),
                ("openedOn", "昨天"),
            ]
            let answer = try await world.ask(user, "/organisations/\(town.id)/children", form: bad)
            #expect(answer.status == 422)
            for word in ["有 4 处需要修改", "填写单位名称", "标识码应为", "选择办学类型", "设立日期应如", #"value="第1号""#, "错误："] {
                #expect(answer.text.contains(word), "\(word)")
            }
        }
    }

    @Test func `a town cannot get a county below it`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603"), town = try await world.organisation("450603001")
            let form = [revision(town), ("kind", "county"), ("name", "新县")]
            let answer = try await world.ask(user, "/organisations/\(town.id)/children", form: form)
            #expect(answer.status == 422 && answer.text.contains("选择单位类别"))
        }
    }

    @Test func `a form on an older state is shown again with the newest and nothing is written`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603"), school = try await world.organisation(World.secondarySchool)
            let address = "/organisations/\(school.id)/name"
            func form(_ name: String) -> [(String, String)] {
                [revision(school), ("name", name), ("from", "2020-09-01")]
            }
            #expect(try await world.ask(user, address, form: form("甲中学")).status == 303)
            let second = try await world.ask(user, address, form: form("乙中学"))
            #expect(second.status == 409)
            for word in ["刚被陈主任修改", "现在的名称：甲中学", #"value="乙中学""#, #"name="revision" value="2""#] {
                #expect(second.text.contains(word), "\(word)")
            }
            #expect(try await world.organisation(World.secondarySchool).name == "甲中学")
        }
    }

    @Test func `only the city decides the area against the code`() async throws {
        try await withDirectory { world in
            let school = try await world.organisation(World.secondarySchool)
            let address = "/organisations/\(school.id)/profile"
            let form = [
                ("schoolType", "311"), ("urbanRural", "112"), ("areaOverride", "rural"),
                ("areaOverrideReason", "市教〔2020〕1号"), ("from", "2020-09-01"),
            ]
            let county = try await world.user(at: "450603")
            #expect(try await !world.ask(county, address).text.contains("城乡认定"))
            #expect(try await world.ask(county, address, form: form + [revision(school)]).status == 303)
            let after = try await world.organisation(World.secondarySchool)
            #expect(after.profile?.areaOverride == nil)
            let city = try await world.user(at: "450600")
            #expect(try await world.ask(city, address, form: form + [revision(after)]).status == 303)
            #expect(try await world.organisation(World.secondarySchool).profile?.area() == .rural)
            #expect(try await world.ask(city, "/schools/\(school.id)").text.contains("市局认定：市教〔2020〕1号"))
        }
    }

    @Test func `moving, merging and closing go by form`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450600"), point = try await world.teachingPoint()
            let target = try await world.organisation(World.secondarySchool)
            let place = [revision(point), ("parent", target.id.rawValue), ("from", "2020-09-01")]
            #expect(try await world.ask(user, "/organisations/\(point.id)/place", form: place).status == 303)
            let moved = try await world.teachingPoint()
            #expect(target.path.contains(moved.path))
            let merge = [revision(moved), ("target", target.id.rawValue), ("from", "2020-09-02")]
            #expect(try await world.ask(user, "/organisations/\(point.id)/merger", form: merge).status == 303)
            let page = try await world.ask(user, "/organisations/\(point.id)").text
            #expect(page.contains("2020-09-02 撤并") && page.contains("防城区第二初级中学") && !page.contains("更名"))
            let close = [revision(try await world.organisation(World.borderSchool)), ("from", "")]
            let border = try await world.organisation(World.borderSchool)
            let answer = try await world.ask(user, "/organisations/\(border.id)/closure", form: close)
            #expect(answer.status == 422 && answer.text.contains("填写生效日期"))
        }
    }

    @Test func `the tree counts schools at every place and the search finds by initials`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450600")
            let text = try await world.ask(user, "/organisations").text
            #expect(text.contains("共 42 个单位，其中学校和教学点 5 所"))
            #expect(text.contains(#"防城区 <span class="muted">3 所学校</span>"#))
            #expect(text.contains(#"华石镇中心小学 <span class="muted">1 个教学点</span>"#))
            let found = try await world.ask(user, "/organisations", query: "q=hsz").text
            #expect(found.contains("华石镇中心小学") && !found.contains("江平镇第一小学"))
        }
    }
}
