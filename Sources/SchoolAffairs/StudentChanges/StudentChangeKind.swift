import Database
import Directory
import Kernel

/// 学籍异动 of one pupil at one school. The raw value is the 学籍异动类别 code where the list has one; it goes into events.
package enum StudentChangeKind: String, Column, Sendable, CaseIterable {
    case suspension = "11"
    case resumption = "12"
    case repeating = "02"
    case skipping = "04"
    /// To a school outside of the city.
    case departure = "21"
    case withdrawal = "31"
    case cancellation = "18"
    case death = "51"
    case graduation = "graduation"
    case completion = "completion"
    case partialCompletion = "partial_completion"
    /// 关键信息变更
    case keyData = "key_data"

    package var title: String {
        switch self {
        case .departure: "转往市外"
        case .graduation: "毕业"
        case .completion: "结业"
        case .partialCompletion: "肄业"
        case .keyData: "关键信息变更"
        default: CodeLists.enrolmentChange.name(of: rawValue)
        }
    }

    /// Whether the county must agree. What a school certifies itself needs no approval.
    package var needsApproval: Bool { ![.graduation, .completion, .partialCompletion].contains(self) }

    /// Whether the pupil is in another class afterwards.
    var needsClass: Bool { [.resumption, .repeating, .skipping].contains(self) }

    /// What it means for the directory, when the pupil leaves the school by it.
    var leaving: LeavingReason? {
        switch self {
        case .departure: .transfer
        case .withdrawal: .withdrawal
        case .cancellation: .cancellation
        case .death: .death
        case .graduation: .graduation
        case .completion: .completion
        case .partialCompletion: .partialCompletion
        case .suspension, .resumption, .repeating, .skipping, .keyData: nil
        }
    }

    /// What can be applied for. Nobody withdraws from compulsory education; a pupil in 休学 comes back before she moves on.
    package static func possible(isSuspended: Bool, stage: ClassStage) -> [StudentChangeKind] {
        allCases.filter { kind in
            if kind == .withdrawal && stage.isCompulsory { return false }
            if kind == .keyData { return true }
            let ofSuspended: Set<StudentChangeKind> = [.resumption, .departure, .withdrawal, .cancellation, .death]
            return isSuspended ? ofSuspended.contains(kind) : kind != .resumption
        }
    }

    /// The entry year a pupil of one class has in the other, to which she goes by it: 留级 leads to the next later cohort of
    /// her stage, 跳级 to the next earlier one, 复学 to her own or a later one. `nil` when she cannot go there by it.
    /// - Parameter own: the entry year by which she is taught now.
    func entryYear(own: Int, from present: ClassGroup, in target: ClassGroup) -> Int? {
        guard target.school == present.school, target.stage == present.stage, target.closedOn == nil else { return nil }
        let years = target.entryYears
        switch self {
        case .resumption: return years.contains(own) ? own : years.filter { $0 > own }.min()
        case .repeating: return target.id == present.id ? nil : years.filter { $0 > own }.min()
        case .skipping: return target.id == present.id ? nil : years.filter { $0 < own }.max()
        default: return nil
        }
    }
}

extension ClassStage {
    /// 义务教育阶段
    package var isCompulsory: Bool { self == .primary || self == .junior }
}

/// Why a pupil interrupts school; kept sealed.
enum SuspensionReason: String, CaseIterable {
    case illness, injury, family, abroad, other

    var title: String {
        switch self {
        case .illness: "疾病治疗"
        case .injury: "伤残康复"
        case .family: "家庭原因"
        case .abroad: "出国(境)"
        case .other: "其他"
        }
    }
}

/// By what a change is proved.
enum ProofKind: String, CaseIterable {
    case household, citizenCard, birthCertificate, police, hospital, guardian, school, other

    var title: String {
        switch self {
        case .household: "户口簿"
        case .citizenCard: "居民身份证"
        case .birthCertificate: "出生医学证明"
        case .police: "公安机关证明"
        case .hospital: "医院证明"
        case .guardian: "监护人书面申请"
        case .school: "学校材料"
        case .other: "其他材料"
        }
    }
}
