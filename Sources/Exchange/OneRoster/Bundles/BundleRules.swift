import Kernel

/// What the CSV binding 1.2 asks of a column.
enum BundleRules {
    enum Kind: Sendable { case text, day, flag, words([String]), references([String]) }

    struct Column: Sendable {
        let kind: Kind
        let isRequired: Bool
    }

    private static let roles = [
        "aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor", "relative",
        "siteAdministrator", "student", "systemAdministrator", "teacher",
    ]

    private static func must(_ kind: Kind) -> Column { Column(kind: kind, isRequired: true) }
    private static func may(_ kind: Kind) -> Column { Column(kind: kind, isRequired: false) }

    /// By file and header; a column that is not named here holds any text.
    static let columns: [String: [String: Column]] = [
        "orgs": [
            "name": must(.text), "parentSourcedId": may(.references(["orgs"])),
            "type": must(.words(["department", "school", "district", "local", "state", "national"])),
        ],
        "academicSessions": [
            "title": must(.text), "type": must(.words(["gradingPeriod", "semester", "schoolYear", "term"])),
            "startDate": must(.day), "endDate": must(.day), "schoolYear": must(.text),
            "parentSourcedId": may(.references(["academicSessions"])),
        ],
        "courses": [
            "title": must(.text), "orgSourcedId": must(.references(["orgs"])),
            "schoolYearSourcedId": may(.references(["academicSessions"])),
        ],
        "classes": [
            "title": must(.text), "courseSourcedId": must(.references(["courses"])),
            "classType": must(.words(["homeroom", "scheduled"])), "schoolSourcedId": must(.references(["orgs"])),
            "termSourcedIds": must(.references(["academicSessions"])),
        ],
        "users": [
            "enabledUser": must(.flag), "username": must(.text), "givenName": must(.text), "familyName": must(.text),
            "agentSourcedIds": may(.references(["users"])), "primaryOrgSourcedId": may(.references(["orgs"])),
        ],
        "roles": [
            "userSourcedId": must(.references(["users"])), "roleType": must(.words(["primary", "secondary"])),
            "role": must(.words(roles)), "orgSourcedId": must(.references(["orgs"])), "beginDate": may(.day),
            "endDate": may(.day),
        ],
        "enrollments": [
            "classSourcedId": must(.references(["classes"])), "schoolSourcedId": must(.references(["orgs"])),
            "userSourcedId": must(.references(["users"])), "primary": may(.flag), "beginDate": may(.day),
            "endDate": may(.day), "role": must(.words(["administrator", "proctor", "student", "teacher"])),
        ],
        "demographics": ["birthDate": may(.day), "sex": may(.words(["male", "female", "unspecified", "other"]))],
    ]

    /// Headers in their order; `nil` for a file that the platform does not read.
    static func headers(_ file: String) -> [String]? {
        if file == BundleFile.roles { return BundleFile.roleHeaders }
        return BundleFile.all.first { $0.name == file }?.columns.map(\.header)
    }

    /// What is wrong with a value, in Chinese; references are looked at elsewhere.
    static func problem(in value: String, _ column: Column) -> String? {
        if value.isEmpty { return column.isRequired ? "不能为空" : nil }
        switch column.kind {
        case .text, .references: return nil
        case .day: return LocalDate(iso: value) == nil ? "日期应写成 2026-09-01" : nil
        case .flag: return ["true", "false"].contains(value) ? nil : "应为 true 或 false"
        case .words(let words): return words.contains(value) || value.hasPrefix("ext:") ? nil : "不是标准规定的值"
        }
    }
}
