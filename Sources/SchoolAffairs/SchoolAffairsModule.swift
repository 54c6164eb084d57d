import Database
import Directory
import Foundation
import Kernel
import Platform
import Web

/// 学籍与人事: what happens to pupils and staff on their way through school, with its confirmations and clocks.
package struct SchoolAffairsModule: Sendable {
    package static let migrations: [Migration] = [
        Migration(
            "affairs/0001-student-life",
            CaseSchema.statements + StudentChangeSchema.statements + TransferSchema.statements
                + AdmissionSchema.statements + DropoutSchema.statements),
        Migration("affairs/0003-rollover", RolloverSchema.statements),
        Migration("affairs/0005-staff", StaffLeaveSchema.statements + StaffTransferSchema.statements),
        Migration("affairs/0006-step-accounts", CaseSchema.accounts + StaffTransferSchema.accounts),
        Migration("affairs/0007-people-named", CaseSchema.named),
    ]

    /// Where sealed values stand.
    package static let sealedColumns: [SealedColumn] =
        [
            SealedColumn("school_affairs_case_step", "sealed", key: "id", name: "school_affairs_case_step.sealed"),
            SealedColumn("school_affairs_change", "sealed", key: "id", name: "school_affairs_change.sealed"),
            SealedColumn("school_affairs_transfer", "sealed", key: "id", name: "school_affairs_transfer.sealed"),
            SealedColumn("school_affairs_absence", "sealed", key: "id", name: "school_affairs_absence.sealed"),
            SealedColumn("school_affairs_leave", "reason", key: "id", name: "school_affairs_leave.reason"),
        ]

    /// Columns that name people and follow when two records of one person become one.
    package static let personColumns: [PersonColumn] =
        [
            PersonColumn("school_affairs_leave", "person_id", name: "school_affairs_leave.person_id", mayExpire: true),
            PersonColumn(
                "school_affairs_transfer", "person_id", name: "school_affairs_transfer.person_id", mayExpire: true),
            PersonColumn(
                "school_affairs_change", "person_id", name: "school_affairs_change.person_id", mayExpire: true),
            PersonColumn(
                "school_affairs_admission", "person_id", name: "school_affairs_admission.person_id", mayExpire: true),
            PersonColumn(
                "school_affairs_absence", "person_id", name: "school_affairs_absence.person_id", mayExpire: true),
            PersonColumn("school_affairs_dropout_alarm", "person_id", name: "school_affairs_dropout_alarm.person_id"),
            PersonColumn(
                "school_affairs_staff_transfer", "person_id", name: "school_affairs_staff_transfer.person_id",
                mayExpire: true),
            PersonColumn(
                "school_affairs_substitution", "substitute_id",
                key: "leave_id || ' ' || class_id || ' ' || kind || ' ' || subject",
                name: "school_affairs_substitution.substitute_id", mayExpire: true),
        ]

    /// What this context tells people.
    package static let noticeKinds: [NoticeKind] = [.transferWaiting, .transferEnded]

    private let database: Database
    private let crypto: any CryptoProvider
    private let staffListeners: StaffListeners
    private let exportFolder: String
    private let now: @Sendable () -> Timestamp
    private var leaving: [any LeavingListener] { staffListeners.leaving }

    /// - Parameters:
    ///   - staffListeners: told in the same transaction when somebody is given a post, loses it or leaves a school.
    ///   - exportFolder: where files wait until they are sent.
    ///   - now: the clock by which deeds that have their months are judged.
    package init(
        database: Database, crypto: any CryptoProvider, staffListeners: StaffListeners = StaffListeners(),
        exportFolder: String = FileManager.default.temporaryDirectory.path,
        now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        (self.database, self.crypto, self.staffListeners) = (database, crypto, staffListeners)
        (self.exportFolder, self.now) = (exportFolder, now)
    }

    /// What the pages of pupils show besides.
    package static func pupilPanels(_ crypto: any CryptoProvider) -> [any PupilPanelSource] {
        [StudentChangePanel(crypto: crypto)]
    }

    /// The way from a class to its absences.
    package static let classPage = RelatedPage<RelatedClass>(
        "缺勤登记", path: { AbsencePages.path($0.classGroup.id) },
        isOpen: { subject, user in
            user.may(.changeApply, at: subject.classGroup.path)
                || (subject.isLed(by: user.person) && user.may(.classView, at: subject.classGroup.path))
        })

    /// The page of one of a school's staff.
    package static let memberPage = RelatedPage<RelatedStaffMember>(
        "教职工信息", path: { StaffRecordPages.path($0.school.id, $0.person) },
        isOpen: { $1.may(.classAll, at: $0.school.path) })

    /// What a school's list of staff leads to.
    package static let staffPages = [
        RelatedPage<Organisation>(
            "三支队伍", path: { _ in StaffTeamPages.root }, isOpen: { $1.may(.classAll, at: $0.path) }),
        RelatedPage<Organisation>(
            "教师调动", path: { _ in StaffTransferPages.root }, isOpen: { $1.may(.staffEdit, at: $0.path) }),
    ]

    package var jobs: [JobHandler] { RolloverJobs(database: database, listeners: leaving, now: now).handlers }
    package var receivers: [EventReceiver] { [] }

    package func routes() -> [Route] {
        var routes = Routes(module: "affairs")
        AffairsDeskRoutes(database: database, crypto: crypto, now: now).add(to: &routes)
        AdmissionRoutes(database: database, crypto: crypto, listeners: leaving, now: now).add(to: &routes)
        TransferRoutes(database: database, crypto: crypto, listeners: leaving, now: now).add(to: &routes)
        StudentChangeRoutes(database: database, crypto: crypto, listeners: leaving, now: now).add(to: &routes)
        AbsenceRoutes(database: database, crypto: crypto, now: now).add(to: &routes)
        DropoutRoutes(database: database, crypto: crypto, now: now).add(to: &routes)
        return routes.all + RolloverRoutes(database: database, now: now).routes().all
            + RolloverRunRoutes(database: database, now: now).routes().all
            + StaffRecordRoutes(database: database, crypto: crypto, listeners: staffListeners).routes().all
            + StaffTransferRoutes(database: database, crypto: crypto, listeners: staffListeners).routes().all
            + StaffTeamRoutes(database: database).routes().all
            + RollStatisticsRoutes(database: database, crypto: crypto, exportFolder: exportFolder).routes().all
    }
}
