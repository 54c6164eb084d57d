import Database
import Directory
import Kernel
import TestKit
import Testing
import Web

@testable import Resources

/// What schools are to publish in a year.
@Suite("Yearly tasks of schools") struct YearTaskTests {
    private static let today = Timestamp.now.day
    private static let year = SchoolYear(containing: today)

    private static func draft(
        _ lines: [YearTaskLine] = [YearTaskLine(area: "2-13", group: .plan, wanted: 2)], due: LocalDate = year.lastDay
    ) -> YearTaskDraft {
        YearTaskDraft(year: year, title: "校本资源共建", note: "", due: due, lines: lines)
    }

    private func open(
        _ made: ResourceCity, _ member: TestCity.Member, at code: String, _ draft: YearTaskDraft = draft()
    ) async throws -> ID<YearTask> {
        let user = try await made.city.user(member), place = try await made.city.organisation(code)
        return try await made.database.write { db in
            try YearTaskService(db, by: user, now: .now).open(draft, at: place.id)
        }
    }

    private func progress(
        _ made: ResourceCity, _ id: ID<YearTask>, of school: Organisation
    ) async throws -> (task: YearTask, own: YearTaskProgress) {
        let found = try await made.database.read { db in
            let store = YearTaskStore(db), task = try store.find(id, within: .everything)
            return (task, try store.progress(task, store.lines(of: id), within: DataScope([school.path])))
        }
        return (found.0, try #require(found.1.first { $0.school == school.id }))
    }

    @Test("The light follows what was published and how much time has passed")
    func lights() throws {
        let school = OrganisationID.new(), year = SchoolYear(start: 2026)
        let line = YearTaskLine(area: "2", group: nil, wanted: 10)
        func light(_ inTime: Int, _ all: Int, _ day: String) throws -> YearTaskProgress.Light {
            let figure = YearTaskFigure(line: line, inTime: inTime, all: all)
            let one = YearTaskProgress(school: school, name: "", path: .city, figures: [figure])
            let known = try self.task(year, from: "2026-09-01", due: "2027-06-30")
            return one.light(of: known, on: try #require(LocalDate(iso: day)))
        }
        #expect(try light(10, 10, "2026-10-01") == .done)
        #expect(try light(0, 0, "2026-09-01") == .onTime)
        #expect(try light(1, 1, "2027-01-01") == .behind)
        #expect(try light(5, 5, "2027-01-01") == .onTime)
        #expect(try light(9, 9, "2027-06-30") == .behind)
        #expect(try light(9, 9, "2027-07-01") == .missed)
        #expect(try light(9, 12, "2027-07-01") == .late)
    }

    private func task(_ year: SchoolYear, from: String, due: String) throws -> YearTask {
        YearTask(
            id: .new(), organisation: .new(), organisationName: "", path: .city, year: year, title: "", note: "",
            due: try #require(LocalDate(iso: due)), state: .open, revision: 1,
            openedAt: Timestamp(startOf: try #require(LocalDate(iso: from))), openedBy: "")
    }

    @Test("A line counts its stage, subject and group; more of one makes up for no other")
    func lines() {
        let whole = YearTaskLine(area: "", group: nil, wanted: 3),
            stage = YearTaskLine(area: "2", group: nil, wanted: 1)
        let subject = YearTaskLine(area: "2-13", group: .courseware, wanted: 1)
        #expect(whole.counts(area: "", group: "plan") && stage.counts(area: "2-13", group: "plan"))
        #expect(!stage.counts(area: "21-13", group: "plan") && !subject.counts(area: "2-13", group: "plan"))
        #expect(subject.counts(area: "2-13", group: "courseware") && !subject.counts(area: "2-14", group: "courseware"))
        #expect(stage.concerns([.primary, .junior]) && !stage.concerns([.junior]) && whole.concerns([]))
        let figures = [
            YearTaskFigure(line: whole, inTime: 9, all: 9), YearTaskFigure(line: subject, inTime: 0, all: 0),
        ]
        let one = YearTaskProgress(school: .new(), name: "", path: .city, figures: figures)
        #expect(one.done == 3 && one.missing == 1 && one.hasContributed)
    }

    @Test("A form tells what is wrong, line by line")
    func form() throws {
        let today = YearTaskTests.today
        func problems(_ pairs: [(name: String, value: String)]) -> [String] {
            do {
                _ = try YearTaskForm(FormValues(pairs), on: today).draft(areas: ["2", "2-13"], on: today)
                return []
            } catch DomainError.invalid(let problems) { return problems.map(\.field) } catch { return ["?"] }
        }
        #expect(problems([]) == ["title", "due", "wanted-1"])
        let good: [(name: String, value: String)] = [
            ("title", "共建"), ("due", YearTaskTests.year.lastDay.iso), ("area-1", "2-13"), ("group-1", "plan"),
            ("wanted-1", "3"), ("area-4", ""), ("wanted-4", "20"),
        ]
        #expect(problems(good) == [])
        #expect(problems(good + [("area-2", "2-13"), ("group-2", "plan"), ("wanted-2", "1")]) == ["area-2"])
        #expect(problems(good + [("wanted-2", "0"), ("area-3", "9-99"), ("wanted-3", "1")]) == ["wanted-2", "area-3"])
        #expect(problems(good + [("year", "1999")]) == ["year", "due"])
        for year in ["0", "-1", "9999", "10000", "9223372036854775807", "-9223372036854775808"] {
            #expect(problems(good + [("year", year)]) == ["year", "due"])
        }
    }

    @Test("What is published counts by itself, and what is taken down does not", arguments: TestDatabase.allCases)
    func counting(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let lines = [
                YearTaskLine(area: "2-13", group: .plan, wanted: 2), YearTaskLine(area: "3", group: nil, wanted: 5),
            ]
            let id = try await open(made, .bureau, at: "450600", YearTaskTests.draft(lines))
            var found = try await progress(made, id, of: made.school)
            // A primary school has nothing to do for 初中.
            #expect(found.own.figures.map(\.line) == [lines[0]] && found.own.missing == 2)
            let first = try await made.published(ResourceCity.content("一", .city))
            _ = try await made.published(ResourceCity.content("二"))
            found = try await progress(made, id, of: made.school)
            #expect(found.own.missing == 0 && found.own.light(of: found.task, on: YearTaskTests.today) == .done)
            try await made.review(.bureau) { try $0.takeDown(first, reason: "有错") }
            #expect(try await progress(made, id, of: made.school).own.missing == 1)
            #expect(try await progress(made, id, of: made.border).own.done == 0)
        }
    }

    @Test("In time is what came by the last day, whatever day of the month it is", arguments: TestDatabase.allCases)
    func deadlines(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let today = YearTaskTests.today
            _ = try await made.published(ResourceCity.content("今天的"))
            let old = try await made.published(ResourceCity.content("以前的"))
            let past = Timestamp(startOf: today.adding(days: -1))
            try await made.database.write { db in
                try db.execute("UPDATE resources_contribution SET at = \(past) WHERE item_id = \(old)")
                try db.execute("DELETE FROM resources_contribution_sum")
                try db.execute("INSERT INTO resources_contribution_stale (school_id) VALUES (\(made.school.id))")
                _ = try ContributionSums(db).catchUp()
            }
            // The first day of a school year has none before it in the year.
            let isFirst = today == YearTaskTests.year.firstDay
            for (days, inTime) in [(-2, 0), (-1, isFirst ? 0 : 1), (0, isFirst ? 1 : 2), (40, isFirst ? 1 : 2)] {
                let found = try await made.database.read { db in
                    try ContributionStore(db).published(
                        within: DataScope([made.school.path]), in: YearTaskTests.year, by: today.adding(days: days))
                }
                #expect(found.reduce(0) { $0 + $1.inTime } == inTime, "\(days)")
                #expect(found.reduce(0) { $0 + $1.all } == (isFirst ? 1 : 2))
            }
        }
    }

    @Test("Counties set tasks for their own schools and nobody else does", arguments: TestDatabase.allCases)
    func rights(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            for (member, code) in [(TestCity.Member.chen, "450681"), (.li, "450681"), (.dongxing, "450600")] {
                await #expect(throws: DomainError.self, "\(member)") { _ = try await open(made, member, at: code) }
            }
            let id = try await open(made, .dongxing, at: "450681"), path = YearTaskPages.path(id)
            for (member, status) in [
                (TestCity.Member.chen, 404), (.wang, 404), (.li, 404), (.zhao, 200), (.dongxing, 200), (.bureau, 200),
                (.leader, 200),
            ] {
                #expect(try await made.city.client(member).get(path).status == status, "\(member)")
            }
            let zhao = try await made.city.client(.zhao),
                other = try await made.city.organisation(TestCity.centralSchool)
            #expect(try await zhao.get(YearTaskPages.path(id, made.border.id)).status == 200)
            #expect(try await zhao.get(YearTaskPages.path(id, other.id)).status == 404)
            #expect(try await zhao.post(path + "/closure", from: "/account").status == 404)
            #expect(try await made.city.client(.chen).post(path + "/reminders", from: "/account").status == 404)
        }
    }

    @Test("Set, changed, reminded and ended on pages", arguments: TestDatabase.allCases)
    func pages(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let dongxing = try await made.city.client(.dongxing), zhao = try await made.city.client(.zhao)
            let root = YearTaskPages.root, new = root + "/new"
            let wrong = try await dongxing.post(root, from: new, [("title", "共建任务"), ("wanted-2", "很多")])
            #expect(wrong.status == 422 && wrong.text.contains("共建任务") && wrong.text.contains("每校数量应在 1 到"))
            let due = YearTaskTests.year.lastDay
            let sent = try await dongxing.post(
                root, from: new,
                [
                    ("title", "共建任务"), ("due", due.iso), ("area-1", "2-13"), ("group-1", "plan"), ("wanted-1", "2"),
                ])
            let path = try #require(sent.location, "\(sent.text.suffix(800))")
            #expect(try await zhao.get(root).text.contains("0/2"))
            let mine = try await zhao.get(ItemPages.root + "/mine")
            #expect(mine.text.contains("还差 2 项"))
            let page = try await dongxing.get(path)
            #expect(page.text.contains(made.border.name) && page.text.contains("提醒未完成的学校"), "\(page.text.suffix(800))")
            let forged = "?after=" + TableCursor(sort: "", value: nil, id: "-1").text
            for list in [path, CoveragePages.root, ContributionPages.root] {
                #expect(try await dongxing.get(list + forged).status == 200)
            }
            let told = try await dongxing.post(path + "/reminders", from: path)
            #expect(told.location == path)
            #expect(try await dongxing.post(path + "/reminders", from: path).status == 409)
            #expect(try await zhao.get(ItemPages.root + "/mine").text.contains("提醒"))
            let edit = path + "/edit", revision = try #require(try await dongxing.get(edit).hidden("revision"))
            let changed = try await dongxing.post(
                edit, from: edit,
                [
                    ("revision", revision), ("year", String(YearTaskTests.year.start)), ("title", "改过的任务"),
                    ("due", due.iso), ("wanted-1", "1"),
                ])
            #expect(changed.location == path, "\(changed.text.suffix(800))")
            let late = try await dongxing.post(
                edit, from: edit,
                [
                    ("revision", revision), ("year", String(YearTaskTests.year.start)), ("title", "又改"),
                    ("due", due.iso),
                    ("wanted-1", "1"),
                ])
            #expect(late.status == 409 && late.text.contains("又改"))
            let file = try await dongxing.get(path + "?format=csv")
            #expect(file.status == 200 && file.text.contains(made.border.name))
            #expect(try await dongxing.get(path + "?format=xlsx").status == 200)
            _ = try await dongxing.post(path + "/closure", from: path)
            #expect(try await dongxing.post(path + "/closure", from: path).status == 409)
            #expect(try await zhao.get(root + "?state=closed").text.contains("改过的任务"))
            #expect(try await !zhao.get(ItemPages.root + "/mine").text.contains("还差"))
        }
    }

