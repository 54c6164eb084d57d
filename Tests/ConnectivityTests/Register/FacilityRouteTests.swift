import Directory
import Kernel
import Platform
import Testing
import Web

@testable import Connectivity

@Suite("The register's pages and interface") struct FacilityRouteTests {
    private func refusal(_ body: () async throws -> WebResponse) async throws -> DomainError? {
        do {
            _ = try await body()
            return nil
        } catch let error as DomainError { return error }
    }

    private func isNotFound(_ error: DomainError?) -> Bool {
        if case .notFound = error { true } else { false }
    }

    @Test func `a school's person comes straight to the form, a county's to the list`() async throws {
        try await RegisterWorld.run { world in
            let own = try await world.ask(world.user(at: world.school), "/register")
            #expect(own.status == 303)
            #expect(own.headers.first { $0.name == "location" }?.value == "/register/schools/\(world.school.id)/edit")
            let list = try await world.ask(world.user(at: world.county), "/register").shownText
            #expect(list.contains("那良镇中心小学") && list.contains("大菉镇中心小学"))
            #expect(!list.contains("思阳镇中心小学"))
            let leader = try await world.ask(world.user(at: world.school, [.registerView]), "/register")
            #expect(leader.status == 200)
            #expect(!leader.shownText.contains("/edit"))
        }
    }

    @Test func `the list tells how far each school has come, sorted and filtered`() async throws {
        try await RegisterWorld.run { world in
            let all = Dictionary(uniqueKeysWithValues: FacilityField.required.map { ($0, 1.0) })
            _ = try await world.tell(all, of: world.neighbour, at: Timestamp(milliseconds: 1_443_600_000_000))
            _ = try await world.tell([.classes: 6], at: Timestamp(milliseconds: 1_443_700_000_000))
            let user = world.user(at: world.city)
            func rows(_ query: String) async throws -> [String] {
                let lines = try await world.ask(user, "/register", query: "format=csv&" + query).shownText.split(
                    separator: "\n")
                return lines.dropFirst().map { String($0.split(separator: "\t")[0]) }
            }
            #expect(try await rows("state=complete") == ["大菉镇中心小学"])
            #expect(try await rows("state=incomplete") == ["那良镇中心小学"])
            #expect(try await rows("state=none") == ["思阳镇中心小学"])
            #expect(try await rows("sort=-told") == ["大菉镇中心小学", "那良镇中心小学", "思阳镇中心小学"])
            #expect(try await rows("sort=changed") == ["思阳镇中心小学", "大菉镇中心小学", "那良镇中心小学"])
            #expect(try await rows("q=nlz") == ["那良镇中心小学"])
            #expect(try await rows("county=\(world.county.id)&sort=code") == ["那良镇中心小学", "大菉镇中心小学"])
        }
    }

