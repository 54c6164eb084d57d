import Database

/// A column that names a person, as the module of its table lists it, so that its rows follow when two records of one
/// person become one, and go back when that is undone.
package struct PersonColumn: Sendable {
    let table: SQL
    let column: SQL
    /// The text column that tells rows apart.
    let key: SQL
    /// `directory_enrolment.person_id`; kept with each merge.
    package let name: String
    /// Whether the table has `changed_at`, so that others hear of the move and a later change is noticed.
    let hasChangedAt: Bool
    /// Whether rows go by themselves after a time, so that one that is gone keeps no merge from being undone.
    let mayExpire: Bool
    /// Whether the row only says how another system names the person, or what she was told: it goes when the import that
    /// entered her is taken back, and keeps nobody from taking it back.
    package let isKey: Bool

    package init(
        _ table: SQL, _ column: SQL, key: SQL = "id", name: String, hasChangedAt: Bool = false, mayExpire: Bool = false,
        isKey: Bool = false
    ) {
        (self.table, self.column, self.key, self.name) = (table, column, key, name)
        (self.hasChangedAt, self.mayExpire, self.isKey) = (hasChangedAt, mayExpire, isKey)
    }

    /// Those of the directory that move as they are. Numbers and facts are chosen one by one.
    package static let ofDirectory: [PersonColumn] = [
        PersonColumn(
            "directory_appointment", "person_id", name: "directory_appointment.person_id", hasChangedAt: true),
        PersonColumn("directory_class_post", "person_id", name: "directory_class_post.person_id", hasChangedAt: true),
        PersonColumn("directory_enrolment", "person_id", name: "directory_enrolment.person_id", hasChangedAt: true),
        PersonColumn("directory_team_member", "person_id", name: "directory_team_member.person_id"),
        PersonColumn(
            "directory_roll_move_pupil", "person_id", key: "move_id || ' ' || enrolment_id",
            name: "directory_roll_move_pupil.person_id"),
        PersonColumn(
            "directory_guardianship", "guardian_id", name: "directory_guardianship.guardian_id", hasChangedAt: true),
        PersonColumn("directory_guardianship", "child_id", name: "directory_guardianship.child_id", hasChangedAt: true),
        PersonColumn(
            "directory_guardian_claim", "person_id", name: "directory_guardian_claim.person_id", mayExpire: true),
        // Who was merged into her before goes on with her.
        PersonColumn("directory_person", "merged_into", name: "directory_person.merged_into"),
    ]

    /// Those of the directory in which only a later deed names somebody, and which of their rows say that it still holds:
    /// periods without a day were taken back.
    package static let ofLaterDeeds: [(column: PersonColumn, condition: SQL)] = {
        let holds: SQL = "(x.valid_to IS NULL OR x.valid_to > x.valid_from)"
        let deeds: [(name: String, condition: SQL)] = [
            ("directory_class_post.person_id", holds), ("directory_team_member.person_id", holds),
            ("directory_roll_move_pupil.person_id", "1 = 1"),
        ]
        return deeds.flatMap { deed in
            ofDirectory.filter { $0.name == deed.name }.map { ($0, deed.condition) }
        }
    }()

    /// Those a merge sees to in another way.
    package static let excused: Set<String> = [
        "directory_person_identifier.person_id", "directory_person_facts.person_id", "directory_merge.from_id",
        "directory_merge.into_id",
        // The index of people follows by itself.
        "directory_person_entry.person_id",
    ]
}
