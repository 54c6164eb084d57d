import Directory
import Kernel
import Platform

/// Reads a list of classes by its header and compares it with the classes of the schools. Pure but for the file.
struct ClassListReading {
    /// Rows that are looked through for the header.
    private static let headRows = 20
    /// The most classes of one list; a city has some thousands.
    static let most = 20_000

    enum Column: CaseIterable, Hashable {
        case schoolCode, schoolName, county, grade, number, name, kind, openedOn, pupils

        /// The official header first, then other usual ones.
        var words: [String] {
            switch self {
            case .schoolCode: ["学校标识码", "学校代码", "标识码", "XXBSM"]
            case .schoolName: ["学校名称", "学校", "所在学校", "XXMC"]
            case .county: ["县区", "所属县区", "县(市、区)"]
            case .grade: ["年级", "年级名称", "所在年级", "NJ"]
            case .number: ["班号", "班级编号", "BH"]
            case .name: ["班级名称", "班级", "班名", "BJMC"]
            case .kind: ["班级类型", "班级类型码", "BJLXM"]
            case .openedOn: ["建班年月", "建班日期", "JBNY"]
            case .pupils: ["学生数", "合计", "学生人数", "人数"]
            }
        }
    }

    /// One row as it was told.
    struct Told: Sendable {
        let row: Int
        var texts: [Column: String] = [:]
        subscript(column: Column) -> String { texts[column] ?? "" }
    }

    /// Throws `DomainError.invalid` for `file`.
    static func rows(of path: String) throws -> [Told] {
        do {
            let file = try SheetFile.open(path: path)
            for sheet in file.sheets where !sheet.isHidden {
                let rows = try rows(of: sheet.index, in: file)
                if !rows.isEmpty { return rows }
            }
            throw DomainError.invalid("file", "没有找到班级：表头应有年级和班号（或班级名称），下面每行一个班")
        } catch let error as SheetError {
            throw DomainError.invalid("file", error.message)
        }
    }

    private static func rows(of sheet: Int, in file: SheetFile) throws -> [Told] {
        var columns: [Int: Column] = [:], told: [Told] = []
        try file.rows(of: sheet) { row in
            if columns.isEmpty {
                if row.number <= headRows { columns = header(row) }
                return
            }
            var line = Told(row: row.number)
            for (index, column) in columns {
                let text = ChineseText.normalised(row[column: index]?.text ?? "")
                if !text.isEmpty { line.texts[column] = text }
            }
            // The second line of a header, blank and total rows tell no class.
            guard !line[.number].isEmpty || !line[.name].isEmpty, !isTotal(line) else { return }
            guard told.count < most else { throw DomainError.invalid("file", "一次最多导入 \(most) 个班，请按县区分开") }
            told.append(line)
        }
        return told
    }

    private static func isTotal(_ line: Told) -> Bool {
        line.texts.values.contains { ["合计", "总计", "小计"].contains($0) }
    }

    /// The columns, when the row is a header: it names a grade or a class name, and a number or a class name.
    private static func header(_ row: SheetRow) -> [Int: Column] {
        var columns: [Int: Column] = [:]
        for cell in row.cells {
            let key = ChineseText.matchingKey(cell.text)
            let found = Column.allCases.first { column in
                column.words.contains { ChineseText.matchingKey($0) == key }
            }
            if let found, !columns.values.contains(found) { columns[cell.column] = found }
        }
        let known = Set(columns.values)
        let isHeader = known.contains(.name) || (known.contains(.grade) && known.contains(.number))
        return isHeader && known.count >= 2 ? columns : [:]
    }

    // MARK: Comparing

    let schools: RosterSchools
    /// Classes that are open, by their school.
    let classes: [OrganisationID: [ClassGroup]]
    let pupils: [ID<ClassGroup>: Int]
    let today: LocalDate

