import Database
import Directory
import Kernel
import Platform

/// 交换伙伴: a system without an interface that exchanges files with the platform, for one organisation and those below.
package enum PartnerSubject {}
typealias PartnerID = ID<PartnerSubject>

struct Partner: Sendable {
    let id: PartnerID
    let name: String
    /// The name of its folder; stays the same.
    let code: String
    let organisation: OrganisationID
    let organisationName: String
    /// The organisation and all below: of them it is told, and of them it may tell.
    let path: OrganisationPath
    let settings: PartnerSettings
    let isOn: Bool
    /// Why its folder could not be used at the last look; empty when it could.
    let failure: String
    /// Grows with each change of the settings.
    let revision: Int

    var scope: DataScope { DataScope([path]) }
    /// As the audit log names it.
    var actor: AuditActor { AuditActor(id: nil, name: name, address: "") }
}

/// What a person settles of a partner, and may change.
struct PartnerSettings: Sendable, Equatable {
    /// For whose data its word counts; data of other owners it cannot change.
    var owners: Set<PersonField.Owner> = []
    /// Whether a file of which every row and cell can be taken is accepted without a person.
    var acceptsAlone = false
    /// Of the files that are written for it.
    var format: DropFormat = .csv
    /// Whether those hold numbers and sensitive facts.
    var isSensitive = false
    /// A code of `CodeLists.lookReason`: why it gets them.
    var reason = PartnerSettings.usualReason

    /// Days for which a file that nobody fetches stands in its folder, from 1 to 365.
    var keptDays = 30

    /// 按规定报送
    static let usualReason = "40"
}

/// A kind of table file, by the end of its name.
enum DropFormat: String, Column, Sendable, CaseIterable { case csv, xlsx }

/// How often a data set is written for a partner.
enum DropRhythm: String, Column, Sendable, CaseIterable {
    /// only when a person asks
    case never
    case hourly, daily, weekly

    var title: String {
        switch self {
        case .never: "只在需要时"
        case .hourly: "每小时"
        case .daily: "每天"
        case .weekly: "每周"
        }
    }

    /// When the next file is due; `nil` when only a person asks for it. Daily and weekly ones at two in the night.
    func next(after now: Timestamp) -> Timestamp? {
        switch self {
        case .never: nil
        case .hourly: now.adding(seconds: 3600)
        case .daily: Timestamp(startOf: now.day.adding(days: 1)).adding(seconds: 7200)
        case .weekly: Timestamp(startOf: now.day.adding(days: 7)).adding(seconds: 7200)
        }
    }
}

/// A data set as it is written for a partner.
struct PartnerDataset: Sendable {
    let dataset: FeedDataset
    let rhythm: DropRhythm
    /// When the next file is to be written; `nil` when none is.
    let due: Timestamp?
    /// Whether the next file is to hold everything.
    let isFull: Bool
    /// Up to where changes were told; 0 when nothing was.
    let cursor: Int
    let writtenAt: Timestamp?
}

enum PartnerRules {
    /// Throws `DomainError.invalid` at `name` and `code`.
    static func check(name: String, code: String) throws {
        var problems: [FieldProblem] = []
        if !(1...60).contains(name.unicodeScalars.count) {
            problems.append(FieldProblem(field: "name", message: "填写名称，不超过 60 个字"))
        }
        let isPlain = code.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        if !(2...40).contains(code.utf8.count) || !isPlain || code.hasPrefix("-") {
            problems.append(FieldProblem(field: "code", message: "文件夹名用 2 到 40 个小写字母、数字或减号"))
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
    }
}
