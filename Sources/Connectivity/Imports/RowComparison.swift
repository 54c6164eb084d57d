import Directory
import Kernel
import Platform

/// Compares rows with the register one after the other. Pure; remembers what the file told before, so that a school
/// told twice is noticed.
struct RowComparison {
    let register: RegisterState
    /// Where the sender may write.
    let scope: DataScope
    /// For sheets without a date of their own.
    let day: LocalDate
    private var seen: [String: Earlier] = [:]
    private var number = 0

    /// A school that the file told before.
    struct Earlier {
        let number: Int
        let sheet: String
        let row: Int
        let fingerprint: Int
    }

    init(register: RegisterState, scope: DataScope, day: LocalDate) {
        (self.register, self.scope, self.day) = (register, scope, day)
    }

    /// The line of the change set, and the earlier line when the school was told before with other figures.
    mutating func compare(_ row: ReadRow, of layout: SheetLayout) -> (line: ImportLine, contradicts: Earlier?) {
        number += 1
        var work = RowWork(row: row, layout: layout, register: register, scope: scope, day: layout.day ?? day)
        work.match()
        work.weigh()
        var line = work.line(number: number)
        guard line.kind != .refused else { return (line, nil) }
        let keys = work.keys, fingerprint = work.fingerprint
        if let earlier = earlier(keys.asked) {
            if earlier.fingerprint == fingerprint {
                line.kind = .unchanged
                line.content.changes = []
                line.content.notes = ["与\(ImportLine.place(sheet: earlier.sheet, row: earlier.row))相同，只计一次"]
                return (line, nil)
            }
            line.kind = .refused
            return (line, earlier)
        }
        if let namesake = keys.own.flatMap({ seen[$0] }) {
            let place = ImportLine.place(sheet: namesake.sheet, row: namesake.row)
            let message = "与\(place)同名而标识码不同；同一乡镇的两所学校请用名称区分"
            line.kind = .refused
            line.content.changes = []
            line.problems = [ImportProblem(column: layout.column(of: .name), message: message)]
            return (line, nil)
        }
        let own = Earlier(number: number, sheet: layout.name, row: row.number, fingerprint: fingerprint)
        for key in keys.kept { seen[key] = own }
        return (line, nil)
    }

    private func earlier(_ keys: [String]) -> Earlier? {
        for key in keys {
            if let found = seen[key] { return found }
        }
        return nil
    }

    /// Names both rows of a contradiction and where they differ.
    static func explain(_ line: ImportLine, against earlier: ImportLine, in layout: SheetLayout) -> ImportLine {
        var line = line
        var differences: [String] = []
        for field in FacilityField.all {
            let (a, b) = (earlier.content.values[field.id], line.content.values[field.id])
            guard a != b else { continue }
            let words = [a, b].map { $0.map(field.text) ?? "空" }
            differences.append("\(field.shortLabel) \(words[0]) / \(words[1])")
        }
        if let a = earlier.code, let b = line.code, a != b { differences.insert("标识码 \(a) / \(b)", at: 0) }
        if differences.isEmpty { differences = ["名称或类型"] }
        let shown = differences.prefix(6).joined(separator: "，") + (differences.count > 6 ? " 等" : "")
        let what = line.code.map { "标识码 \($0) " } ?? "学校“\(line.name)”"
        line.problems = [
            ImportProblem(
                column: layout.column(of: line.code == nil ? .name : .code),
                message: "\(what)与\(earlier.place)重复而内容不同（\(shown)），以\(earlier.place)为准")
        ]
        line.content.changes = []
        return line
    }
}

/// One row on its way through matching and rules.
private struct RowWork {
    private var row: ReadRow
    let layout: SheetLayout
    let register: RegisterState
    let scope: DataScope
    let day: LocalDate
    private var problems: [ImportProblem]
    private var notes: [String] = []
    private var changes: [ImportChange] = []
    private var school: Organisation?
    private var county: Organisation?
    private var town: Organisation?
    private var profile = SchoolProfile(schoolType: "", urbanRural: nil, isCentral: false)
    private var isProfileChanged = false
    /// The row's code, for a school found by name that the register knows no code of.
    private var newCode: String? { school != nil && school?.code == nil ? row.code : nil }

    init(row: ReadRow, layout: SheetLayout, register: RegisterState, scope: DataScope, day: LocalDate) {
        (self.row, self.layout, self.register, self.scope, self.day) = (row, layout, register, scope, day)
        problems = row.problems
    }

    private mutating func refuse(_ target: ColumnTarget?, _ message: String) {
        problems.append(ImportProblem(column: target.flatMap { layout.column(of: $0) }, message: message))
    }

    /// Finds county, town and school.
    mutating func match() {
        if let code = row.code { school = register.school(code: code) }
        findPlace()
        if school == nil, !row.name.isEmpty { findByName() }
        guard let school else { return checkNew() }
        checkKnown(school)
    }

