import Database
import Directory
import Kernel

/// 校本资源年度任务: what a county, 市直 or the city wants each of its schools to publish in a school year.
struct YearTask: Sendable, Equatable {
    enum State: String, Column, Sendable {
        case open, closed

        var title: String { self == .open ? "进行中" : "已结束" }
    }

    let id: ID<YearTask>
    let organisation: OrganisationID
    let organisationName: String
    let path: OrganisationPath
    let year: SchoolYear
    let title: String
    let note: String
    /// The last day.
    let due: LocalDate
    let state: State
    let revision: Int
    let openedAt: Timestamp
    let openedBy: String

    static let longestTitle = 60
    static let longestNote = 300
    /// Lines of one task.
    static let mostLines = 20
    /// Resources of one line.
    static let mostWanted = 999
    /// Days before the last one on which schools that are not done are told by themselves.
    static let reminders = [30, 7]
}

extension YearTask {
    static let columns: SQL =
        """
        y.id, y.organisation_id, o.name, o.path, y.year, y.title, y.note, y.due_on, y.state, y.revision, y.opened_at,
        y.opened_by
        """
    static let source: SQL = "resources_year_task y JOIN directory_organisation o ON o.id = y.organisation_id"

    init(_ row: borrowing Row) throws {
        (id, organisation, organisationName) = (try row.get(0), try row.get(1), try row.get(2))
        (path, year, title) = (try row.get(3), SchoolYear(start: try row.get(4)), try row.get(5))
        (note, due, state, revision) = (try row.get(6), try row.get(7), try row.get(8), try row.get(9))
        (openedAt, openedBy) = (try row.get(10), try row.get(11))
    }
}

/// One line of a task: so many resources of a stage, subject and group from each school that has the stage.
struct YearTaskLine: Sendable, Equatable, Hashable {
    /// Empty for every stage and subject, `2` for a stage, `2-13` for a subject of it.
    let area: String
    /// `nil` for every group.
    let group: ResourceGroup?
    let wanted: Int

    /// `nil` for every stage.
    var stage: ClassStage? { ClassStage(rawValue: String(area.prefix { $0 != "-" })) }

    var areaTitle: String {
        if area.isEmpty { return "全部学段学科" }
        return area.contains("-") ? ReviewPages.areaName(area) : (stage?.title ?? "") + "各学科"
    }

    var title: String { "\(areaTitle)，\(group?.title ?? "全部类型")" }

    func counts(area: String, group: String) -> Bool {
        let isOfArea = self.area.isEmpty || area == self.area || area.hasPrefix(self.area + "-")
        return isOfArea && (self.group == nil || self.group?.rawValue == group)
    }

    func concerns(_ stages: [ClassStage]) -> Bool { stage.map { stages.contains($0) } ?? true }
}

/// How far a school is with one line, from what it published; nobody enters it.
struct YearTaskFigure: Sendable, Equatable {
    let line: YearTaskLine
    /// Published up to the last day, and in the whole school year.
    var inTime = 0
    var all = 0

    var missing: Int { max(0, line.wanted - all) }
}

/// How far a school is with a task.
struct YearTaskProgress: Sendable, Equatable {
    enum Light: String, Sendable, CaseIterable {
        case done, late, onTime, behind, missed

        var title: String {
            switch self {
            case .done: "已完成"
            case .late: "逾期完成"
            case .onTime: "进行中"
            case .behind: "进度落后"
            case .missed: "未完成"
            }
        }

        var isDone: Bool { self == .done || self == .late }
    }

    let school: OrganisationID
    let name: String
    let path: OrganisationPath
    /// The lines that concern the school.
    let figures: [YearTaskFigure]

    var wanted: Int { figures.reduce(0) { $0 + $1.line.wanted } }
    /// What counts: more than wanted of one line makes up for no other.
    var done: Int { figures.reduce(0) { $0 + min($1.all, $1.line.wanted) } }
    var missing: Int { wanted - done }
    var share: Double { wanted == 0 ? 1 : Double(done) / Double(wanted) }
    /// Whether it published anything that counts.
    var hasContributed: Bool { figures.contains { $0.all > 0 } }

    /// Behind is who has done a smaller share than that of the time that has passed. A rule of the city (本市暂定).
    func light(of task: YearTask, on day: LocalDate) -> Light {
        if figures.allSatisfy({ $0.inTime >= $0.line.wanted }) { return .done }
        if missing == 0 { return .late }
        if day > task.due { return .missed }
        let start = max(task.openedAt.day, task.year.firstDay)
        let whole = task.due.daysSince1970 - start.daysSince1970 + 1
        let passed = day.daysSince1970 - start.daysSince1970
        return whole > 0 && share < Double(max(0, passed)) / Double(whole) ? .behind : .onTime
    }
}

extension YearTaskProgress {
    /// The schools that a task concerns, in tree order.
    /// - Parameter published: what each has published in the school year.
    static func board(
        _ lines: [YearTaskLine], _ schools: [Organisation],
        _ published: [ContributionStore.Published]
    ) -> [YearTaskProgress] {
        let bySchool = Dictionary(grouping: published) { $0.school }
        return schools.compactMap { school in
            let stages = ClassStage.stages(ofSchoolType: school.profile?.schoolType ?? "")
            let figures = lines.filter { $0.concerns(stages) }.map { line in
                var figure = YearTaskFigure(line: line)
                for fact in bySchool[school.id] ?? [] where line.counts(area: fact.area, group: fact.group) {
                    figure.inTime += fact.inTime
                    figure.all += fact.all
                }
                return figure
            }
            guard !figures.isEmpty else { return nil }
            return YearTaskProgress(school: school.id, name: school.name, path: school.path, figures: figures)
        }
    }
}

enum YearTaskSchema {
    static let statements = [
        """
        CREATE TABLE resources_year_task (
            id TEXT NOT NULL PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES directory_organisation (id),
            year INTEGER NOT NULL, title TEXT NOT NULL, note TEXT NOT NULL, due_on TEXT NOT NULL, state TEXT NOT NULL,
            revision INTEGER NOT NULL, opened_at INTEGER NOT NULL, opened_by TEXT NOT NULL, reminded INTEGER NOT NULL,
            CHECK (state IN ('open', 'closed')))
        """,
        "CREATE INDEX resources_year_task_place ON resources_year_task (organisation_id, year)",
        "CREATE INDEX resources_year_task_due ON resources_year_task (state, due_on, id)",
        """
        CREATE TABLE resources_year_task_line (
            task_id TEXT NOT NULL REFERENCES resources_year_task (id), position INTEGER NOT NULL, area TEXT NOT NULL,
            type_group TEXT NOT NULL, wanted INTEGER NOT NULL, PRIMARY KEY (task_id, position))
        """,
        """
        CREATE TABLE resources_year_task_reminder (
            school_id TEXT NOT NULL REFERENCES directory_organisation (id),
            task_id TEXT NOT NULL REFERENCES resources_year_task (id), at INTEGER NOT NULL, by_name TEXT NOT NULL,
            missing INTEGER NOT NULL, PRIMARY KEY (school_id, task_id, at))
        """,
        "CREATE INDEX resources_year_task_reminder_task ON resources_year_task_reminder (task_id, at)",
    ]
}
