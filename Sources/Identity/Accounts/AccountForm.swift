import Kernel
import Web

/// A role with its place and time, as an administrator gives it.
struct GrantForm: Sendable {
    var role = ""
    var organisation = ""
    var from = ""
    /// The last day, unlike `Grant.until`.
    var until = ""

    /// From today for one year, the longest usual appointment.
    init(today: LocalDate) {
        from = today.iso
        until = today.adding(days: 364).iso
    }

    init(_ values: FormValues) {
        role = values["role"] ?? ""
        organisation = values["organisation"] ?? ""
        from = values["from"] ?? ""
        until = values["until"] ?? ""
    }

    struct Checked: Sendable {
        let role: Role
        let organisation: OrganisationID
        let from: LocalDate
        let until: LocalDate?
    }

    /// The values, or every problem of the fields.
    func checked(_ earlier: [FieldProblem] = []) throws -> Checked {
        var problems = earlier
        func demand<Value>(_ value: Value?, _ field: String, _ message: String) -> Value? {
            if value == nil { problems.append(FieldProblem(field: field, message: message)) }
            return value
        }
        let role = demand(Role(rawValue: role), "role", "选择角色")
        let organisation = demand(OrganisationID(checking: organisation), "organisation", "选择单位")
        let from = demand(LocalDate(iso: from), "from", "填写生效日期")
        let last = until.isEmpty ? nil : demand(LocalDate(iso: until), "until", "有效至应为日期，长期有效则留空")
        guard problems.isEmpty, let role, let organisation, let from else { throw DomainError.invalid(problems) }
        return Checked(role: role, organisation: organisation, from: from, until: last?.adding(days: 1))
    }
}

/// A new account, as an administrator opens it.
struct AccountForm: Sendable {
    var name = ""
    var login = ""
    var grant: GrantForm

    init(today: LocalDate) { grant = GrantForm(today: today) }

    init(_ values: FormValues) {
        name = values["name"] ?? ""
        login = values["login"] ?? ""
        grant = GrantForm(values)
    }

    func checked() throws -> NewAccount {
        var problems: [FieldProblem] = []
        if name.isEmpty { problems.append(FieldProblem(field: "name", message: "填写姓名")) }
        if let problem = LoginName.problem(in: LoginName.normalised(login)) {
            problems.append(FieldProblem(field: "login", message: problem))
        }
        let grant = try grant.checked(problems)
        return NewAccount(
            name: name, login: login, role: grant.role, organisation: grant.organisation, from: grant.from,
            until: grant.until)
    }
}
