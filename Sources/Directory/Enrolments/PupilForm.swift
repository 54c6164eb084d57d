import Kernel
import Platform
import Web

/// A pupil as the form of a class sends her. All throw `DomainError.invalid` with every problem of the form.
package struct PupilForm: Sendable {
    let values: FormValues

    package init(values: FormValues) { self.values = values }

    /// Name, numbers and the day in `from`.
    package func pupil() throws -> (pupil: NewPupil, from: LocalDate) {
        var problems: [FieldProblem] = []
        let name = PupilForm.name(values["name"] ?? "")
        if name.isEmpty { problems.append(FieldProblem(field: "name", message: "填写姓名")) }
        let from = LocalDate(iso: values["from"] ?? "")
        if from == nil { problems.append(FieldProblem(field: "from", message: "填写入班日期，如 2026-09-01")) }
        var read: (numbers: [PersonIdentifier], phone: PersonIdentifier?) = ([], nil)
        problems += ClassRules.collected { read = try numbers() }
        guard problems.isEmpty, let from else { throw DomainError.invalid(problems) }
        return (NewPupil(name: name, identifiers: read.numbers, guardianPhone: read.phone), from)
    }

    /// Of which grade of a 复式班 she is; `nil` in other classes. Throws `DomainError.invalid` for `entryYear`.
    func entryYear(in classGroup: ClassGroup) throws -> Int? {
        guard classGroup.isMultigrade else { return nil }
        guard let year = values["entryYear"].flatMap({ Int($0) }), classGroup.entryYears.contains(year) else {
            throw DomainError.invalid("entryYear", "选择年级")
        }
        return year
    }

    /// The numbers that were filled in.
    func numbers() throws -> (numbers: [PersonIdentifier], phone: PersonIdentifier?) {
        var problems: [FieldProblem] = [], numbers: [PersonIdentifier] = [], phone: PersonIdentifier?
        func add(_ field: String, _ read: (String) throws -> Void) {
            guard let text = values.text(field) else { return }
            problems += ClassRules.collected { try read(text) }
        }
        add("studentNumber") { numbers.append(try PersonIdentifier(.studentNumber, $0, field: "studentNumber")) }
        add("documentNumber") { text in
            let type = values.text("documentType") ?? PersonIdentifier.citizenDocument
            let kind: PersonIdentifierKind = type == PersonIdentifier.citizenDocument ? .citizenNumber : .document
            numbers.append(try PersonIdentifier(kind, text, documentType: type, field: "documentNumber"))
        }
        add("guardianPhone") { phone = try PersonIdentifier(.phone, $0, field: "guardianPhone") }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        return (numbers, phone)
    }

    /// Half-width and without the spaces that clerks put between the characters of a Chinese name.
    package static func name(_ typed: String) -> String {
        let name = ChineseText.normalised(typed)
        let isChinese = name.unicodeScalars.allSatisfy { $0 == " " || ChineseText.isChinese($0) || $0 == "·" }
        return isChinese ? name.filter { $0 != " " } : name
    }
}

/// One line of a pasted list, `姓名 学籍号` or a name alone.
struct PupilLine: Sendable {
    /// Counted from one, empty lines included, as the person sees them.
    let number: Int
    let name: String
    /// `nil` when the line cannot be read.
    let pupil: NewPupil?
    /// What keeps the line from being entered.
    var problem: String?

    /// The 学籍号 as it may be shown.
    var masked: String? { pupil?.identifiers.first?.masked }
}

/// A list of pupils pasted into a form.
enum PupilPaste {
    static let limit = 200

    /// Every line that is not empty. Throws `DomainError.invalid` for `lines` when there is none or too many.
    static func lines(_ text: String) throws -> [PupilLine] {
        var lines: [PupilLine] = [], numbers: [[UInt8]: Int] = [:], names: [String: Int] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split { $0.isWhitespace || $0 == "," || $0 == "，" || $0 == "、" || $0 == ";" }
            guard !words.isEmpty else { continue }
            var read = PupilPaste.line(index + 1, words.map(String.init))
            // A line is compared by its number, one without by its name.
            let key = read.pupil?.identifiers.first.map { Array($0.text.utf8) }
            if let key, let earlier = numbers.updateValue(read.number, forKey: key) {
                read.problem = "学籍号与第 \(earlier) 行相同"
            }
            if key == nil, let earlier = names[read.name] {
                read.problem = read.problem ?? "与第 \(earlier) 行同名，填写学籍号以区分"
            }
            names[read.name] = read.number
            lines.append(read)
        }
        if lines.isEmpty { throw DomainError.invalid("lines", "每行填写一名学生：姓名 学籍号") }
        if lines.count > limit { throw DomainError.invalid("lines", "一次最多 \(limit) 行，现有 \(lines.count) 行") }
        return lines
    }

    private static func line(_ number: Int, _ words: [String]) -> PupilLine {
        let hasNumber = words.last.map { $0.utf8.contains(where: CitizenNumber.isDigit) } ?? false
        let name = PupilForm.name(words.dropLast(hasNumber ? 1 : 0).joined(separator: " "))
        guard !name.isEmpty else { return PupilLine(number: number, name: "", pupil: nil, problem: "缺少姓名") }
        guard hasNumber, let last = words.last else {
            return PupilLine(number: number, name: name, pupil: NewPupil(name: name))
        }
        do {
            let identifier = try PersonIdentifier(.studentNumber, last)
            return PupilLine(number: number, name: name, pupil: NewPupil(name: name, identifiers: [identifier]))
        } catch DomainError.invalid(let problems) {
            return PupilLine(number: number, name: name, pupil: nil, problem: problems.first?.message)
        } catch {
            return PupilLine(number: number, name: name, pupil: nil, problem: "学籍号有误")
        }
    }
}
