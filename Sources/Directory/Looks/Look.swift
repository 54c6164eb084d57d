import Contracts
import Database
import Kernel

/// 完整查看: somebody saw sealed data of a person in full, or took sealed data of many out in a file. Kept for whoever
/// the data are about and for the data officer of the place; holds no datum itself.
package struct Look: Sendable {
    package enum Kind: String, Column, Sendable {
        /// one person's, on a page
        case page
        /// many people's, in a file or by interface
        case export

        package var title: String { self == .page ? "页面查看" : "导出" }
    }

    package let id: ID<Look>
    package let kind: Kind
    package let at: Timestamp
    package let looker: Looker
    /// Whose data; `nil` for an export.
    package let subject: ID<Person>?
    /// As she was called then; of an export, what was exported.
    package let subjectName: String
    /// How many people's data.
    package let people: Int
    /// Raw values of kinds of numbers and ids of fields.
    package let data: [String]
    /// A code of `CodeLists.lookReason`.
    package let reason: String
    /// What the looker wrote; may be empty.
    package let note: String
    /// The place at which the right was used.
    package let organisation: OrganisationID
    package let organisationName: String

    package var reasonTitle: String { CodeLists.lookReason.name(of: reason) }
    package var dataTitles: String { data.map(LookItem.title(ofDatum:)).joined(separator: "、") }

    static let columns: SQL =
        """
        l.id, l.kind, l.at, l.account_id, l.looker_id, l.looker_name, l.looker_role, l.address, l.subject_id,
        l.subject_name, l.people, l.data, l.reason, l.note, l.organisation_id, o.name
        """

    init(_ row: borrowing Row) throws {
        (id, kind, at) = (try row.get(0), try row.get(1), try row.get(2))
        looker = Looker(
            account: try row.get(3), person: try row.get(4), name: try row.get(5), role: try row.get(6),
            address: try row.get(7))
        (subject, subjectName, people) = (try row.get(8), try row.get(9), try row.get(10))
        data = try row.text(11).split(separator: " ").map(String.init)
        (reason, note) = (try row.get(12), try row.get(13))
        (organisation, organisationName) = (try row.get(14), try row.get(15))
    }
}

/// Who looked, and from where.
package struct Looker: Sendable, Equatable {
    package let account: ID<Account>?
    /// `nil` for another system.
    package let person: ID<Person>?
    package let name: String
    /// Code of the role by which she looked; `system` for another system.
    package let role: String
    package let address: String

    package init(account: ID<Account>?, person: ID<Person>?, name: String, role: String, address: String) {
        (self.account, self.person, self.name) = (account, person, name)
        (self.role, self.address) = (role, address)
    }

    /// A user who uses one of the rights at the place.
    package init(_ user: CurrentUser, using permissions: [Permission], at path: OrganisationPath, address: String) {
        let grant = user.grants.first { grant in
            grant.path.contains(path) && permissions.contains { grant.permissions.contains($0) }
        }
        self.init(
            account: user.account, person: user.person, name: user.name, role: grant?.role ?? "", address: address)
    }

    /// Another system.
    package init(_ caller: MachineCaller, address: String) {
        self.init(account: nil, person: nil, name: caller.name, role: Looker.systemRole, address: address)
    }

    package static let systemRole = "system"
}

/// Why somebody looks.
package struct LookReason: Sendable, Equatable {
    let code: String
    let note: String

    /// The reason that says nothing by itself.
    static let other = "99"
    /// 办理学籍异动
    package static let recordChange = "11"
    static let longestNote = 100

    /// Throws `DomainError.invalid` for `reason` and `note`: a reason must be chosen, explained when it is 其他, and the
    /// explanation must not carry a number, since it is kept as plain text.
    package init(_ code: String, note: String = "") throws {
        var problems: [FieldProblem] = []
        if CodeLists.lookReason[code] == nil { problems.append(FieldProblem(field: "reason", message: "选择查看原因")) }
        if code == LookReason.other, note.isEmpty {
            problems.append(FieldProblem(field: "note", message: "原因是其他时，写明是什么事"))
        }
        if note.unicodeScalars.count > LookReason.longestNote {
            problems.append(FieldProblem(field: "note", message: "说明不能超过 \(LookReason.longestNote) 个字"))
        }
        if LookReason.hasNumber(note) {
            problems.append(FieldProblem(field: "note", message: "说明会长期保存，不要写号码"))
        }
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        (self.code, self.note) = (code, note)
    }

    /// Whether there are six digits in a row, spaces and dashes between them not counted.
    static func hasNumber(_ text: String) -> Bool {
        var run = 0
        for character in text {
            if character.isNumber {
                run += 1
                if run == 6 { return true }
            } else if character != " " && character != "-" {
                run = 0
            }
        }
        return false
    }
}
