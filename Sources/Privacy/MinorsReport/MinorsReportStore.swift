import Database
import Directory
import Kernel

/// All SQL of the yearly report. Nothing sealed is opened.
struct MinorsReportStore {
    let db: Connection
    let scope: DataScope
    let day: LocalDate

    /// The minors on the rolls on the day.
    private var minors: SQL {
        let grown = Majority.latestBirth(ofAgeOn: day)
        return """
            SELECT e.person_id FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
            JOIN directory_person p ON p.id = e.person_id
            WHERE \(SQL.within(scope, "o.path")) AND e.valid_from <= \(day)
                AND (e.valid_to IS NULL OR e.valid_to > \(day)) AND (p.birth_date IS NULL OR p.birth_date > \(grown))
            """
    }

    /// Whoever was on a roll and a minor at some time of the year, those who have left since too.
    private func minors(of year: Int) -> SQL {
        let first = LocalDate(year: year, month: 1, day: 1) ?? day,
            last = LocalDate(year: year, month: 12, day: 31) ?? day
        let grown = Majority.latestBirth(ofAgeOn: first)
        return """
            SELECT e.person_id FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
            JOIN directory_person p ON p.id = e.person_id
            WHERE \(SQL.within(scope, "o.path")) AND e.valid_from <= \(last)
                AND (e.valid_to IS NULL OR e.valid_to > \(first)) AND (p.birth_date IS NULL OR p.birth_date > \(grown))
            """
    }

    /// Of how many minors which class of data is kept.
    func dataClasses() throws -> [MinorsReport.Line] {
        func line(_ item: String, _ count: Int?) -> MinorsReport.Line {
            MinorsReport.Line(section: "保存的信息", item: item, count: count ?? 0, unit: "人")
        }
        var kinds: [PersonIdentifierKind: Int] = [:]
        try db.each(
            """
            SELECT i.kind, COUNT(*) FROM directory_person_identifier i WHERE i.person_id IN (\(minors)) GROUP BY i.kind
            """
        ) { kinds[try $0.get(0)] = try $0.get(1) }
        let facts: Int? = try db.value(
            """
            SELECT COUNT(*) FROM directory_person_facts f WHERE f.valid_to IS NULL AND f.person_id IN (\(minors))
            """)
        let guarded: Int? = try db.value(
            """
            SELECT COUNT(DISTINCT g.child_id) FROM directory_guardianship g
            WHERE g.state = 'confirmed' AND g.valid_from <= \(day) AND (g.valid_to IS NULL OR g.valid_to > \(day))
                AND g.child_id IN (\(minors))
            """)
        let numbers = PersonIdentifierKind.allCases.filter { kinds[$0] != nil }.map { line($0.title, kinds[$0]) }
        return [line("姓名、学校和班级", try db.value("SELECT COUNT(*) FROM (\(minors)) m"))] + numbers
            + [line("学籍登记项目", facts), line("家长关系", guarded)]
    }

    /// What was said in the year about those who were minors on a roll in it, by word and channel.
    func answers(in year: Int) throws -> [MinorsReport.Line] {
        try db.rows(
            """
            SELECT a.word, a.channel, COUNT(*) FROM privacy_consent_answer a
            WHERE \(during(year, "a.decided_at")) AND a.child_id IN (\(minors(of: year)))
            GROUP BY a.word, a.channel ORDER BY a.word DESC, a.channel
            """
        ) { row in
            let word: ConsentAnswer.Word = try row.get(0), channel: ConsentAnswer.Channel = try row.get(1)
            return MinorsReport.Line(
                section: "本年答复", item: "\(word.title)，\(channel.title)", count: try row.get(2), unit: "次")
        }
    }

    /// Looks at whole numbers and sealed data of minors, and exports, by reason. An export names nobody, so those of staff
    /// are among them.
    func looks(in year: Int) throws -> [MinorsReport.Line] {
        let looks = try db.rows(
            """
            SELECT l.kind, l.reason, COUNT(*) FROM directory_look l
            JOIN directory_organisation o ON o.id = l.organisation_id
            WHERE \(SQL.within(scope, "o.path")) AND \(during(year, "l.at"))
                AND (l.subject_id IS NULL OR l.subject_id IN (\(minors(of: year))))
            GROUP BY l.kind, l.reason ORDER BY l.kind DESC, l.reason
            """
        ) { row in
            let kind: Look.Kind = try row.get(0), reason: String = try row.get(1)
            return MinorsReport.Line(
                section: "本年查看和导出",
                item: "\(kind.title)\(kind == .export ? "（含教职工）" : "")，\(CodeLists.lookReason.name(of: reason))",
                count: try row.get(2), unit: "次")
        }
        let none = MinorsReport.Line(section: "本年查看和导出", item: "查看完整信息和导出", count: 0, unit: "次")
        return looks.isEmpty ? [none] : looks
    }

    /// What was asked about the data of minors, by kind and state.
    func requests(in year: Int) throws -> [MinorsReport.Line] {
        let requests = try db.rows(
            """
            SELECT r.kind, r.state, COUNT(*) FROM privacy_request r
            JOIN directory_organisation o ON o.id = r.organisation_id
            WHERE \(SQL.within(scope, "o.path")) AND \(during(year, "r.asked_at"))
                AND r.person_id IN (\(minors(of: year)))
            GROUP BY r.kind, r.state ORDER BY r.kind, r.state
            """
        ) { row in
            let kind: RightsRequest.Kind = try row.get(0), state: RightsRequest.State = try row.get(1)
            return MinorsReport.Line(
                section: "本年权利请求", item: "\(kind.title)，\(state.title)", count: try row.get(2), unit: "项")
        }
        let none = MinorsReport.Line(section: "本年权利请求", item: "更正、删除和其他请求", count: 0, unit: "项")
        return requests.isEmpty ? [none] : requests
    }

    /// What the data officers of the places have entered.
    func incidents(in year: Int) throws -> [MinorsReport.Line] {
        let section = "本年安全事件"
        let found = try db.rows(
            """
            SELECT i.kind, COUNT(*), SUM(i.minors) FROM privacy_incident i
            JOIN directory_organisation o ON o.id = i.organisation_id
            WHERE \(SQL.within(scope, "o.path")) AND i.happened_on >= \("\(year)-01-01") AND i.happened_on <= \("\(year)-12-31")
            GROUP BY i.kind ORDER BY i.kind
            """
        ) { row -> (PrivacyIncident.Kind, Int, Int) in (try row.get(0), try row.get(1), try row.get(2)) }
        if found.isEmpty { return [MinorsReport.Line(section: section, item: "登记的事件", count: 0, unit: "起")] }
        return found.flatMap { kind, count, minors in
            [
                MinorsReport.Line(section: section, item: kind.title, count: count, unit: "起"),
                MinorsReport.Line(section: section, item: "\(kind.title)涉及的未成年人", count: minors, unit: "人"),
            ]
        }
    }

    private func during(_ year: Int, _ column: SQL) -> SQL {
        let (start, end) = MinorsReport.span(of: year)
        return "\(column) >= \(start) AND \(column) < \(end)"
    }
}
