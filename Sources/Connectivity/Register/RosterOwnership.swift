import Directory
import Kernel

/// Who owns a datum of the register: only the owner is asked for it.
package enum FieldOwner: Sendable {
    /// Nobody else in the platform knows it; the school tells.
    case register
    /// 花名册: the school keeps its people here, so they are counted.
    case roster
}

extension FacilityField {
    /// By stage, with what the national statistics put together: 高中 with 中职.
    private static let stages: [(field: FacilityField, stages: [ClassStage])] = [
        (primaryStudents, [.primary]), (juniorStudents, [.junior]), (seniorStudents, [.senior, .vocational]),
    ]
    private static let ofPupils: Set<FacilityField> = Set([classes, students] + stages.map(\.field))
    private static let ofStaff: Set<FacilityField> = [teachers, staff]

    /// Who owns the datum of a school with the roster; `nil` for a school without one that is whole.
    package func owner(in roster: RosterCount?) -> FieldOwner {
        guard let roster else { return .register }
        if roster.hasPupils && FacilityField.ofPupils.contains(self) { return .roster }
        return roster.hasStaff && FacilityField.ofStaff.contains(self) ? .roster : .register
    }

    /// What the roster says of a datum that it owns; `nil` for a stage without pupils and for other fields.
    func counted(in roster: RosterCount) -> Double? {
        if let stages = FacilityField.stages.first(where: { $0.field == self })?.stages {
            let pupils = stages.reduce(0) { $0 + (roster.pupilsByStage[$1] ?? 0) }
            return pupils > 0 ? Double(pupils) : nil
        }
        switch self {
        case .classes: return Double(roster.classes)
        case .students: return Double(roster.pupils)
        case .teachers: return Double(roster.teachers)
        case .staff: return Double(roster.staff)
        default: return nil
        }
    }

    /// What a form may ask of a school with the roster, in its order.
    package static func asked(with roster: RosterCount?) -> [FacilityField] {
        all.filter { $0.owner(in: roster) == .register }
    }

    /// What is counted instead, in the order of the form.
    static func owned(by roster: RosterCount?) -> [FacilityField] { all.filter { $0.owner(in: roster) == .roster } }
}

extension FacilityRecord {
    /// The record with what the roster owns taken from it; what was told of that before does not count.
    func counting(_ roster: RosterCount) -> FacilityRecord {
        var record = self
        for field in FacilityField.owned(by: roster) { record[field] = field.counted(in: roster) }
        return record
    }
}

extension FacilityValue {
    /// A counted value: it holds on the day and has no row of its own. Whoever said that the roster is whole answers for it.
    init(counting field: FacilityField, _ value: Double, on day: LocalDate, by state: RosterCompletion) {
        (id, organisation, self.field, self.value) = ("roster/\(field.id)", state.school, field.id, value)
        (validFrom, source, batch, place, note) = (day, .roster, nil, "", "\(state.title)，自 \(state.from.iso)")
        (recordedAt, recordedBy) = (state.recordedAt, state.recordedBy)
        (isSuperseded, isUndone) = (false, false)
    }
}

extension FacilityDraft {
    /// Leaves out what the roster owns. Throws `DomainError.invalid` when that is refused and the figure told differs.
    func yielding(to roster: RosterCount?, isRefused: Bool) throws -> FacilityDraft {
        guard let roster else { return self }
        var draft = self, problems: [FieldProblem] = []
        for field in FacilityField.owned(by: roster) {
            guard let told = draft.changes[field] else { continue }
            if isRefused, told != field.counted(in: roster) {
                problems.append(FieldProblem(field: field.id, message: "\(field.shortLabel)取自花名册，不用填报。"))
            }
            draft.changes[field] = nil
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        return draft
    }
}
