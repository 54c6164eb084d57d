import Database
import Directory
import Kernel
import Platform

/// The statistics of a place on a day, as its page and workbook show them.
struct RollStatistics: Sendable {
    /// What the viewer looks at; `nil` for everything in her scope when that is no single place.
    let place: Organisation?
    let day: LocalDate
    /// The schools of the day, in tree order.
    let schools: [Organisation]
    let figures: RollFigures
    /// What stands below the place: counties of the city, schools of a county or town, teaching points of a school.
    let units: [Unit]
    /// At a school: its classes with their names.
    let classes: [ClassLine]
    /// Above the place, within the scope.
    let lineage: [Organisation]

    struct Unit: Sendable {
        let organisation: Organisation
        let schools: [OrganisationID]
    }

    struct ClassLine: Sendable {
        let id: ID<ClassGroup>
        let name: String
        let counted: CountedClass
    }

    var ids: [OrganisationID] { schools.map(\.id) }
    var isSchool: Bool { place?.kind.isSchool ?? false }
    var title: String { place?.name ?? "学籍统计" }

    /// Throws `DomainError.notFound` for a place outside the scope.
    init(
        at id: OrganisationID?, on day: LocalDate, within scope: DataScope, _ db: Connection,
        _ crypto: any CryptoProvider
    ) throws {
        let store = OrganisationStore(db)
        let place =
            try id.map { try store.find($0, within: scope) }
            ?? RollStatistics.only(of: scope, store)
        let looked = place.map { DataScope([$0.path]) } ?? scope
        let all = try store.all(within: looked, on: day)
        let isSchool = place?.kind.isSchool ?? false
        let below = all.filter { $0.kind.isSchool && !$0.isTakenBack }
        (self.place, self.day) = (place, day)
        // A central school is looked at without its teaching points, which are listed below it.
        schools = isSchool ? below.filter { $0.id == place?.id } : below
        let figures = try RollStatisticsStore(db, crypto).figures(within: looked, on: day)
        self.figures = figures
        lineage =
            try place.map { place in
                try store.lineage(of: place.path).filter { scope.contains($0.path) && $0.id != place.id }
            } ?? []
        units = RollStatistics.units(of: place, below, all)
        classes = try isSchool ? place.map { try RollStatistics.lines($0.id, figures, day, db) } ?? [] : []
    }

    private static func only(of scope: DataScope, _ store: OrganisationStore) throws -> Organisation? {
        guard scope.roots.count == 1, let root = scope.roots.first, !root.text.isEmpty else { return nil }
        return try store.lineage(of: root).last
    }

    /// The city shows its counties, every other place the schools below it.
    private static func units(
        of place: Organisation?, _ schools: [Organisation], _ all: [Organisation]
    ) -> [Unit] {
        let schools = schools.filter { $0.id != place?.id }
        let counties = all.filter { $0.kind == .county || $0.kind == .municipal }
        if place?.kind == .city || (place == nil && counties.count > 1) {
            return counties.map { county in
                Unit(
                    organisation: county, schools: schools.filter { county.path.contains($0.path) }.map(\.id))
            }
        }
        return schools.map { Unit(organisation: $0, schools: [$0.id]) }
    }

    private static func lines(
        _ school: OrganisationID, _ figures: RollFigures, _ day: LocalDate, _ db: Connection
    ) throws -> [ClassLine] {
        let counted = Dictionary(
            figures.classes.filter { $0.school == school }.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return try ClassGroupStore(db).classes(of: school, on: day, within: .everything).compactMap { group in
            counted[group.id].map { ClassLine(id: group.id, name: group.name(on: day), counted: $0) }
        }
    }

    func sum(_ figure: RollFigure) -> Int { figures.sum(figure, of: ids) }
}

/// One line of a table of figures.
struct RollLine: Sendable {
    let title: String
    /// In the order of the table's columns; `nil` = not known.
    let cells: [Cell]

    struct Cell: Sendable {
        let figure: RollFigure?
        let text: String

        var value: TableValue { Int(text).map { .integer($0) } ?? .text(text) }
    }
}

/// A table of the statistics with its heading.
struct RollTable: Sendable {
    let title: String
    let id: String
    let header: [String]
    let lines: [RollLine]
}

extension RollStatistics {
    private func cell(_ figure: RollFigure) -> RollLine.Cell {
        RollLine.Cell(figure: figure, text: figure.text(sum(figure)))
    }

