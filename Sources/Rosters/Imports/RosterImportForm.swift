import Directory
import Foundation
import Kernel
import Platform
import Web

/// What the upload sends: a file or pasted cells, whose roster it is, and from when it holds.
struct RosterUploadForm {
    let roster: String
    let day: String
    let cells: String

    init(_ request: WebRequest) {
        let today = Timestamp.now.day
        roster = request.form["roster"] ?? request.query.text("roster") ?? ""
        day = request.form["valid_from"] ?? SchoolYear(containing: today).firstDay.iso
        cells = request.form["cells"] ?? ""
    }

    /// - Parameter workFolder: where pasted cells stand until they are read.
    /// - Returns: Path, name and size, and whether the file is to be removed.
    func content(
        _ files: [UploadedFile], workFolder: String
    ) throws -> (path: String, name: String, size: Int, isTemporary: Bool) {
        if let file = files.first(where: { $0.field == "file" && !($0.name.isEmpty && $0.size == 0) }) {
            if file.size == 0 { throw DomainError.invalid("file", "文件是空的，请重新保存后再上传") }
            return (file.path, file.name, file.size, false)
        }
        let text = cells.trimmingCharacters(in: .newlines)
        guard !text.isEmpty else { throw DomainError.invalid("file", "请选择要上传的文件，或粘贴单元格") }
        let path = "\(workFolder)/cells-\(Identifiers.next()).csv"
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw DomainError.unavailable("保存失败，请稍后再试。") }
        return (path, "粘贴的单元格", text.utf8.count, true)
    }

    func validFrom() throws -> LocalDate {
        guard let date = LocalDate(iso: day) else { throw DomainError.invalid("valid_from", "请填写生效日期") }
        return date
    }
}

/// A person's corrections of the recognised columns. Sheets that share a header share its choice.
struct RosterColumnForm {
    let layout: RosterLayout
    private(set) var problems: [FieldProblem] = []

    init(_ layout: RosterLayout) { self.layout = layout }

    static func choices(of layout: RosterLayout) -> [HeaderChoice<RosterTarget>] {
        HeaderChoice.choices(of: layout.sheets.map { ($0.title, $0.columns) })
    }

    /// The layout with what the form says; `nil` when something is wrong, told in `problems`.
    mutating func corrected(by values: FormValues) -> RosterLayout? {
        var targets: [String: RosterTarget] = [:]
        let known = Set(RosterTarget.all(of: layout.roster))
        let choices = RosterColumnForm.choices(of: layout)
        for choice in choices {
            guard let id = values[choice.name] else { continue }
            guard let target = RosterTarget.named(id), known.contains(target) else {
                problems.append(FieldProblem(field: choice.name, message: "请从列表中选择"))
                continue
            }
            targets[choice.key] = target
        }
        var result = layout
        for index in result.sheets.indices {
            result.sheets[index].columns.choose(targets)
            check(result.sheets[index], choices)
        }
        return problems.isEmpty ? result : nil
    }

    /// A target needs one column, and a person needs a name.
    private mutating func check(_ sheet: RosterSheet, _ choices: [HeaderChoice<RosterTarget>]) {
        var holders: [RosterTarget: ImportColumn<RosterTarget>] = [:]
        for column in sheet.columns where !column.target.mayRepeat {
            guard let other = holders.updateValue(column, forKey: column.target) else { continue }
            let name = choices.first { $0.key == column.key }?.name ?? ""
            let message = "\(sheet.title)的“\(other.header)”和“\(column.header)”都选了\(column.target.title)，只能选一列"
            problems.append(FieldProblem(field: name, message: message))
        }
        if holders[.name] == nil {
            problems.append(FieldProblem(field: choices.first?.name ?? "", message: "\(sheet.title)没有姓名列"))
        }
    }
}
