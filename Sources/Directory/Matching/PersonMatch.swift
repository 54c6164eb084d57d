import Kernel
import Platform

/// Somebody as a workbook or another system tells her, before anybody knows whether the city has her already.
package struct PersonCandidate: Sendable, Hashable {
    package var name: String
    /// 性别 code; `nil` when it was not told.
    package var sex: String?
    package var birthDate: LocalDate?
    /// Where she is said to study or work.
    package var school: OrganisationID?
    /// At most one of a kind. A pupil's own phone only; that of a parent stands in `guardianPhone`.
    package var identifiers: [PersonIdentifier]
    package var guardianPhone: PersonIdentifier?

    package init(
        name: String, sex: String? = nil, birthDate: LocalDate? = nil, school: OrganisationID? = nil,
        identifiers: [PersonIdentifier] = [], guardianPhone: PersonIdentifier? = nil
    ) {
        (self.name, self.sex, self.birthDate, self.school) = (name, sex, birthDate, school)
        (self.identifiers, self.guardianPhone) = (identifiers, guardianPhone)
    }
}

extension PersonCandidate {
    /// Names as people write them: white space and the kind of dot do not matter.
    package static func isSameName(_ name: String?, _ other: String) -> Bool {
        guard let name else { return false }
        return name == other || nameKey(name) == nameKey(other)
    }

    private static func nameKey(_ name: String) -> String {
        ChineseText.matchingKey(name).filter { !["·", "•", "・", ".", "‧"].contains($0) }
    }
}

/// Who a candidate is among the people the city knows.
package enum PersonMatch: Sendable, Equatable {
    case known(ID<Person>, by: MatchGround)
    /// A person has to look: nothing may be written on the ground of it. The people in the order of likelihood.
    case doubtful([ID<Person>], why: MatchDoubt)
    case unknown
}

/// What a match stands on, strongest first.
package enum MatchGround: String, Sendable {
    case studentNumber = "student_number"
    case citizenNumber = "citizen_number"
    case document
    case staffNumber = "staff_number"
    /// name, birth date and school
    case school
    /// name and phone, her own or a parent's
    case phone
    /// a person has decided
    case decision

    package var title: String {
        switch self {
        case .studentNumber: "学籍号"
        case .citizenNumber: "身份证号"
        case .document: "证件号"
        case .staffNumber: "工号"
        case .school: "姓名、出生日期和学校"
        case .phone: "姓名和手机号"
        case .decision: "人工核对"
        }
    }
}

/// Why a match is not certain.
package enum MatchDoubt: String, Sendable, CaseIterable {
    /// one number belongs to one person and another number to another
    case numbersDisagree = "numbers_disagree"
    /// the number belongs to somebody of another name
    case otherName = "other_name"
    /// name, birth date and school agree, but she has another number of the same kind
    case otherNumber = "other_number"
    /// more than one person fits
    case several
    /// the same name, and nothing speaks against it
    case nearly

    package var title: String {
        switch self {
        case .numbersDisagree: "几个号码登记在不同的人名下"
        case .otherName: "号码相同，姓名不同"
        case .otherNumber: "姓名、出生日期和学校相同，号码不同"
        case .several: "有几个人都符合"
        case .nearly: "姓名相同，可能是同一人"
        }
    }
}

/// What is on record that bears on one candidate.
struct MatchEvidence {
    struct Known {
        let id: ID<Person>
        let name: String
        let birthDate: LocalDate?
        var kinds: Set<PersonIdentifierKind> = []
        /// Is or was a pupil or on the staff of the candidate's school.
        var isAtSchool = false
        /// Has the candidate's phone, or a parent who has it.
        var hasPhone = false
    }

    /// Whose the candidate's own numbers are.
    var holders: [PersonIdentifierKind: ID<Person>] = [:]
    /// Everybody concerned, holders and namesakes.
    var people: [ID<Person>: Known] = [:]
    /// People of the candidate's name.
    var namesakes: [ID<Person>] = []
}

/// The order of `domain.md` 3.28: 学籍号, then document, then name with birth date and school, then name with phone.
/// What contradicts itself is doubtful and never silently taken for the same person.
enum MatchRules {
    static let strong: [PersonIdentifierKind] = [.studentNumber, .citizenNumber, .document, .staffNumber]

    static func decide(_ candidate: PersonCandidate, _ evidence: MatchEvidence) -> PersonMatch {
        let found = strong.compactMap { kind in evidence.holders[kind].map { (kind: kind, person: $0) } }
        guard let first = found.first else { return byName(candidate, evidence) }
        var people: [ID<Person>] = []
        for entry in found where !people.contains(entry.person) { people.append(entry.person) }
        // A phone goes from hand to hand: only that of a namesake bears on it.
        if let phone = evidence.holders[.phone], !people.contains(phone),
            PersonCandidate.isSameName(evidence.people[phone]?.name, candidate.name)
        {
            people.append(phone)
        }
        if people.count > 1 { return .doubtful(people, why: .numbersDisagree) }
        guard PersonCandidate.isSameName(evidence.people[first.person]?.name, candidate.name) else {
            return .doubtful(people, why: .otherName)
        }
        return .known(first.person, by: ground(first.kind))
    }

    private static func byName(_ candidate: PersonCandidate, _ evidence: MatchEvidence) -> PersonMatch {
        let all = evidence.namesakes.compactMap { evidence.people[$0] }.sorted { $0.id < $1.id }
        let possible = all.filter { mayBeBorn($0, candidate) }
        let here = possible.filter { $0.isAtSchool && isBornWith($0, candidate) }
        let hits = here.isEmpty ? possible.filter(\.hasPhone) : here
        if hits.count > 1 { return .doubtful(hits.map(\.id), why: .several) }
        if let hit = hits.first {
            if hasOtherNumber(hit, candidate) { return .doubtful([hit.id], why: .otherNumber) }
            return .known(hit.id, by: here.isEmpty ? .phone : .school)
        }
        let near = possible.filter {
            ($0.isAtSchool || isBornWith($0, candidate)) && !hasOtherNumber($0, candidate)
        }
        return near.isEmpty ? .unknown : .doubtful(near.map(\.id), why: .nearly)
    }

    private static func isBornWith(_ known: MatchEvidence.Known, _ candidate: PersonCandidate) -> Bool {
        known.birthDate != nil && known.birthDate == candidate.birthDate
    }

    private static func mayBeBorn(_ known: MatchEvidence.Known, _ candidate: PersonCandidate) -> Bool {
        known.birthDate == nil || candidate.birthDate == nil || known.birthDate == candidate.birthDate
    }

    /// Nobody holds the candidate's number, and this person holds another of the kind.
    private static func hasOtherNumber(_ known: MatchEvidence.Known, _ candidate: PersonCandidate) -> Bool {
        candidate.identifiers.contains { strong.contains($0.kind) && known.kinds.contains($0.kind) }
    }

    private static func ground(_ kind: PersonIdentifierKind) -> MatchGround {
        switch kind {
        case .studentNumber: .studentNumber
        case .citizenNumber: .citizenNumber
        case .document: .document
        case .staffNumber: .staffNumber
        case .phone: .phone
        }
    }
}
