import Directory
import Kernel
import Platform

/// Reads the rows of one sheet by its layout. Keeps what words of code columns mean, which repeat from row to row.
final class RosterRowReading {
    let layout: RosterSheet
    private let roster: RosterKind
    private let columns: [RosterTarget: Int]
    private let fields: [(field: PersonField, column: Int)]
    private let guardians: [Int]
    private let sieve: DataRowSieve
    private var meanings: [Int: [String: Meaning]] = [:]

    private enum Meaning {
        case value(String)
        case raw(String, note: String)
        case unreadable(String)
    }

    init(layout: RosterSheet, roster: RosterKind) {
        (self.layout, self.roster) = (layout, roster)
        var columns: [RosterTarget: Int] = [:]
        for column in layout.columns where columns[column.target] == nil { columns[column.target] = column.column }
        self.columns = columns
        fields = layout.columns.compactMap { column in
            guard case .field(let field) = column.target, field.id != "name" else { return nil }
            return (field, column.column)
        }
        guardians = [1, 2].filter { columns[.guardian($0, .name)] != nil || columns[.guardian($0, .phone)] != nil }
        let read = layout.columns.filter { $0.target != .ignored }.map(\.column)
        sieve = DataRowSieve(
            layout.columns, lastHeaderRow: layout.lastHeaderRow, nameColumn: columns[.name], read: Set(read))
    }

    /// `nil` for what is nobody: rows above the data, blank, total and signature rows, repeated headers.
    func read(_ row: SheetRow) -> RosterRow? {
        guard sieve.holdsData(row, isNumbered: isNumbered) else { return nil }
        var read = RosterRow(sheet: layout.sheet, number: row.number)
        readName(row, &read)
        readKey(row, &read)
        read.school.code = text(row, .schoolCode, &read)
        read.school.name = text(row, .schoolName, &read)
        read.school.county = text(row, .county, &read)
        read.grade = text(row, .grade, &read)
        read.classGroup = text(row, .classGroup, &read)
        for (field, column) in fields { readField(row[column: column], field, column, &read) }
        readNumbers(row, &read)
        for number in guardians { readGuardian(row, number, &read) }
        if roster == .staff { readPost(row, &read) }
        RosterChecks.compare(&read, birth: columns[.field("birthDate")], sex: columns[.field("sex")])
        return read
    }

    private func isNumbered(_ row: SheetRow) -> Bool {
        [RosterTarget.studentNumber, .documentNumber, .staffNumber].contains { target in
            guard let column = columns[target], let cell = row[column: column] else { return false }
            return cell.text.utf8.contains { (0x30...0x39).contains($0) }
        }
    }

    private func readName(_ row: SheetRow, _ read: inout RosterRow) {
        let typed = text(row, .name, &read)
        // Spaces that only spread a Chinese name go.
        let isLatin = typed.utf8.contains { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
        read.name = isLatin ? typed : String(typed.unicodeScalars.filter { $0 != " " }.map(Character.init))
        if read.name.isEmpty, !read.problems.contains(where: { $0.column == columns[.name] }) {
            refuse(.name, "缺少姓名", &read)
        }
        if read.name.unicodeScalars.count > 50 { refuse(.name, "姓名不能超过 50 个字", &read) }
    }

    private func readKey(_ row: SheetRow, _ read: inout RosterRow) {
        let typed = text(row, .person, &read)
        if typed.isEmpty { return }
        read.person = ID(checking: typed)
        if read.person == nil { refuse(.person, "平台编号填写有误", &read) }
    }

    /// The cell's words; empty when the column is missing, blank or holds a dash only.
    private func text(_ row: SheetRow, _ target: RosterTarget, _ read: inout RosterRow) -> String {
        guard let column = columns[target], let cell = row[column: column] else { return "" }
        if let fault = cell.fault(in: target.title) {
            read.problems.append(ImportProblem(column: column, message: fault))
            return ""
        }
        let text = ChineseText.normalised(cell.text)
        return RosterRowReading.dashes.contains(text) ? "" : text
    }

    private func refuse(_ target: RosterTarget, _ message: String, _ read: inout RosterRow) {
        read.problems.append(ImportProblem(column: columns[target], message: message))
    }

    static let dashes: Set<String> = ["-", "--", "---", "—", "——", "/", "\\", "_", "*", "n/a", "N/A", "NULL", "null"]
}

// MARK: Fields

extension RosterRowReading {
    private func readField(_ cell: SheetCell?, _ field: PersonField, _ column: Int, _ read: inout RosterRow) {
        guard let cell else { return }
        if let fault = cell.fault(in: field.label) {
            read.problems.append(ImportProblem(column: column, message: fault))
            return
        }
        switch meaning(of: cell, field, column) {
        case .value(let value): if !value.isEmpty { read.values[field.id] = value }
        case .raw(let value, let note):
            read.values[field.id] = value
            read.notes.append(ImportProblem(column: column, message: note))
        case .unreadable(let reason):
            if field.isKey {
                read.problems.append(ImportProblem(column: column, message: reason))
            } else {
                read.notes.append(ImportProblem(column: column, message: reason + "，这一项没有登记"))
            }
        }
    }