    @Test(arguments: ["place", "-name", "told", "-changed"])
    func `pages of the list join without gap or repetition`(sort: String) async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 6])
            _ = try await world.tell([.classes: 6, .students: 9], of: world.stranger)
            let table = FacilityPages.table(world.user(at: world.city))
            var after: String?, seen: [OrganisationID] = []
            repeat {
                let values = FormValues([("sort", sort)]).replacing("after", with: after)
                let query = table.query(values, limit: 1)
                let list = try await world.database.read {
                    try FacilityList(
                        within: .everything, FacilityList.Filter(values), query, today: RegisterWorld.later, on: $0)
                }
                let page = query.page(list.rows, total: list.total) { (value: $0.sortValue, id: $0.school.id.rawValue) }
                #expect(page.total == 3)
                seen += page.items.map(\.school.id)
                after = page.next
            } while after != nil && seen.count < 9
            #expect(seen.count == 3)
            #expect(Set(seen).count == 3)
        }
    }

    @Test func `the form shows what is known and where it comes from, and saves what was changed`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 6, .access: 10])
            let user = world.user(at: world.school), path = "/register/schools/\(world.school.id)/edit"
            let page = try await world.ask(user, path)
            #expect(page.shownText.contains("防城区(定稿)!K12，2015-09-30"))
            var fields = page.formFields
            fields[fields.firstIndex { $0.name == "classes" }!].value = "８"
            let saved = try await world.ask(user, .post, path, form: fields)
            #expect(saved.status == 303)
            #expect(saved.flash?.text.hasPrefix("已保存 1 项") ?? false)
            #expect(try await world.record()[.classes] == 8)
            #expect(try await world.record()[.access] == 10)
            #expect(try await world.record(on: RegisterWorld.day)[.classes] == 6)
        }
    }

    @Test func `a refused form keeps every field and says what is wrong`() async throws {
        try await RegisterWorld.run { world in
            let user = world.user(at: world.school), path = "/register/schools/\(world.school.id)/edit"
            var fields = try await world.ask(user, path).formFields
            fields[fields.firstIndex { $0.name == "classes" }!].value = "-3"
            fields[fields.firstIndex { $0.name == "carrier" }!].value = "mobile"
            let answer = try await world.ask(user, .post, path, form: fields)
            #expect(answer.status == 422)
            #expect(answer.shownText.contains("<title>错误："))
            #expect(answer.shownText.contains("班级数不能是负数。"))
            let kept = answer.formFields
            #expect(kept.first { $0.name == "classes" }?.value == "-3")
            #expect(kept.first { $0.name == "carrier" }?.value == "mobile")
            let history = try await world.history()
            #expect(history.isEmpty)
        }
    }

    @Test func `a jump asks for a tick and a reason`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.access: 10])
            let user = world.user(at: world.school), path = "/register/schools/\(world.school.id)/edit"
            var fields = try await world.ask(user, path).formFields
            fields[fields.firstIndex { $0.name == "access_mbps" }!].value = "100M"
            let asked = try await world.ask(user, .post, path, form: fields)
            #expect(asked.status == 422)
            #expect(asked.shownText.contains(#"name="confirmed""#))
            let confirmed = asked.formFields + [("confirmed", "1"), ("reason", "换光纤")]
            #expect(try await world.ask(user, .post, path, form: confirmed).status == 303)
            #expect(try await world.history().first?.note == "换光纤")
        }
    }

    @Test func `two people at one form: the slower is told and loses nothing`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 6, .students: 200])
            let user = world.user(at: world.school), path = "/register/schools/\(world.school.id)/edit"
            var fields = try await world.ask(user, path).formFields
            fields[fields.firstIndex { $0.name == "classes" }!].value = "7"
            _ = try await world.tell([.students: 230], on: RegisterWorld.later, by: "赵老师")
            let told = try await world.ask(user, .post, path, form: fields)
            #expect(told.status == 409)
            #expect(told.shownText.contains("赵老师"))
            #expect(told.formFields.first { $0.name == "classes" }?.value == "7")
            #expect(told.formFields.first { $0.name == "students" }?.value == "230")
            #expect(try await world.ask(user, .post, path, form: told.formFields).status == 303)
            #expect(try await world.record()[.classes] == 7)
            #expect(try await world.record()[.students] == 230)
        }
    }

    @Test func `other schools do not exist`() async throws {
        try await RegisterWorld.run { world in
            let user = world.user(at: world.school), other = world.neighbour.id
            #expect(try await isNotFound(refusal { try await world.ask(user, "/register/schools/\(other)/edit") }))
            #expect(try await isNotFound(refusal { try await world.ask(user, "/register/schools/\(other)/history") }))
            #expect(try await isNotFound(refusal { try await world.ask(user, "/api/v1/schools/\(other)/facilities") }))
            let told = try await refusal {
                try await world.ask(
                    user, .put, "/api/v1/schools/\(other)/facilities",
                    json: #"{"validFrom": "2015-09-30", "values": {"classes": 6}}"#)
            }
            #expect(isNotFound(told))
            #expect(
                try await isNotFound(
                    refusal { try await world.ask(user, "/register/schools/\(world.county.id)/history") }))
        }
    }

    @Test func `the history pages and exports`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 6, .access: 10])
            _ = try await world.tell([.classes: 7], source: .form)
            let user = world.user(at: world.county), path = "/register/schools/\(world.school.id)/history"
            #expect(try await world.ask(user, path).shownText.contains("已更正"))
            let lines = try await world.ask(user, path, query: "format=csv&field=classes").shownText.split(
                separator: "\n")
            #expect(lines.count == 3)
            #expect(lines[1].hasPrefix("班级数\t7\t个\t2015-09-30\t学校填报"))
        }
    }

    @Test func `the register leaves as one wide table`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 6, .campusNetwork: 1, .carrier: 1, .rent: 30_050, .access: 7.5])
            let file = world.folder + "/out.csv"
            let register = FacilityRegister(database: world.database)
            let count = try await register.export(
                to: file, on: RegisterWorld.day, scope: DataScope([world.county.path]))
            #expect(count == 2)
            let table = try await register.table(on: RegisterWorld.day, scope: DataScope([world.county.path]))
            let row = try #require(table.rows.first { $0.contains(.text("那良镇中心小学")) })
            func cell(_ title: String) -> TableValue? { table.header.firstIndex(of: title).map { row[$0] } }
            #expect(cell("县(市、区)") == .text("防城区"))
            #expect(cell("班级数(个)") == .integer(6))
            #expect(cell("接入带宽(Mbit/s)") == .decimal(7.5, places: 2))
            #expect(cell("宽带月租(元/月)") == .decimal(300.5, places: 2))
            #expect(cell("校园网") == .text("有"))
            #expect(cell("运营商") == .text("电信"))
            #expect(cell("在校学生数(人)") == .empty)
            let web = try await world.ask(
                world.user(at: world.county), "/register/export", query: "format=csv&on=2015-09-30")
            #expect(web.shownText.split(separator: "\n").count == 3)
        }
    }

    @Test func `the interface gives and takes the register under the same rules`() async throws {
        try await RegisterWorld.run { world in
            let user = world.user(at: world.school), path = "/api/v1/schools/\(world.school.id)/facilities"
            let put = try await world.ask(
                user, .put, path,
                json: """
                    {"validFrom": "2015-09-30", "values": {"classes": 6, "access_mbps": "10M", "carrier": "mobile",
                    "campus_network": true, "rent_fen": 30050}}
                    """)
            #expect(put.status == 200)
            #expect(try await world.history().allSatisfy { $0.source == .api })
            let got = try await world.ask(user, path, query: "on=2015-09-30").shownText
            #expect(got.contains(#""carrier":{"label":"运营商""#) && got.contains(#""value":"mobile""#))
            #expect(got.contains(#""value":30050"#) && got.contains(#""value":true"#))
            let earlier = try await world.ask(user, path, query: "on=2015-09-29").shownText
            #expect(earlier.contains(#""values":{}"#))
            let list = try await world.ask(user, "/api/v1/facilities", query: "limit=1").shownText
            #expect(list.contains(#""classes":6"#) && !list.contains("next"))
        }
    }

    @Test(arguments: [
        (#"{"validFrom": "2015-09-30", "values": {"classes": -6}}"#, ["classes"]),
        (
            #"{"validFrom": "2015-09-30", "values": {"klasses": 6, "carrier": 1, "access_mbps": true}}"#,
            ["access_mbps", "carrier", "klasses"]
        ),
        (#"{"validFrom": "heute", "values": {"classes": 6}}"#, ["validFrom"]),
        (#"{"validFrom": "2999-01-01", "values": {"classes": 6}}"#, ["validFrom"]),
        (#"{"validFrom": "2016-09-30", "values": {"access_mbps": 900}}"#, ["access_mbps", "reason"]),
        (#"{"values": {"classes": 6}}"#, [""]), ("", [""]),
        (#"{"validFrom": "2015-09-30", "values": {"classes": null}}"#, [""]),
    ])
    func `what the interface cannot take names its member`(body: String, fields: [String]) async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.access: 10])
            let error = try await refusal {
                try await world.ask(
                    world.user(at: world.school), .put, "/api/v1/schools/\(world.school.id)/facilities", json: body)
            }
            guard case .invalid(let problems) = error else {
                Issue.record("expected refusal, got \(String(describing: error))")
                return
            }
            #expect(problems.map(\.field) == fields)
        }
    }

    @Test func `a list of many schools goes on where it stopped`() async throws {
        try await RegisterWorld.run { world in
            let user = world.user(at: world.city)
            var after = "", pages = 0, text = ""
            repeat {
                let part = try await world.ask(user, "/api/v1/facilities", query: "limit=2&after=" + after).shownText
                text += part
                after = part.components(separatedBy: #""next":""#).dropFirst().first.map { String($0.prefix(26)) } ?? ""
                pages += 1
            } while !after.isEmpty && pages < 5
            #expect(pages == 2)
            for name in ["那良镇中心小学", "大菉镇中心小学", "思阳镇中心小学"] {
                #expect(text.components(separatedBy: name).count == 2)
            }
        }
    }

    @Test func `a school's page shows the register to those who may see it`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 6, .access: 20, .egress: 15])
            let panels = FacilityPanels(database: world.database)
            let page = PageContext(
                path: "/", user: nil, csrfToken: "", flash: nil, preferences: DisplayPreferences(), navigation: [],
                site: SiteInfo(
                    name: "", owner: "", contact: "", registration: "", isDemo: false, assets: AssetManifest()))
            let user = world.user(at: world.school)
            let shown = try await panels.panels(for: world.school, viewer: user, on: RegisterWorld.later, page: page)
            let text = shown.map(\.content.text).joined()
            #expect(shown.map(\.id) == ["lines", "facilities"])
            #expect(text.contains("20 Mbit/s") && text.contains("2.50 Mbit/s"))
            #expect(text.contains("防城区(定稿)!K12，2015-09-30"))
            let stranger = world.user(at: world.stranger)
            #expect(
                try await panels.panels(for: world.school, viewer: stranger, on: RegisterWorld.later, page: page)
                    .isEmpty)
            #expect(try await panels.dossier(for: world.school, viewer: stranger, on: RegisterWorld.later).isEmpty)
            let dossier = try await panels.dossier(for: world.school, viewer: user, on: RegisterWorld.later)
            #expect(dossier.map(\.rows.count) == [FacilityField.all.count, 3])
            #expect(dossier.allSatisfy { section in section.rows.allSatisfy { $0.count == section.header.count } })
        }
    }
}