    func lines(_ rows: [Told]) -> [ClassListLine] {
        var seen: [RosterComparison.ClassKey: Int] = [:]
        return rows.map { row in
            let name = [row[.schoolName], row[.grade] + (row[.name].isEmpty ? row[.number] : row[.name])]
                .filter { !$0.isEmpty }.joined(separator: " ")
            func refused(_ school: Organisation?, _ reason: String) -> ClassListLine {
                ClassListLine(row: row.row, kind: .refused, school: school?.id, name: name, note: reason)
            }
            let answer = schools.find(code: row[.schoolCode], name: row[.schoolName], county: row[.county])
            guard case .school(let school) = answer else {
                if case .problem(_, let reason) = answer { return refused(nil, reason) }
                return refused(nil, "没有这所学校")
            }
            do {
                let line = try line(row, at: school)
                guard let stage = line.stage else { return line }
                let key = RosterComparison.ClassKey(
                    school: school.id, stage: stage, entryYear: line.entryYear, number: line.number)
                if let other = seen.updateValue(row.row, forKey: key) { return refused(school, "与第 \(other) 行是同一个班") }
                return line
            } catch let problem as ClassWords.Problem {
                return refused(school, problem.message)
            } catch {
                return refused(school, "班级填写有误")
            }
        }
    }

    private func line(_ row: Told, at school: Organisation) throws -> ClassListLine {
        let stages = ClassStage.stages(ofSchoolType: school.profile?.schoolType ?? "")
        let words = try ClassWords.read(
            grade: row[.grade], classGroup: row[.number].isEmpty ? row[.name] : row[.number], stages: stages, on: today)
        guard stages.contains(words.stage) else {
            throw ClassWords.Problem(message: "\(school.name)没有\(words.stage.title)")
        }
        let current = SchoolYear(containing: today.adding(days: 120)).start
        guard (current - words.stage.possibleYears.upperBound...current).contains(words.entryYear) else {
            throw ClassWords.Problem(message: "\(words.entryYear)级的班应该已经毕业或还没有入学")
        }
        let kind = try kind(row[.kind], words.stage)
        let known = (classes[school.id] ?? []).first { group in
            group.stage == words.stage && group.number == words.number && group.entryYears.contains(words.entryYear)
        }
        return ClassListLine(
            row: row.row, kind: known == nil ? .new : .known, school: school.id,
            name: "\(school.name) \(known?.name(on: today) ?? words.title(on: today))", stage: words.stage,
            entryYear: words.entryYear, years: words.years, number: words.number, classKind: kind,
            openedOn: opened(row[.openedOn], words.entryYear), classGroup: known?.id,
            note: known.map { differences(row, $0, kind) } ?? "")
    }

    private func kind(_ text: String, _ stage: ClassStage) throws -> String? {
        if text.isEmpty { return nil }
        guard let code = CodeLists.classKind.code(matching: text)?.code,
            code.first.map(String.init) == stage.kindPrefix, code != stage.multigradeKind
        else { throw ClassWords.Problem(message: "班级类型“\(ChineseText.quoted(text))”不能导入；复式班请在班级页面新建") }
        return code
    }

    /// The first of September of the entry year unless another day is told that can be.
    private func opened(_ text: String, _ entryYear: Int) -> LocalDate {
        let usual = SchoolYear(start: entryYear).firstDay, digits = text.filter(\.isNumber)
        let told = PersonField.day(text) ?? (digits.count == 6 ? PersonField.day(digits + "01") : nil)
        return min(told.map { max($0, usual.adding(days: -120)) } ?? usual, today)
    }

    private func differences(_ row: Told, _ group: ClassGroup, _ kind: String?) -> String {
        var notes: [String] = []
        if let kind, let here = group.kind, kind != here {
            notes.append("班级类型不同，本平台为\(CodeLists.classKind.name(of: here))")
        }
        let here = pupils[group.id] ?? 0
        if let count = Int(row[.pupils]), count != here { notes.append("学生数 \(count)，本平台 \(here)") }
        return notes.joined(separator: "；")
    }
}
