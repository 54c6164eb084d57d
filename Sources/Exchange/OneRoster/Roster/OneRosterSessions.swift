import Directory
import Kernel

/// Keys and names of school years, terms and grading periods, which are made from the calendar and stand in no table.
enum OneRosterSessions {
    static func key(_ year: SchoolYear) -> String { "year-\(year.start)" }
    static func key(_ term: Term) -> String { "term-\(term.year.start)-\(term.half.rawValue)" }
    static func gradingKey(_ term: Term) -> String { "grading-\(term.year.start)-\(term.half.rawValue)" }

    /// The term of a key of a term or grading period.
    static func term(_ key: String) -> Term? {
        let parts = key.split(separator: "-")
        guard parts.count == 3, ["term", "grading"].contains(parts[0]), let year = SchoolYear(text: String(parts[1])),
            let half = Int(parts[2]).flatMap(Term.Half.init)
        else { return nil }
        return Term(year, half)
    }

    /// The school years that classes refer to: the last twelve at most, and the next one once its classes may be opened.
    static func years(since first: LocalDate?, today: LocalDate) -> [SchoolYear] {
        let last = SchoolYear(containing: today.adding(days: 120)).start
        let earliest = first.map { SchoolYear(containing: $0).start } ?? last - 1
        return (max(earliest, last - 12)...last).map(SchoolYear.init(start:))
    }

    static func records(
        _ years: [SchoolYear], _ selection: OneRosterSelection, _ view: OneRosterView
    ) -> [OneRosterRecord] {
        var records: [OneRosterRecord] = []
        for year in years {
            if selection.session == nil && selection.term == nil { records.append(self.year(year, view)) }
            for term in Term.Half.allCases.map({ Term(year, $0) }) {
                if selection.session != .gradingPeriod && selection.term == nil {
                    records.append(self.term(term, view))
                }
                let isAsked = selection.term == nil || selection.term == key(term)
                if selection.session != .term && isAsked { records.append(grading(term, view)) }
            }
        }
        return records
    }

    private static func year(_ year: SchoolYear, _ view: OneRosterView) -> OneRosterRecord {
        let terms = Term.Half.allCases.map { reference(key(Term(year, $0)), view) }
        return record(
            key(year), year, year.title, "schoolYear", year.firstDay, year.lastDay,
            [OneRosterMember("children", .list(terms))])
    }

    private static func term(_ term: Term, _ view: OneRosterView) -> OneRosterRecord {
        record(
            key(term), term.year, term.title, "term", term.firstDay, term.lastDay,
            [
                OneRosterMember("parent", reference(key(term.year), view)),
                OneRosterMember("children", .list([reference(gradingKey(term), view)])),
            ])
    }

    private static func grading(_ term: Term, _ view: OneRosterView) -> OneRosterRecord {
        record(
            gradingKey(term), term.year, term.title + "成绩", "gradingPeriod", term.firstDay, term.lastDay,
            [OneRosterMember("parent", reference(key(term), view))])
    }

    static func reference(_ key: String, _ view: OneRosterView) -> OneRosterValue {
        view.reference("academicSession", .academicSessions, key)
    }

    /// The standard names a school year by the year in which it ends, and an end by the first day after it.
    private static func record(
        _ key: String, _ year: SchoolYear, _ title: String, _ type: String, _ first: LocalDate, _ last: LocalDate,
        _ more: [OneRosterMember]
    ) -> OneRosterRecord {
        let members = [
            OneRosterMember("title", title), OneRosterMember("startDate", first.iso),
            OneRosterMember("endDate", last.adding(days: 1).iso), OneRosterMember("type", type),
            OneRosterMember("schoolYear", String(year.start + 1)),
        ]
        let known = Timestamp(startOf: year.firstDay.adding(days: -120))
        return OneRosterRecord(key, isActive: true, modified: known, members + more)
    }
}
