import Database
import Kernel

/// 行政班: the pupils who began a stage together and are taught together. It keeps its identity from entry to
/// graduation; its grade, and with it its name, follows from the day.
package struct ClassGroup: Sendable, Equatable {
    package let id: ID<ClassGroup>
    package let school: OrganisationID
    package let schoolName: String
    /// Where the school stands in the tree; rights are asked here.
    package let path: OrganisationPath
    package let stage: ClassStage
    /// 入学年: the year whose 1 September began the stage for its pupils.
    package let entryYear: Int
    /// The entry year of the other grade in a 复式班, earlier or later than `entryYear`; `nil` in every other class.
    package let secondEntryYear: Int?
    /// 学制 in years.
    package let years: Int
    /// 班号, from 1; unique among the open classes of one school, stage and entry year.
    package let number: Int
    /// 班级类型, GB/T 33782-2017; `nil` in kindergartens and vocational schools.
    package let kind: String?
    /// A name of its own, 海豚班; empty when it has none.
    package let alias: String
    /// The first day.
    package let openedOn: LocalDate
    /// The first day on which there is no such class; `nil` while open.
    package let closedOn: LocalDate?
    /// Grows with each change: a change asked for on the ground of an older state is refused.
    package let revision: Int

    /// For statements over `directory_class_group c` joined with `directory_organisation o`.
    static let columns: SQL =
        """
        c.id, c.school_id, o.name, o.path, c.stage, c.entry_year, c.years, c.number, c.kind, c.alias, c.opened_on,
        c.closed_on, c.revision, c.second_entry_year
        """
    /// How many columns there are; more may follow in a statement.
    static let columnCount = 14

    init(_ row: borrowing Row) throws { try self.init(row, from: 0) }

    init(_ row: borrowing Row, from index: Int) throws {
        (id, school, schoolName) = (try row.get(index), try row.get(index + 1), try row.get(index + 2))
        (path, stage, entryYear) = (try row.get(index + 3), try row.get(index + 4), try row.get(index + 5))
        (years, number, kind) = (try row.get(index + 6), try row.get(index + 7), try row.get(index + 8))
        (alias, openedOn, closedOn) = (try row.get(index + 9), try row.get(index + 10), try row.get(index + 11))
        (revision, secondEntryYear) = (try row.get(index + 12), try row.get(index + 13))
    }

    /// Whether the class is there on the day.
    package func isOpen(on day: LocalDate) -> Bool { openedOn <= day && (closedOn.map { $0 > day } ?? true) }

    /// The grade on the day; `nil` before the stage begins and after its last school year.
    package func grade(on day: LocalDate) -> Grade? { grade(ofEntry: entryYear, on: day) }

    /// The grade on the day of the pupils who began the stage in the year.
    package func grade(ofEntry year: Int, on day: LocalDate) -> Grade? {
        Grade(stage, SchoolYear(containing: day).start - year + 1, years: years)
    }

    /// The grade of one of its pupils on the day.
    package func grade(of enrolment: Enrolment, on day: LocalDate) -> Grade? {
        grade(ofEntry: enrolment.entryYear ?? entryYear, on: day)
    }

    /// The grades taught in it on the day, the lower first: two in a 复式班, else one; none outside their years.
    package func grades(on day: LocalDate) -> [Grade] { entryYears.compactMap { grade(ofEntry: $0, on: day) } }

    /// Of its pupils, the lower grade first.
    package var entryYears: [Int] { ([entryYear] + (secondEntryYear.map { [$0] } ?? [])).sorted(by: >) }

    /// 复式班: two grades in one room.
    package var isMultigrade: Bool { secondEntryYear != nil }

    /// `七年级(3)班`, with a name of its own `七年级(3)班（海豚班）`, with two grades `三、四年级复式(1)班`; before and after its
    /// years in the stage `2015级初中(3)班`.
    package func name(on day: LocalDate) -> String {
        let grades = grades(on: day), mark = isMultigrade ? "复式" : ""
        let plain = grades.isEmpty ? cohortName : "\(Grade.beforeNumber(of: grades))\(mark)(\(number))班"
        return alias.isEmpty ? plain : "\(plain)（\(alias)）"
    }

    /// The name that does not change with the years: `2015级初中(3)班`.
    package var cohortName: String {
        let years = entryYears.map { "\($0)" }.joined(separator: "、")
        return "\(years)级\(stage.title)\(isMultigrade ? "复式" : "")(\(number))班"
    }
}

