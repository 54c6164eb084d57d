import Directory
import Kernel

/// The records of classes.
enum OneRosterClass {
    static func homeroom(_ group: ClassGroup, _ changed: Timestamp, _ view: OneRosterView) -> OneRosterRecord {
        let grade = grade(of: group, on: view.today)
        var members = [
            OneRosterMember("title", group.name(on: view.today)), OneRosterMember("classCode", group.cohortName),
            OneRosterMember("classType", "homeroom"),
        ]
        members += common(group, OneRosterCourse.key(nil, grade), view)
        return OneRosterRecord(
            group.id.rawValue, isActive: group.isOpen(on: view.today), modified: modified(group, changed, view), members
        )
    }

    static func scheduled(
        _ subject: String, of group: ClassGroup, _ changed: Timestamp, _ teaching: OneRosterClassStore.Teaching,
        _ view: OneRosterView
    ) -> OneRosterRecord {
        let grade = grade(of: group, on: view.today), name = CodeLists.subject.name(of: subject)
        var members = [
            OneRosterMember("title", group.name(on: view.today) + name),
            OneRosterMember("classCode", group.cohortName + name), OneRosterMember("classType", "scheduled"),
        ]
        members += common(group, OneRosterCourse.key(subject, grade), view)
        members += [
            OneRosterMember("subjects", .texts([name])), OneRosterMember("subjectCodes", .texts([subject])),
        ]
        return OneRosterRecord(
            OneRosterClassStore.Key(group.id.rawValue, subject).text,
            isActive: group.isOpen(on: view.today) && teaching.isOpen,
            modified: max(modified(group, changed, view), teaching.changed), members)
    }

    private static func common(
        _ group: ClassGroup, _ course: String, _ view: OneRosterView
    ) -> [OneRosterMember] {
        let terms = Term.Half.allCases.map { half in
            OneRosterSessions.reference(OneRosterSessions.key(Term(year(of: group, on: view.today), half)), view)
        }
        let grades = Set(
            [group.entryYear, group.secondEntryYear].compactMap { $0 }.map { entry in
                self.grade(of: group, entry, on: view.today).code
            })
        return [
            OneRosterMember("grades", .texts(grades.sorted())),
            OneRosterMember("course", view.reference("course", .courses, course)),
            OneRosterMember("school", view.organisation(group.school)), OneRosterMember("terms", .list(terms)),
        ]
    }

    static func grade(of group: ClassGroup, on day: LocalDate) -> Grade { grade(of: group, group.entryYear, on: day) }

    /// Of a class that has not begun the first grade, of one that is past its last year the last.
    static func grade(of group: ClassGroup, _ entry: Int, on day: LocalDate) -> Grade {
        let ordinal = year(of: group, on: day).start - entry + 1
        return Grade(group.stage, min(max(ordinal, 1), group.years), years: group.years)!
    }

    /// The school year in which it is taught: the present one, or its last.
    private static func year(of group: ClassGroup, on day: LocalDate) -> SchoolYear {
        let last = group.closedOn.map { min(day, max($0.adding(days: -1), group.openedOn)) } ?? day
        return SchoolYear(containing: max(last, group.openedOn))
    }

    /// With each first of September the grade, and so the name, of a class is another one.
    private static func modified(_ group: ClassGroup, _ changed: Timestamp, _ view: OneRosterView) -> Timestamp {
        let promoted = year(of: group, on: view.today).firstDay
        return changed.orReached(max(promoted, group.openedOn), by: view.today).orReached(
            group.closedOn, by: view.today)
    }
}

/// Courses: a subject in a grade, and for homerooms the grade itself.
enum OneRosterCourse {
    /// - Parameter subject: `nil` for homerooms.
    static func key(_ subject: String?, _ grade: Grade) -> String {
        let years = grade.years == grade.stage.usualYears ? "" : "-\(grade.years)"
        return "course-\(subject ?? "homeroom")-\(grade.code)\(years)"
    }

    static func record(
        _ subject: String?, _ grade: Grade, since: Timestamp, _ view: OneRosterView
    ) -> OneRosterRecord {
        let name = subject.map { CodeLists.subject.name(of: $0) }
        var members = [
            OneRosterMember("title", grade.title + (name ?? "行政班")),
            OneRosterMember("courseCode", "\(subject ?? "HR")-\(grade.code)"),
            OneRosterMember("grades", .texts([grade.code])), OneRosterMember("org", view.organisation(view.root)),
        ]
        if let subject, let name {
            members += [
                OneRosterMember("subjects", .texts([name])), OneRosterMember("subjectCodes", .texts([subject])),
            ]
        }
        return OneRosterRecord(key(subject, grade), isActive: true, modified: since, members)
    }
}
