import Foundation
import Testing

@testable import App

/// An entry of the audit log keeps its code for ever, so every code that was ever written needs its words for ever.
@Suite("Words of the audit log") struct AuditWordsTests {
    /// What the platform wrote at its first releases; none ever leaves the list. Whoever takes an action out of the code adds
    /// it here.
    private static let ever = """
        absence.entered account.activated account.activation_failed account.card_printed account.closed
        account.code_given account.created account.exported account.factor_failed account.factor_given
        account.factor_removed account.factor_set account.guardian_roles account.idled account.locked
        account.password_changed account.password_reset account.recovery_code_used
        account.recovery_codes_renewed account.resumed account.role_ended account.role_granted
        account.roles_ended account.roles_given_back account.session_ended account.sign_in_failed
        account.signed_in account.signed_out account.suspended account.token_issued account.token_revoked
        account.transferred account.unlocked account.wechat_bound account.wechat_failed account.wechat_unbound
        application.amended application.amendment_approved application.amendment_sent_back application.approved
        application.changed application.client_refused application.code_refused application.consent_given
        application.consent_withdrawn application.created application.entered application.exported
        application.key_revoked application.keys_issued application.keys_rotated application.machine_token
        application.refresh_refused application.resumed application.retired application.sent_back
        application.sign_out_told application.signing_keys_replaced application.signing_keys_rotated
        application.submitted application.suspended application.taken_over application.ticket_refused
        application.withdrawn audit.exported catalogue.accepted catalogue.discarded catalogue.undone
        catalogue.uploaded class.closed class.opened class.post_ended class.post_given class.renamed
        connectivity_import.accepted connectivity_import.discarded connectivity_import.undone
        connectivity_import.uploaded consent.given consent.purpose_ended consent.purpose_published
        consent.refused consent.withdrawn dropout_alarm.closed dropout_alarm.noted dropout_alarm.raised
        dropout_alarm.removed duplicate.decided duplicate.reopened edition.chosen edition.unchosen exchange.bundle_accepted
        exchange.bundle_discarded exchange.bundle_refused exchange.bundle_undone exchange.bundle_uploaded
        exchange.bundle_written exchange.facts_pushed exchange.file_accepted exchange.file_discarded
        exchange.file_ordered exchange.file_refused exchange.file_undone exchange.file_written
        exchange.grade_entered exchange.grade_removed exchange.grade_replaced exchange.group_added
        exchange.group_changed exchange.group_removed exchange.oneroster_read exchange.owner_ended
        exchange.owner_named exchange.partner_added exchange.partner_changed exchange.partner_paused
        exchange.partner_resumed exchange.receiver_added exchange.receiver_paused exchange.receiver_resumed
        exchange.results_erased exchange.sensitive_pulled exchange.staff_added exchange.staff_changed
        facility_register.changed facility_register.roster_completed facility_register.roster_reopened
        facility_register.told gateway.arrival_refused gateway.counterpart_added
        gateway.counterpart_changed gateway.counterpart_key_changed gateway.counterpart_resumed
        gateway.counterpart_suspended gateway.linked gateway.unlinked guardian.added guardian.confirmed
        guardian.corrected guardian.declared guardian.declared_unknown guardian.ended guardian.lapsed
        guardian.numbers_told guardian.refused job.retried keys.changed organisation.added organisation.closed
        organisation.code_given organisation.code_taken_back organisation.merged organisation.moved
        organisation.profile_changed organisation.renamed organisation.taken_back person.erased person.exported
        person.looked person.merge_undone person.merged person.ties_erased plan.archived plan.published
        plan.reopened plan_document.discarded plan_document.uploaded plan_snapshot.frozen plan_work.started
        privacy.copy_asked privacy.copy_fetched privacy.hold_ended privacy.hold_set privacy.incident_entered privacy.looks_exported
        privacy.minors_report_exported privacy.request_answered privacy.request_made privacy.retention_confirmed
        privacy.retention_counted privacy.retention_deleted pupil.added pupil.admitted pupil.left pupil.moved
        pupil.not_arrived pupil.numbers_told pupil.suspended resource.archive_fetched resource.changed
        resource.created resource.erased resource.file_removed resource.files_added resource.published
        resource.restored resource.returned resource.submitted resource.taken_down resource.withdrawn
        roll.move_undone roll.moved rollover.confirmed rollover.decided rollover.intake_planned
        rollover.pupil_decided rollover.run rollover.undone rollover.withdrawn roster.classes_accepted
        roster.classes_discarded roster.classes_undone roster.classes_uploaded roster.compared roster.exported
        roster.import_accepted roster.import_discarded roster.import_undone roster.import_uploaded
        roster.refused_downloaded setting.changed staff.added staff.exported staff.facts_changed
        staff.leave_ended staff.leave_started staff.left staff.post_changed staff.post_ended staff.post_given
        staff.teams_set staff_teams.exported staff_transfer.accepted staff_transfer.done staff_transfer.offered
        staff_transfer.refused staff_transfer.withdrawn statistics.exported student_change.applied
        student_change.done student_change.looked student_change.refused student_change.withdrawn target.changed
        target.created target.ended target_set.changed target_set.created target_set.installed
        template.activated template.changed template.loaded template.withdrawn transfer.applied transfer.done
        transfer.passed transfer.refused transfer.resubmitted transfer.withdrawn upload.infected
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    /// Texts in the code that look like actions and are none: scopes of other systems, jobs, columns, settings.
    private static let others: Set<String> = [
        "connectivity_import.file_id", "exchange.comparison", "exchange.folder", "exchange.provisioning",
        "exchange.read", "exchange.sensitive",
        "exchange.write", "privacy.copy", "roster.readonly", "staff.from", "staff.post", "upload.mb",
    ]

    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources")

    /// What stands in the code in the shape of an action of a group that the log knows, or directly where one is recorded.
    private static func written() throws -> Set<String> {
        let groups = Set(ever.map { String($0.prefix { $0 != "." }) })
        let names = try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
        #expect(names.count > 100)
        var found: Set<String> = []
        for name in names {
            let text = try String(contentsOf: sources.appendingPathComponent(name), encoding: .utf8)
            for match in text.matches(of: #/"([a-z_]+)\.([a-z_]+)"(:?)/#) where match.output.3.isEmpty {
                if groups.contains(String(match.output.1)) { found.insert("\(match.output.1).\(match.output.2)") }
            }
            for match in text.matches(of: #/AuditLog\.record\(\s*"([a-z_.]+)"/#) {
                found.insert(String(match.output.1))
            }
        }
        return found.subtracting(others)
    }

    @Test func `every action that the code writes or ever wrote has words`() throws {
        let listed = Set(AuditWordsTests.ever), written = try AuditWordsTests.written()
        #expect(listed.count == AuditWordsTests.ever.count)
        for action in AuditWordsTests.ever { #expect(AuditWords.title(of: action) != nil, "\(action) has no words") }
        #expect(written.isSuperset(of: ["person.looked", "consent.given", "class.opened"]))
        for action in written.subtracting(listed).sorted() where AuditWords.title(of: action) == nil {
            Issue.record("\(action): give it words, or name it among the others")
        }
    }
}
