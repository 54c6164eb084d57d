import Database
import Kernel
import Platform

/// 个人信息安全事件: something went wrong with data of people, as the data officer of the place enters it (个人信息保护法, art. 57;
/// 未成年人网络保护条例, art. 35).
struct PrivacyIncident: Sendable, Equatable {
    enum Kind: String, Column, Sendable, CaseIterable {
        case leaked, altered, lost, misused

        var title: String {
            switch self {
            case .leaked: "泄露"
            case .altered: "篡改"
            case .lost: "丢失"
            case .misused: "违规查看或使用"
            }
        }
    }

    let kind: Kind
    let happenedOn: LocalDate
    /// How many minors it concerned, as far as is known.
    let minors: Int
    /// What happened and what was done. Names nobody.
    let note: String

    static let mostMinors = 1_000_000
    static let longestNote = 500

    /// Throws `DomainError.invalid` with every problem of the form.
    init(_ form: FormFields, today: LocalDate) throws {
        var problems: [FieldProblem] = []
        let kind = form("kind").flatMap(Kind.init(rawValue:)), day = form("happenedOn").flatMap { LocalDate(iso: $0) }
        if kind == nil { problems.append(FieldProblem(field: "kind", message: "选择事件类别")) }
        if day.map({ $0 > today }) ?? true {
            problems.append(FieldProblem(field: "happenedOn", message: "填写今天或以前的日期，如 2026-09-01"))
        }
        let minors = form("minors").flatMap { Int($0) }
        if !(minors.map { (0...PrivacyIncident.mostMinors).contains($0) } ?? false) {
            problems.append(FieldProblem(field: "minors", message: "填写涉及的未成年人数，0 到 \(PrivacyIncident.mostMinors)"))
        }
        let note = form("note") ?? ""
        if !(4...PrivacyIncident.longestNote).contains(note.count) {
            problems.append(
                FieldProblem(field: "note", message: "写明经过和处置，4 到 \(PrivacyIncident.longestNote) 个字，不写姓名和号码"))
        }
        guard problems.isEmpty, let kind, let day, let minors else { throw DomainError.invalid(problems) }
        (self.kind, happenedOn, self.minors, self.note) = (kind, day, minors, note)
    }

    /// What stands in a field; `nil` when it is empty.
    typealias FormFields = (String) -> String?

    init(kind: Kind, happenedOn: LocalDate, minors: Int, note: String) {
        (self.kind, self.happenedOn, self.minors, self.note) = (kind, happenedOn, minors, note)
    }
}

/// An incident as the list shows it.
struct RecordedIncident: Sendable {
    let incident: PrivacyIncident
    let organisationName: String
    let recordedBy: String
}

enum IncidentSchema {
    /// `note` is sealed: people write what they should not.
    static let statements = [
        """
        CREATE TABLE privacy_incident (
            id TEXT NOT NULL PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES directory_organisation (id),
            kind TEXT NOT NULL, happened_on TEXT NOT NULL, minors INTEGER NOT NULL, note BLOB NOT NULL,
            recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL, CHECK (minors >= 0))
        """,
        "CREATE INDEX privacy_incident_organisation ON privacy_incident (organisation_id, happened_on)",
    ]
}

/// All SQL of incidents.
struct IncidentStore {
    let db: Connection
    let crypto: any CryptoProvider

    func insert(_ incident: PrivacyIncident, at organisation: OrganisationID, by name: String, now: Timestamp) throws {
        let id = Identifiers.next(), note = try crypto.seal(incident.note, context: IncidentStore.context(id))
        try db.execute(
            """
            INSERT INTO privacy_incident (id, organisation_id, kind, happened_on, minors, note, recorded_at, recorded_by)
            VALUES (\(id), \(organisation), \(incident.kind), \(incident.happenedOn), \(incident.minors), \(note), \(now),
                \(name))
            """)
    }

    /// The latest first.
    func list(within scope: DataScope, limit: Int) throws -> [RecordedIncident] {
        try db.rows(
            """
            SELECT i.id, i.kind, i.happened_on, i.minors, i.note, o.name, i.recorded_by FROM privacy_incident i
            JOIN directory_organisation o ON o.id = i.organisation_id WHERE \(SQL.within(scope, "o.path"))
            ORDER BY i.happened_on DESC, i.id DESC LIMIT \(limit)
            """
        ) { row in
            let id = try row.text(0)
            let incident = PrivacyIncident(
                kind: try row.get(1), happenedOn: try row.get(2), minors: try row.get(3),
                note: try crypto.openText(row.get(4), context: IncidentStore.context(id)))
            return RecordedIncident(
                incident: incident, organisationName: try row.get(5), recordedBy: try row.get(6))
        }
    }

    private static func context(_ id: String) -> String { "privacy_incident.note/\(id)" }
}