    private func meaning(of cell: SheetCell, _ field: PersonField, _ column: Int) -> Meaning {
        if field.kind == .text { return understood(cell, field) }
        let key = cell.text
        if let known = meanings[column]?[key] { return known }
        let found = understood(cell, field)
        // Dates differ from row to row; a few thousand are worth their room.
        if meanings[column]?.count ?? 0 < 4000 { meanings[column, default: [:]][key] = found }
        return found
    }

    private func understood(_ cell: SheetCell, _ field: PersonField) -> Meaning {
        let typed = ChineseText.normalised(cell.text)
        if typed.isEmpty || RosterRowReading.dashes.contains(typed) { return .value("") }
        if cell.lostPrecision { return .unreadable("\(field.label)已丢失末尾数字，请把该列设为文本后重新填写") }
        do {
            if field.kind == .date || field.kind == .month, let day = RosterRowReading.day(cell) {
                return .value(try field.canonical(day.iso))
            }
            return .value(try field.canonical(typed))
        } catch DomainError.invalid(let problems) {
            let reason = problems.first?.message ?? "\(field.label)填写有误"
            guard field.kind == .code, !field.isKey else { return .unreadable(reason) }
            return .raw(String(typed.prefix(200)), note: reason + "，按原文保存")
        } catch {
            return .unreadable("\(field.label)填写有误")
        }
    }

    /// A date cell, or the serial number that is left of one.
    static func day(_ cell: SheetCell) -> LocalDate? {
        if cell.kind == .date { return LocalDate(iso: cell.text.prefix(10)) }
        let serial = cell.number ?? Double(ChineseText.matchingKey(cell.text))
        // 1927 to 2064; no written date of 8 or 6 digits lies among these.
        guard let serial, (10_000...60_000).contains(serial) else { return nil }
        return LocalDate(daysSince1970: Int(serial) - 25_569)
    }

    private func readPost(_ row: SheetRow, _ read: inout RosterRow) {
        let typed = text(row, .post, &read)
        if !typed.isEmpty {
            if let post = CodeLists.post.code(matching: typed) {
                read.post = post.code
                return
            }
            read.notes.append(
                ImportProblem(column: columns[.post], message: "岗位职业“\(ChineseText.quoted(typed))”不在代码表内，按教职工类别登记"))
        }
    }
}

// MARK: Numbers

extension RosterRowReading {
    private func readNumbers(_ row: SheetRow, _ read: inout RosterRow) {
        readNumber(row, .studentNumber, .studentNumber, &read)
        readNumber(row, .staffNumber, .staffNumber, &read)
        readNumber(row, .phone, .phone, &read)
        let type = documentType(row, .documentType, &read)
        if let typed = code(row, .documentNumber, &read) {
            guard let (kind, type) = document(typed, type) else {
                return refuse(.documentNumber, "身份证件号不是身份证号，请填写身份证件类型", &read)
            }
            add(kind, typed, type, at: columns[.documentNumber], to: &read)
        }
    }

    private func readNumber(
        _ row: SheetRow, _ target: RosterTarget, _ kind: PersonIdentifierKind, _ read: inout RosterRow
    ) {
        if let typed = code(row, target, &read) { add(kind, typed, "", at: columns[target], to: &read) }
    }

    private func add(
        _ kind: PersonIdentifierKind, _ typed: String, _ type: String, at column: Int?, to read: inout RosterRow
    ) {
        do {
            read.numbers.append(try RosterNumber(kind, typed, documentType: type))
        } catch DomainError.invalid(let problems) {
            read.problems += problems.map { ImportProblem(column: column, message: $0.message) }
        } catch {
            read.problems.append(ImportProblem(column: column, message: "\(kind.title)填写有误"))
        }
    }