    private mutating func findPlace() {
        if let text = row.county {
            guard let unit = Divisions.managementUnit(named: text).flatMap({ register.unit($0.code) }) else {
                return refuse(.county, "县(市、区)“\(ChineseText.quoted(text))”不认识")
            }
            county = unit
        } else if let code = layout.county {
            county = register.unit(code)
        } else if let school {
            county = register.county(of: school).flatMap(register.unit)
        } else {
            findCountyByTownOrScope()
        }
        guard let text = row.town, let county, let code = county.code, county.kind == .county else { return }
        town = register.town(named: text, in: code)
        guard town == nil else { return }
        let home = register.counties(withTown: text).first
        let place = home.map { "属于\($0.name)，不在\(county.name)" } ?? "不在\(county.name)"
        refuse(.town, "乡镇“\(ChineseText.quoted(text))”\(place)")
    }

    private mutating func findCountyByTownOrScope() {
        let homes = row.town.map { register.counties(withTown: $0) } ?? []
        if homes.count == 1 {
            county = homes[0]
        } else if scope.roots.count == 1 {
            let units = Divisions.managementUnits.compactMap { register.unit($0.code) }
            county = units.first { $0.path.contains(scope.roots[0]) && !scope.roots[0].text.isEmpty }
        }
    }

    /// A school without code, and one whose code the register does not know yet.
    private mutating func findByName() {
        guard let county, let code = county.code, row.town == nil || town != nil || county.kind == .municipal else {
            return
        }
        let key = SchoolName.key(row.name, county: county.name)
        let namesakes = register.schools(named: key, county: code, town: town?.id)
        let found = namesakes.filter { row.code == nil || $0.code == nil }
        if found.count == 1 {
            school = found[0]
        } else if found.count > 1 {
            refuse(.name, "\(county.name)有 \(found.count) 所“\(row.name)”，请填写标识码")
        } else if let other = namesakes.first, let code = row.code, town != nil || county.kind == .municipal,
            scope.contains(other.path)
        {
            refuse(.code, "“\(other.name)”登记的标识码是 \(other.code ?? "")，文件中是 \(code)")
        }
    }

    private mutating func checkNew() {
        if let code = row.code, register.closedName(code: code) != nil {
            return refuse(.code, "标识码 \(code) 属于一所已撤销的学校")
        }
        guard let county else {
            if row.county == nil { refuse(.county, "看不出属于哪个县(市、区)，请填写乡镇或在工作表名称中写明") }
            return
        }
        if !scope.contains((town ?? county).path) { refuse(nil, "\((town ?? county).name)不在你的管理范围内") }
        if row.schoolType == nil, !hasProblem(.type) { refuse(.type, "新学校缺少办学类型") }
        if row.urbanRural == nil, !hasProblem(.urbanRural) { refuse(.urbanRural, "新学校缺少城乡分类") }
    }

    private mutating func checkKnown(_ school: Organisation) {
        let code = school.code ?? row.code ?? ""
        if !scope.contains(school.path) {
            // What lies outside is not described: the sender may not know the school's name or place.
            return refuse(.code, row.code == nil ? "这所学校不在你的管理范围内" : "标识码 \(code) 的学校不在你的管理范围内")
        }
        let home = register.county(of: school).flatMap(register.unit)
        if let county, let home, county.id != home.id {
            return refuse(.code, "标识码 \(code) 登记为\(home.name)的“\(school.name)”，不在\(county.name)")
        }
        let known = SchoolName.key(school.name, county: home?.name)
        if !row.name.isEmpty, !SchoolName.isAlike(known, SchoolName.key(row.name, county: home?.name)) {
            refuse(.name, "标识码 \(code) 登记为“\(school.name)”，文件中是“\(row.name)”；如已更名，请先在组织中更名")
        }
        if let newCode, register.closedName(code: newCode) != nil {
            refuse(.code, "标识码 \(newCode) 属于一所已撤销的学校")
        }
        if let town, let place = register.town(of: school), place != town.id {
            let name = register.organisation(place)?.name ?? ""
            notes.append("登记在\(name)，文件中是\(town.name)；所在乡镇未改动")
        }
    }

    private func hasProblem(_ target: ColumnTarget) -> Bool {
        layout.column(of: target).map { column in problems.contains { $0.column == column } } ?? false
    }