    @Test("Schools are told by themselves before the last day, once at each distance", arguments: TestDatabase.allCases)
    func reminders(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await open(made, .dongxing, at: "450681")
            let count: SQL = "SELECT COUNT(*) FROM resources_year_task_reminder WHERE school_id = \(made.border.id)"
            func tend(_ days: Int) async throws -> Int? {
                let now = Timestamp(startOf: YearTaskTests.year.lastDay.adding(days: -days)).adding(seconds: 3600)
                try await YearTaskReminding.run(made.database, now: now)
                return try await made.database.read { try $0.value(count) }
            }
            #expect(try await tend(31) == 0)
            #expect(try await tend(30) == 1)
            #expect(try await tend(20) == 1)
            #expect(try await tend(7) == 2)
            #expect(try await tend(1) == 2)
            #expect(try await tend(-1) == 2)
            let last = try await made.database.read { try YearTaskStore($0).lastReminder(of: id) }
            #expect(last.map { $0.schools >= 1 } == true)
        }
    }

    @Test("Numbers that nobody would type are refused, and places that nobody was shown lead to the beginning")
    func hostile() async throws {
        try await ResourceCity.run(.sqlite) { made in
            let id = try await open(made, .chen, at: ResourceCity.other, Self.draft())
            let chen = try await made.city.client(.chen), wang = try await made.city.client(.wang)
            for year in [String(Int.max), String(Int.min), "0", "99999"] {
                let values = [("title", "任务"), ("year", year), ("due", "2026-12-31"), ("wanted-1", "1")]
                let answer = try await chen.post("/resources/tasks", from: "/resources/tasks/new", values)
                #expect(answer.status == 422 && answer.text.contains("任务"), "\(year)")
            }
            for place in ["-1", String(Int.min), String(Int.max)] {
                let after = "?after=" + TableCursor(sort: "", value: nil, id: place).text
                for path in ["/resources/coverage", "/resources/contributions"] {
                    #expect(try await wang.get(path + after).status == 200, "\(path) \(place)")
                }
                #expect(try await chen.get("/resources/tasks/\(id)" + after).status == 200, "\(place)")
            }
        }
    }
}
