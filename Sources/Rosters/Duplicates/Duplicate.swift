import Database
import Directory
import Foundation
import Kernel

/// 疑似重复: two records that may be the same person, or a row of a workbook that may be somebody the city knows. A person
/// decides, once.
struct Duplicate: Sendable {
    enum State: String, Column, Sendable, CaseIterable {
        case open, same, different

        var title: String {
            switch self {
            case .open: "待核对"
            case .same: "同一人"
            case .different: "不是同一人"
            }
        }
    }

    let id: ID<Duplicate>
    /// `nil` for a row of a workbook.
    let person: ID<Person>?
    let other: ID<Person>
    let reason: DuplicateReason
    /// The import that met it; empty when a search found it.
    let batch: String
    let candidate: DuplicateCandidate?
    /// The lowest place that is above all places of both: whoever has the right here may decide.
    let path: OrganisationPath
    let state: State
    let foundAt: Timestamp
    let decidedAt: Timestamp?
    let decidedBy: String?
    let merge: String?
    /// The names as they stand now.
    let name: String
    let otherName: String

    static let columns: SQL =
        """
        d.id, d.person_id, d.other_id, d.reason, d.batch, d.candidate, d.path, d.state, d.found_at, d.decided_at,
        d.decided_by, d.merge_id, COALESCE(p.name, ''), q.name
        """

    init(_ row: borrowing Row) throws {
        (id, person, other) = (try row.get(0), try row.get(1), try row.get(2))
        (reason, batch) = (try row.get(3), try row.get(4))
        candidate = DuplicateCandidate(text: try row.get(5))
        (path, state, foundAt) = (try row.get(6), try row.get(7), try row.get(8))
        (decidedAt, decidedBy, merge) = (try row.get(9), try row.get(10), try row.get(11))
        let known: String = try row.get(12)
        name = known.isEmpty ? candidate?.name ?? "" : known
        otherName = try row.get(13)
    }
}

/// Why two may be one.
enum DuplicateReason: String, Column, Sendable, CaseIterable {
    case number, born, parent, school
    case numbersDisagree = "numbers_disagree"
    case otherName = "other_name"
    case otherNumber = "other_number"
    case several, nearly

    init(_ doubt: MatchDoubt) { self = DuplicateReason(rawValue: doubt.rawValue) ?? .nearly }

    var title: String {
        switch self {
        case .number: "学籍号与身份证号相同"
        case .born: "姓名和出生日期相同"
        case .parent: "姓名和家长相同"
        case .school: "同校同名"
        case .numbersDisagree, .otherName, .otherNumber, .several, .nearly:
            MatchDoubt(rawValue: rawValue)?.title ?? rawValue
        }
    }
}

/// A row of a workbook as it may be shown to whoever decides: no number in full.
struct DuplicateCandidate: Codable, Sendable, Equatable {
    let name: String
    let sex: String?
    let birthDate: String?
    let school: String?
    /// Masks, by the kind of number.
    let numbers: [String: String]

    init(_ candidate: PersonCandidate) {
        (name, sex, birthDate) = (candidate.name, candidate.sex, candidate.birthDate?.iso)
        school = candidate.school?.rawValue
        numbers = Dictionary(
            candidate.identifiers.map { ($0.kind.rawValue, $0.masked) }, uniquingKeysWith: { first, _ in first })
    }

    init?(text: String) {
        guard !text.isEmpty,
            let candidate = try? JSONDecoder().decode(DuplicateCandidate.self, from: Data(text.utf8))
        else { return nil }
        self = candidate
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

extension OrganisationPath {
    /// The lowest place that is at or above all of the places; the city when there are none.
    static func common(of places: [OrganisationPath]) -> OrganisationPath {
        guard var common = places.first?.lineage else { return .city }
        for place in places.dropFirst() {
            common = Array(zip(common, place.lineage).prefix { $0 == $1 }.map(\.0))
        }
        return common.last ?? .city
    }
}