    /// The code of 身份证件类型; empty when it is not told.
    private func documentType(_ row: SheetRow, _ target: RosterTarget, _ read: inout RosterRow) -> String {
        let typed = text(row, target, &read)
        if typed.isEmpty { return "" }
        if let found = CodeLists.idDocument.code(matching: typed) { return found.code }
        read.notes.append(
            ImportProblem(column: columns[target], message: "身份证件类型“\(ChineseText.quoted(typed))”不在代码表内"))
        return ""
    }

    /// Which kind of number it is; `nil` when the type is needed to tell.
    private func document(_ typed: String, _ type: String) -> (PersonIdentifierKind, String)? {
        if type == "1" { return (.citizenNumber, "") }
        if !type.isEmpty { return (.document, type) }
        let key = ChineseText.matchingKey(typed)
        let isCitizen = [15, 18].contains(key.utf8.count) && key.dropLast().allSatisfy { $0.isASCII && $0.isNumber }
        return isCitizen ? (.citizenNumber, "") : nil
    }

    /// A number's text; `nil` when nothing is told. Numbers that lost digits are refused.
    private func code(_ row: SheetRow, _ target: RosterTarget, _ read: inout RosterRow) -> String? {
        guard let column = columns[target], let cell = row[column: column] else { return nil }
        let typed = text(row, target, &read)
        if typed.isEmpty || typed == "无" || typed == "暂无" { return nil }
        if cell.lostPrecision || RosterRowReading.isScientific(typed) {
            refuse(target, "\(target.title)已丢失末尾数字，请把该列设为文本后重新填写", &read)
            return nil
        }
        if cell.kind == .date {
            refuse(target, "\(target.title)是日期，请把该列设为文本后重新填写", &read)
            return nil
        }
        var key = typed
        if key.hasPrefix("'") { key.removeFirst() }
        if let point = key.firstIndex(of: "."), key[key.index(after: point)...].allSatisfy({ $0 == "0" }) {
            key = String(key[..<point])
        }
        _ = column
        return key
    }

    private static func isScientific(_ text: String) -> Bool {
        let key = ChineseText.matchingKey(text)
        return key.contains("e+") && key.first.map { $0.isNumber } == true
    }

    private func readGuardian(_ row: SheetRow, _ number: Int, _ read: inout RosterRow) {
        var guardian = RosterGuardian(name: text(row, .guardian(number, .name), &read))
        let relation = text(row, .guardian(number, .relation), &read)
        if !relation.isEmpty {
            if let code = CodeLists.guardianRelation.code(matching: relation) {
                guardian.relation = code.code
            } else {
                note(.guardian(number, .relation), "“\(ChineseText.quoted(relation))”不在代码表内", &read)
            }
        }
        if guardians.count > 1 { guardian.order = number }
        addGuardianNumbers(row, number, &guardian, &read)
        if guardian.name.isEmpty {
            if guardian.numbers.isEmpty { return }
            guardian.name = read.name + "家长"
        }
        if guardian.name.unicodeScalars.count > 50 { return note(.guardian(number, .name), "不能超过 50 个字", &read) }
        read.guardians.append(guardian)
    }

    /// A wrong number of a parent is no reason to send the pupil back: it is left out and told.
    private func addGuardianNumbers(
        _ row: SheetRow, _ number: Int, _ guardian: inout RosterGuardian, _ read: inout RosterRow
    ) {
        let before = read.problems.count
        let phone = code(row, .guardian(number, .phone), &read)
        let type = documentType(row, .guardian(number, .documentType), &read)
        let typed = code(row, .guardian(number, .documentNumber), &read)
        read.notes += read.problems[before...]
        read.problems.removeSubrange(before...)
        if let phone {
            if let found = try? RosterNumber(.phone, phone) {
                guardian.numbers.append(found)
            } else {
                note(.guardian(number, .phone), "不是 11 位手机号，没有登记", &read)
            }
        }
        guard let typed else { return }
        if let (kind, type) = document(typed, type), let found = try? RosterNumber(kind, typed, documentType: type) {
            guardian.numbers.append(found)
        } else {
            note(.guardian(number, .documentNumber), "有误，没有登记", &read)
        }
    }

    private func note(_ target: RosterTarget, _ words: String, _ read: inout RosterRow) {
        read.notes.append(ImportProblem(column: columns[target], message: target.title + words))
    }
}