/// What a new class needs.
package struct ClassDraft: Sendable, Equatable {
    package var stage: ClassStage
    package var entryYear: Int
    /// Of the other grade in a 复式班.
    package var secondEntryYear: Int?
    package var years: Int
    package var number: Int
    package var kind: String?
    package var alias: String
    package var openedOn: LocalDate

    /// Years and kind are the usual ones of the stage unless told; with a second entry year the kind is 复式班.
    package init(
        stage: ClassStage, entryYear: Int, number: Int, alias: String = "", openedOn: LocalDate, years: Int? = nil,
        kind: String? = nil, secondEntryYear: Int? = nil
    ) {
        (self.stage, self.entryYear, self.number, self.alias) = (stage, entryYear, number, alias)
        (self.openedOn, self.years, self.secondEntryYear) = (openedOn, years ?? stage.usualYears, secondEntryYear)
        self.kind = kind ?? (secondEntryYear == nil ? stage.usualKind : stage.multigradeKind)
    }
}

/// The rules of classes that need no look into the database. All throw `DomainError.invalid` at the field concerned.
enum ClassRules {
    static let numbers = 1...99
    /// Classes are formed in the summer holidays for the first of September.
    private static let daysAhead = 120

    static func check(_ draft: ClassDraft, schoolType: String, today: LocalDate) throws {
        var problems: [FieldProblem] = []
        if !ClassStage.stages(ofSchoolType: schoolType).contains(draft.stage) {
            problems.append(FieldProblem(field: "stage", message: "这所学校没有\(draft.stage.title)，选择其他学段"))
        }
        let range = draft.stage.possibleYears
        let current = SchoolYear(containing: today.adding(days: daysAhead)).start
        let earliest = current - range.upperBound
        if !(earliest...current).contains(draft.entryYear) {
            problems.append(FieldProblem(field: "entryYear", message: "入学年应在 \(earliest) 到 \(current) 之间"))
        }
        if let second = draft.secondEntryYear {
            if draft.kind == nil || draft.kind != draft.stage.multigradeKind {
                problems.append(FieldProblem(field: "secondEntryYear", message: "只有小学和初中的复式班有第二个入学年"))
            } else if second == draft.entryYear || !(earliest...current).contains(second) {
                let words = "第二个入学年应在 \(earliest) 到 \(current) 之间，且不同于入学年"
                problems.append(FieldProblem(field: "secondEntryYear", message: words))
            }
        }
        if !range.contains(draft.years) {
            problems.append(
                FieldProblem(field: "years", message: "学制应在 \(range.lowerBound) 到 \(range.upperBound) 年之间"))
        }
        if let kind = draft.kind,
            CodeLists.classKind[kind] == nil || kind.first.map(String.init) != draft.stage.kindPrefix
        {
            problems.append(FieldProblem(field: "kind", message: "选择这个学段的班级类型"))
        }
        problems += collected { try check(number: draft.number, alias: draft.alias) }
        problems += collected { try check(day: draft.openedOn, field: "openedOn", today: today) }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
    }

    static func check(number: Int, alias: String) throws {
        var problems: [FieldProblem] = []
        if !numbers.contains(number) { problems.append(FieldProblem(field: "number", message: "班号应在 1 到 99 之间")) }
        if alias.unicodeScalars.count > 20 {
            problems.append(FieldProblem(field: "alias", message: "班级别名不能超过 20 个字"))
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
    }

    static func check(day: LocalDate, field: String, today: LocalDate) throws {
        guard day >= OrganisationService.always, day <= today.adding(days: daysAhead) else {
            throw DomainError.invalid(field, "日期应在 \(today.adding(days: daysAhead).iso) 以前")
        }
    }

    static func taken(_ draft: ClassDraft) -> DomainError {
        .invalid("number", "\(draft.entryYear)级\(draft.stage.title)已有 \(draft.number) 班，换一个班号")
    }

    /// The problems that the check throws; none when it passes.
    static func collected(_ check: () throws -> Void) -> [FieldProblem] {
        do {
            try check()
            return []
        } catch DomainError.invalid(let problems) {
            return problems
        } catch {
            return [FieldProblem(field: "", message: "填写有误，请核对")]
        }
    }
}
