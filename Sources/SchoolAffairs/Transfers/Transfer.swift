import Database
import Directory
import Kernel

/// Whose turn it is in a 转学, and how it ended.
package enum TransferState: String, Column, Sendable, CaseIterable {
    case receivingSchool = "receiving_school"
    case receivingUnit = "receiving_unit"
    case sendingSchool = "sending_school"
    case sendingUnit = "sending_unit"
    case done, refused, withdrawn

    package var title: String {
        switch self {
        case .receivingSchool: "待转入校核"
        case .receivingUnit: "待转入县核"
        case .sendingSchool: "待转出校核"
        case .sendingUnit: "待转出县核"
        case .done: "已办结"
        case .refused: "已退回"
        case .withdrawn: "已撤回"
        }
    }

    /// 环节
    var place: String {
        switch self {
        case .receivingSchool: "转入校核"
        case .receivingUnit: "转入县核"
        case .sendingSchool: "转出校核"
        case .sendingUnit: "转出县核"
        case .done, .refused, .withdrawn: ""
        }
    }

    package var isOpen: Bool { !place.isEmpty }
    var isSending: Bool { self == .sendingSchool || self == .sendingUnit }
    /// Whether a county checks what a school has passed.
    var isOfUnit: Bool { self == .receivingUnit || self == .sendingUnit }

    static let open = allCases.filter(\.isOpen)
}

/// What the receiving school knows of the pupil, as a parent has told it.
package struct TransferClaim: Sendable, Equatable {
    let studentNumber: PersonIdentifier
    /// As typed, for the day on which it is looked up.
    let number: String
    package let name: String
    /// The former school as told; nobody checks it against anything.
    let formerSchool: String
    let note: String

    /// The parts as they are sealed, parted by U+001F, which none of them holds.
    var text: String { [number, name, formerSchool, note].joined(separator: "\u{1F}") }

    /// Throws `DomainError.invalid` at the field when the number cannot be a 学籍号.
    package init(
        number: String, name: String, formerSchool: String, note: String, field: String = "studentNumber"
    ) throws {
        studentNumber = try PersonIdentifier(.studentNumber, number, field: field)
        func plain(_ text: String) -> String { text.replacing("\u{1F}", with: " ") }
        (self.number, self.name) = (plain(number), plain(name))
        (self.formerSchool, self.note) = (plain(formerSchool), plain(note))
    }

    init(text: String) throws {
        let parts = text.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4 else { throw DomainError.notFound }
        try self.init(number: parts[0], name: parts[1], formerSchool: parts[2], note: parts[3])
    }
}

/// Where the pupil is to go at the receiving school.
package struct TransferPlace: Sendable, Equatable {
    let stage: ClassStage
    let entryYear: Int
    /// `nil`: the school puts her into a class when she is there.
    let classGroup: ID<ClassGroup>?

    package init(stage: ClassStage, entryYear: Int, classGroup: ID<ClassGroup>?) {
        (self.stage, self.entryYear, self.classGroup) = (stage, entryYear, classGroup)
    }
}

/// 转学: an application of the receiving school, checked by both schools and both counties.
package struct Transfer: Sendable {
    package let id: ID<Transfer>
    package let state: TransferState
    package let receiver: OrganisationID
    package let receiverName: String
    package let receiverPath: OrganisationPath
    package let receiverUnit: OrganisationPath
    let place: TransferPlace
    /// Known from the first step of the sending side on; `nil` before, and while nobody matches what was told.
    package let person: ID<Person>?
    let sender: OrganisationID?
    package let senderName: String?
    package let senderPath: OrganisationPath?
    let senderUnit: OrganisationPath?
    package let applicantName: String
    package let appliedAt: Timestamp
    /// By when the side whose turn it is must have done its steps.
    package let dueOn: LocalDate
    /// Whether it has come to the sending side, now or before it ended.
    let hasReachedSender: Bool
    package let revision: Int

    static let columns: SQL =
        """
        t.id, t.state, t.receiver_id, r.name, r.path, ru.path, t.stage, t.entry_year, t.class_id, t.person_id,
        t.sender_id, s.name, s.path, su.path, t.applicant_name, t.applied_at, t.due_on, t.has_reached_sender, t.revision
        """
    static let columnCount = 19

    init(_ row: borrowing Row) throws {
        (id, state, receiver) = (try row.get(0), try row.get(1), try row.get(2))
        (receiverName, receiverPath, receiverUnit) = (try row.get(3), try row.get(4), try row.get(5))
        place = TransferPlace(stage: try row.get(6), entryYear: try row.get(7), classGroup: try row.get(8))
        (person, sender, senderName) = (try row.get(9), try row.get(10), try row.get(11))
        (senderPath, senderUnit, applicantName) = (try row.get(12), try row.get(13), try row.get(14))
        (appliedAt, dueOn, hasReachedSender) = (try row.get(15), try row.get(16), try row.get(17))
        revision = try row.get(18)
    }

    /// Whether both schools belong to one county: then its one check stands for both.
    var isWithinUnit: Bool { senderUnit == receiverUnit }

    /// Where the right for the present step must be held, or above it. What matches nobody comes to the bureau.
    func place(of state: TransferState) -> OrganisationPath? {
        switch state {
        case .receivingSchool: receiverPath
        case .receivingUnit: receiverUnit
        case .sendingSchool: senderPath ?? .city
        case .sendingUnit: senderUnit ?? .city
        case .done, .refused, .withdrawn: nil
        }
    }

    /// The right that the present step asks for.
    var permission: Permission {
        state == .receivingSchool || (state == .sendingSchool && sender != nil) ? .changeApply : .changeApprove
    }

    package func isDecidable(by user: CurrentUser) -> Bool {
        place(of: state).map { user.may(permission, at: $0) } ?? false
    }

    /// What follows when the present step is passed; `nil` when all is done.
    var next: TransferState? {
        switch state {
        case .receivingSchool: .receivingUnit
        case .receivingUnit: .sendingSchool
        case .sendingSchool: isWithinUnit ? nil : .sendingUnit
        case .sendingUnit, .done, .refused, .withdrawn: nil
        }
    }

    /// Whether the user stands on the receiving side: only there may it be withdrawn and handed in again.
    func isReceiving(_ user: CurrentUser) -> Bool { user.may(.changeApply, at: receiverPath) }

    /// Whether the user may know who it is: the sending side always, the receiving one when all is done.
    func isOpenTo(_ user: CurrentUser) -> Bool {
        if let senderPath, hasReachedSender, user.may(.changeApply, at: senderPath) { return true }
        return state == .done && isReceiving(user)
    }
}