    private func share(_ part: Int, of whole: Int) -> RollLine.Cell {
        RollLine.Cell(figure: nil, text: whole == 0 ? "—" : TableValue.percent(Double(part) / Double(whole)).text)
    }

    /// All tables apart from that of the units, in the order of the page.
    var tables: [RollTable] {
        [
            grades, areas, sizes, posts, codes("教师职称", "titles", CodeLists.teacherTitle) { .teacherTitle($0) },
            codes("教师学历", "educations", CodeLists.education) { .teacherEducation($0) },
            codes("任教学科", "subjects", CodeLists.subject) { .teacherSubject($0) }, teams,
        ]
    }

    private var grades: RollTable {
        let lines = figures.grades.map { grade in
            RollLine(
                title: grade.title,
                cells: [
                    cell(.gradeClasses(grade.code)), cell(.gradePupils(grade.code)), cell(.gradeBoys(grade.code)),
                    cell(.gradeGirls(grade.code)),
                ])
        }
        let total = RollLine(title: "合计", cells: [cell(.classes), cell(.pupils), cell(.boys), cell(.girls)])
        return RollTable(
            title: "年级", id: "grades", header: ["年级", "班级", "学生", "男", "女"],
            lines: lines.isEmpty ? [] : lines + [total])
    }

    /// 城乡 by both readings; they differ for what lies in a town.
    private var areas: RollTable {
        func line(_ reading: UrbanRural.Reading, _ area: Area?) -> RollLine? {
            let chosen = schools.filter { $0.profile?.area(reading: reading) == area }.map(\.id)
            if chosen.isEmpty { return nil }
            let counts = [
                chosen.count, figures.sum(.classes, of: chosen), figures.sum(.pupils, of: chosen),
                figures.sum(.teachers, of: chosen),
            ]
            return RollLine(
                title: "\(reading.title)：\(area?.title ?? "未知")",
                cells: counts.map { RollLine.Cell(figure: nil, text: String($0)) })
        }
        let lines = UrbanRural.Reading.allCases.flatMap { reading in
            [Area.urban, .rural, nil].compactMap { line(reading, $0) }
        }
        return RollTable(
            title: "城乡", id: "areas", header: ["城乡", "学校", "班级", "学生", "专任教师"], lines: lines)
    }

    private var sizes: RollTable {
        let total = sum(.classes)
        let lines = ClassSizeBand.allCases.map { band in
            RollLine(title: band.title, cells: [cell(.size(band)), share(sum(.size(band)), of: total)])
        }
        return RollTable(
            title: "班额", id: "sizes", header: ["班额", "班级", "占比"], lines: total == 0 ? [] : lines)
    }

    private var posts: RollTable {
        let lines = PostGroup.allCases.map { group in
            RollLine(title: group.title, cells: [cell(.post(group)), share(sum(.post(group)), of: sum(.staff))])
        }
        let total = RollLine(title: "教职工合计", cells: [cell(.staff), share(sum(.staff), of: sum(.staff))])
        return RollTable(
            title: "教职工", id: "posts", header: ["岗位", "人数", "占比"], lines: sum(.staff) == 0 ? [] : lines + [total])
    }

    private func codes(
        _ title: String, _ id: String, _ list: CodeList, _ make: (String) -> RollFigure
    ) -> RollTable {
        let known = list.codes.map(\.code).filter { sum(make($0)) > 0 }
        var lines = known.map { code in
            RollLine(title: list.name(of: code), cells: [cell(make(code)), share(sum(make(code)), of: sum(.teachers))])
        }
        if sum(make("")) > 0 {
            lines.append(RollLine(title: "未登记", cells: [cell(make("")), share(sum(make("")), of: sum(.teachers))]))
        }
        return RollTable(title: title, id: id, header: [title, "专任教师", "占比"], lines: lines)
    }

    private var teams: RollTable {
        RollTable(
            title: "三支队伍", id: "teams", header: ["队伍", "人数"],
            lines: StaffTeam.allCases.map { RollLine(title: $0.title, cells: [cell(.team($0))]) })
    }
}
