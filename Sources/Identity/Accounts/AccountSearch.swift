import Database
import Directory
import Kernel
import Platform

/// Finds the quickest way to the accounts that match what somebody typed: part of a name, pinyin, the beginning of a login
/// name, or part of the name of an organisation.
struct AccountSearch {
    let db: Connection
    /// Up to so many are found first and sorted then.
    let few: Int

    init(_ db: Connection, few: Int = 3000) { (self.db, self.few) = (db, few) }

    enum Way {
        /// They are few: the query that finds their keys.
        case few(SQL)
        /// So many have the term that they are met soon in the order of names; it stands whole in the index.
        case common(String)
        /// They are many, or much has changed just now: the condition by which each account is looked at in the order of the
        /// list, until there are enough.
        case walk(SQL)
    }

    /// Changes of names that the index has not taken over yet are looked at one by one up to this many.
    private static let freshest = 400
    private static let fewOrganisations = 50

    /// - Parameter isByName: whether the list is in the order of names.
    func way(to text: String, isByName: Bool) throws -> Way {
        let key = PersonTerms.key(text), index = AccountIndex(db)
        let changed = try index.changed(
            after: index.cursor(), until: Timestamp(milliseconds: .max), limit: AccountSearch.freshest)
        let fresh = try changed.map { try index.present(of: $0.people) } ?? []
        guard !key.isEmpty, changed?.people.count ?? 0 < AccountSearch.freshest else { return .walk(alike(text)) }
        let organisations: [OrganisationID] = try db.column(
            """
            SELECT id FROM directory_organisation WHERE name LIKE \(AccountSearch.part(text)) ESCAPE '!'
            LIMIT \(AccountSearch.fewOrganisations + 1)
            """)
        let terms: SQL = "FROM identity_account_term n WHERE n.term >= \(key) AND n.term < \(key + "\u{10FFFF}")"
        let held: SQL = "FROM identity_grant g WHERE g.organisation_id IN \(in: organisations)"
        let isFew =
            try organisations.count <= AccountSearch.fewOrganisations
            && count(terms) + (organisations.isEmpty ? 0 : count(held)) <= few
        guard isFew else {
            let isCommon = isByName && key.count == 1 && organisations.isEmpty && fresh.isEmpty
            return isCommon ? .common(key) : .walk(alike(text))
        }
        // The index says only where to look: of accounts that changed a moment ago, what they are now counts.
        let meant = fresh.filter { entry in entry.terms.contains { $0.hasPrefix(key) } }.map(\.account)
        let others = Set(fresh.map(\.account)).subtracting(meant).sorted()
        let stale: SQL = others.isEmpty ? .empty : " AND e.account_id NOT IN \(in: others)"
        var found: SQL =
            """
            SELECT e.account_id FROM identity_account_entry e WHERE e.number IN (SELECT n.entry \(terms))\(stale)
            """
        if !meant.isEmpty { found = "\(found) UNION SELECT id FROM identity_account WHERE id IN \(in: meant)" }
        if !organisations.isEmpty { found = "\(found) UNION SELECT g.account_id \(held)" }
        return .few(found)
    }

    private func count(_ rows: SQL) throws -> Int {
        try db.value("SELECT COUNT(*) FROM (SELECT 1 AS one \(rows) LIMIT \(few + 1)) found") ?? 0
    }

    /// Each account is looked at by itself: nothing is gathered beforehand.
    private func alike(_ text: String) -> SQL {
        let part = AccountSearch.part(text), lower = part.lowercased()
        return """
            (p.name LIKE \(part) ESCAPE '!' OR p.initials LIKE \(lower) ESCAPE '!'
                OR a.login_name LIKE \(lower) ESCAPE '!' OR EXISTS (SELECT 1 FROM identity_grant g
                    JOIN directory_organisation o ON o.id = g.organisation_id
                    WHERE g.account_id = a.id AND o.name LIKE \(part) ESCAPE '!'))
            """
    }

    /// `%`, `_` and the escape sign itself lose their meaning.
    private static func part(_ text: String) -> String {
        var result = ""
        for character in text {
            if character == "%" || character == "_" || character == "!" { result.append("!") }
            result.append(character)
        }
        return "%" + result + "%"
    }
}
