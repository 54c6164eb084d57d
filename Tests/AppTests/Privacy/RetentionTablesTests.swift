import App
import Database
import Privacy
import TestKit
import Testing

/// Whatever names people ends some day, or somebody has said why it does not.
@Suite("Ends of every table that names people") struct RetentionTablesTests {
    private enum End {
        /// Rows go by these kinds of `RetentionPeriod`.
        case periods([String])
        /// Rows end in another way, or never, for this reason.
        case reason(String)
    }

    private static let roster: End = .reason("what the roster holds is kept for good (档案法); see RetentionPeriod")
    private static let account: End = .reason("ends with the account, which is closed when its person has left")
    private static let short: End = .reason("ends by itself within hours or days, by the hourly tidying")

    private static let ends: [String: End] = [
        "directory_person": roster, "directory_person_facts": roster, "directory_person_identifier": roster,
        "directory_appointment": roster, "directory_class_post": roster, "directory_enrolment": roster,
        "directory_team_member": roster, "directory_roll_move_pupil": roster,
        "directory_guardianship": .reason(
            "whose guardian somebody was explains what was answered for the child; numbers and ties go with an erasure"),
        "directory_guardian_claim": .reason("forgotten after 30 days, by the hourly tidying of the directory"),
        "directory_merge": .reason("leads from the key of the record that went to the one that stayed; names no datum"),
        "directory_person_entry": .reason("an index: follows the records within seconds"),
        "directory_look": .periods(["looks"]),
        "platform_job": .periods(["jobs"]),
        "platform_notice": .reason("90 days after it was read, 365 days when it never was, by the hourly tidying"),
        "platform_notice_mute": .reason("what she does not want to be told; goes when she says otherwise"),
        "privacy_consent_answer": .periods(["consents"]),
        "privacy_copy": .periods(["copies"]),
        "privacy_request": .periods(["requests"]),
        "privacy_hold": .reason("says why records were spared, as long as the record of what was deleted"),
        "privacy_erasure": .reason("proof that somebody was made unknown: the key and no datum"),
        "rosters_import": .periods(["roster_imports"]), "rosters_import_row": .periods(["roster_imports"]),
        "rosters_duplicate": .periods(["roster_duplicates"]),
        "rosters_difference": .periods(["roster_differences"]),
        "rosters_difference_line": .periods(["roster_differences"]),
        "rosters_export": .periods(["roster_exports"]),
        "rosters_export_order": .reason("goes when the next archive is asked for, seven days after it was made"),
        "school_affairs_absence": .periods(["absences"]),
        "school_affairs_admission": .periods(["affairs_cases"]), "school_affairs_change": .periods(["affairs_cases"]),
        "school_affairs_transfer": .periods(["affairs_cases"]),
        "school_affairs_staff_transfer": .periods(["affairs_cases"]),
        "school_affairs_case_step": .periods(["affairs_cases"]),
        "school_affairs_dropout_alarm": .reason("控辍保学台账, part of the pupil's record (义务教育法 art. 13)"),
        "school_affairs_leave": .periods(["staff_leaves"]), "school_affairs_substitution": .periods(["staff_leaves"]),
        "school_affairs_rollover_pupil": .periods(["rollover_decisions"]),
        "school_affairs_rollover_run": .reason("names who ran it and no pupil; part of the history of the roll"),
        "exchange_push": .periods(["exchange_pushes"]), "exchange_raw_value": .periods(["exchange_raw_values"]),
        "exchange_bundle_row": .periods(["exchange_bundles"]),
        "exchange_bundle_key": .reason("what a partner's keys mean; goes with an erasure and when a bundle is undone"),
        "exchange_scim_user": .reason("how a system that is connected names somebody; goes when it deletes her"),
        "exchange_delivery": .reason("one row for each receiver and person, replaced by the next state"),
        "exchange_difference": .reason("replaced by the next comparison with the receiver"),
        "exchange_grade_record": .reason("grades are part of the pupil's record (学籍档案)"),
        // Drafts have no period: they are their author's unfinished work, seen by nobody else, and nothing a teacher made is
        // lost by waiting. They go with an erasure of hers.
        "resources_item_author": .reason("who made a resource is named as long as it is there (著作权法); drafts as above"),
        "resources_item_pupil": .reason("asks for her consent as long as the resource is there"),
        "resources_item_writer": .reason("keeps her from reviewing her own as long as the resource is there"),
        "resources_next_author": .reason(
            "whom a version in hand is to name; goes when it is published (see the authors)"),
        "resources_archive_order": .reason("goes seven days after it was made, by the tending of resources"),
        "resources_review_area": .reason(
            "who reviews a subject; of an account that lost the right it counts for nothing"),
        "resources_folder": .reason("ends a year after it was sent, or a month when nobody accepted it, by tending"),
        "resources_push": .periods(["lessons"]),
        "resources_unnamed": .reason("keeps her name off the board of contributions; goes when she says otherwise"),
        "resources_saved_search": .reason("kept for her own sake; goes when she deletes it and with an erasure"),
        "connectivity_import": .reason("names who sent a workbook of facilities; the register's history rests on it"),
        "identity_account": account, "identity_activation": account, "identity_card": account,
        "identity_account_entry": account, "identity_grant": account, "identity_grant_proposal": account,
        "identity_password_history": account,
        "identity_recovery_code": account, "identity_second_factor": account, "identity_session": short,
        "federation_openid_consent": account, "federation_openid_subject": account,
        "federation_wechat_binding": account, "federation_counterpart_link": account,
        "federation_openid_authorization": short, "federation_cas_ticket": short, "federation_gateway_session": short,
        "federation_gateway_ticket": short, "federation_participation": short,
        "federation_review": .reason("who approved an application; part of its file"),
        "federation_use": .reason("folded into counts by day, by the hourly tidying"),
        "federation_secret": .reason("a secret of an application, no person"),
        "federation_signing_key": .reason("a key of the city, no person"),
        "media_released": .reason("counts against the sender's share until the content is swept, by the daily tidying"),
        "media_upload": .reason("ends when the file has come or the upload has lapsed, by the hourly tidying"),
    ]

    @Test func `every table that names people has a period or a reason`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let tables = try await city.database.read { db in
                try db.column(
                    """
                    SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                    WHERE m.type = 'table' AND (c.name LIKE '%person_id' OR c.name IN ('sealed', 'account_id', 'subject_id'))
                    UNION SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
                    WHERE m.type = 'table'
                        AND f."table" IN ('directory_person', 'directory_enrolment', 'identity_account')
                    ORDER BY 1
                    """, as: String.self)
            }
            #expect(tables.contains("directory_enrolment") && tables.contains("rosters_duplicate"))
            for table in tables {
                #expect(RetentionTablesTests.ends[table] != nil, "\(table): say when its rows end, or why they do not")
            }
            let known = Set(RetentionPeriod.all.map(\.kind))
            for (table, end) in RetentionTablesTests.ends {
                #expect(tables.contains(table), "\(table) names nobody any more")
                if case .periods(let kinds) = end {
                    #expect(!kinds.isEmpty && known.isSuperset(of: kinds), "\(table): no such period")
                }
                if case .reason(let words) = end { #expect(words.count > 20, "\(table)") }
            }
        }
    }
}
