import Kernel
import Web

/// Guardians as forms send them. All throw `DomainError.invalid` with every problem of the form.
struct GuardianForm: Sendable {
    let values: FormValues

    /// Name, relation, order and numbers of a guardian whom a school enters.
    func guardian() throws -> NewGuardian {
        var problems: [FieldProblem] = [], numbers: [PersonIdentifier] = []
        let name = PupilForm.name(values["name"] ?? "")
        if name.isEmpty { problems.append(FieldProblem(field: "name", message: "填写家长姓名")) }
        if name.unicodeScalars.count > 50 { problems.append(FieldProblem(field: "name", message: "姓名不能超过 50 个字")) }
        let relation = relation(&problems), order = order
        if let text = values.text("phone") {
            problems += ClassRules.collected { numbers.append(try PersonIdentifier(.phone, text, field: "phone")) }
        }
        if let text = values.text("documentNumber") {
            let type = values.text("documentType") ?? PersonIdentifier.citizenDocument
            let kind: PersonIdentifierKind = type == PersonIdentifier.citizenDocument ? .citizenNumber : .document
            problems += ClassRules.collected {
                numbers.append(try PersonIdentifier(kind, text, documentType: type, field: "documentNumber"))
            }
        }
        if numbers.isEmpty, problems.isEmpty {
            problems.append(FieldProblem(field: "phone", message: "填写手机号或证件号，用来核对是不是同一人"))
        }
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        return NewGuardian(name: name, relation: relation, order: order, numbers: numbers)
    }

    /// Relation and order as they are corrected.
    func correction() throws -> (relation: String, order: Int?) {
        var problems: [FieldProblem] = []
        let relation = relation(&problems)
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        return (relation, order)
    }

    /// Name and 学籍号 of a child whom a guardian declares, and what she is to her.
    func declaration() throws -> (name: String, studentNumber: PersonIdentifier, relation: String) {
        var problems: [FieldProblem] = [], number: PersonIdentifier?
        let name = PupilForm.name(values["name"] ?? "")
        if name.isEmpty { problems.append(FieldProblem(field: "name", message: "填写孩子姓名")) }
        if let text = values.text("studentNumber") {
            problems += ClassRules.collected {
                number = try PersonIdentifier(.studentNumber, text, field: "studentNumber")
            }
        } else {
            problems.append(FieldProblem(field: "studentNumber", message: "填写孩子的学籍号"))
        }
        let relation = relation(&problems)
        guard problems.isEmpty, let number else { throw DomainError.invalid(problems) }
        return (name, number, relation)
    }

    private var order: Int? { values["order"].flatMap { Int($0) }.flatMap { [1, 2].contains($0) ? $0 : nil } }

    private func relation(_ problems: inout [FieldProblem]) -> String {
        let code = values["relation"] ?? ""
        if CodeLists.guardianRelation[code] == nil {
            problems.append(FieldProblem(field: "relation", message: "选择与学生的关系"))
        }
        return code
    }
}