    /// Compares profile and values with what is known, and asks the register's rules.
    mutating func weigh() {
        // Nothing of a school outside the sender's places is compared: a broken rule would tell its figures.
        if let school, !scope.contains(school.path) { return }
        weighProfile()
        yieldToRoster()
        let old = school.map { register.record(of: $0.id, on: day) } ?? FacilityRecord()
        let new = old.merging(row.values)
        for problem in FacilityRules.problems(of: new) {
            guard let field = FacilityField.named(problem.field) else { continue }
            let told = involved(field)
            guard told else { continue }
            let message = problem.message.hasSuffix("。") ? String(problem.message.dropLast()) : problem.message
            refuse(.field(field), message)
        }
        for field in FacilityField.all {
            guard let value = row.values[field], old[field] != value else { continue }
            changes.append(
                ImportChange(
                    field: field.id, label: field.shortLabel, column: layout.column(of: .field(field)),
                    old: old[field].map(field.text), new: field.text(value)))
        }
        if school != nil { notes += FacilityRules.warnings(from: old, to: new).map(\.message) }
    }

    /// What the school's roster counts is not taken from a workbook. A figure that differs is told, not refused.
    private mutating func yieldToRoster() {
        guard let school, let roster = register.roster(of: school.id, on: day) else { return }
        for field in FacilityField.owned(by: roster) {
            guard let told = row.values[field] else { continue }
            let counted = field.counted(in: roster)
            if told != counted {
                let words = counted.map(field.text) ?? "无"
                notes.append("\(field.shortLabel)以花名册为准：花名册 \(words)，文件 \(field.text(told))")
            }
            row.values[field] = nil
        }
    }

    /// A rule that was broken before this file is not the row's fault, unless the row tells the field or what it is
    /// measured against.
    private func involved(_ field: FacilityField) -> Bool {
        guard let school else { return true }
        if row.values[field] != nil { return true }
        let before = FacilityRules.problems(of: register.record(of: school.id, on: day))
        return !before.contains { $0.field == field.id }
    }

    private mutating func weighProfile() {
        let old = school?.profile
        profile = old ?? profile
        if let type = row.schoolType { profile.schoolType = type }
        if let area = row.urbanRural { profile.urbanRural = area }
        if let isCentral = row.isCentral { profile.isCentral = isCentral }
        isProfileChanged = school != nil && old != profile
        func told(_ target: ColumnTarget, _ before: String?, _ after: String?) {
            guard let after, before != after else { return }
            changes.append(
                ImportChange(
                    field: nil, label: target.title, column: layout.column(of: target), old: before, new: after))
        }
        told(.code, nil, newCode)
        if school == nil, let place = town ?? county { told(.town, nil, place.name) }
        let types = CodeLists.schoolType, areas = CodeLists.urbanRural
        if !profile.schoolType.isEmpty {
            told(.type, old.map { types.name(of: $0.schoolType) }, types.name(of: profile.schoolType))
        }
        told(.urbanRural, old?.urbanRural.map(areas.name), profile.urbanRural.map(areas.name))
        if school != nil || profile.isCentral {
            told(.isCentral, old.map { $0.isCentral ? "是" : "否" }, profile.isCentral ? "是" : "否")
        }
    }

    func line(number: Int) -> ImportLine {
        let kind: ImportKind =
            if !problems.isEmpty { .refused } else if school == nil { .new } else if changes.isEmpty { .unchanged } else
            {
                .changed
            }
        let content = ImportContent(
            parent: school == nil ? (town ?? county)?.id.rawValue : nil, schoolType: profile.schoolType,
            urbanRural: profile.urbanRural, isCentral: profile.isCentral, isProfileChanged: isProfileChanged,
            newCode: newCode, day: day.iso,
            values: row.values.values, changes: kind == .refused ? [] : changes, notes: kind == .refused ? [] : notes)
        return ImportLine(
            number: number, sheet: layout.name, sheetIndex: layout.sheet, row: row.number, kind: kind,
            organisation: school.flatMap { scope.contains($0.path) ? $0.id : nil }, code: row.code, name: row.name,
            content: content, problems: problems)
    }

    /// What the school is known by within the file: `asked` for earlier rows, `kept` for later ones, `own` for what no
    /// other school may hold. A row without code means the school of that name.
    var keys: (asked: [String], kept: [String], own: String?) {
        if let school {
            let known = [school.id.rawValue] + (newCode.map { ["code/" + $0] } ?? [])
            return (known, known, nil)
        }
        let place = (town ?? county)?.id.rawValue ?? ""
        let name = place + "/" + SchoolName.key(row.name, county: county?.name)
        guard let code = row.code else { return (["name/" + name], ["name/" + name, "bare/" + name], nil) }
        return (["code/" + code, "bare/" + name], ["code/" + code, "name/" + name], "name/" + name)
    }

    /// Equal for rows that tell the same.
    var fingerprint: Int {
        var hasher = Hasher()
        hasher.combine(profile.schoolType)
        hasher.combine(profile.urbanRural)
        hasher.combine(profile.isCentral)
        hasher.combine(row.values.values)
        hasher.combine(newCode)
        hasher.combine(SchoolName.key(row.name, county: county?.name))
        return hasher.finalize()
    }
}
