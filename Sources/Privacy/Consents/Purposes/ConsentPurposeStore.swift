import Contracts
import Database
import Kernel

/// All SQL of purposes and their texts.
struct ConsentPurposeStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static let columns: SQL =
        """
        p.code, p.basis, p.is_publication, p.ended_on, v.version, v.published_on, v.published_by, v.title, v.aim, v.data,
        v.place, v.term, v.safety, v.refusal, v.withdrawal, v.complaint, p.is_while_enrolled
        """

    private static func inForce(on day: LocalDate) -> SQL {
        """
        privacy_consent_purpose p JOIN privacy_consent_version v ON v.purpose = p.code AND v.version = (
            SELECT MAX(w.version) FROM privacy_consent_version w WHERE w.purpose = p.code AND w.published_on <= \(day))
        """
    }

    /// All purposes that have a text on the day, each with the text in force, in the city's order; the ended ones too.
    func all(on day: LocalDate) throws -> [ConsentPurpose] {
        try db.rows(
            """
            SELECT \(ConsentPurposeStore.columns) FROM \(ConsentPurposeStore.inForce(on: day))
            ORDER BY p.position, p.code
            """, ConsentPurposeStore.purpose)
    }

    /// Those that hold on the day.
    func open(on day: LocalDate) throws -> [ConsentPurpose] { try all(on: day).filter { $0.isOpen(on: day) } }

    /// `nil` when there is none with a text on the day.
    func find(_ code: String, on day: LocalDate) throws -> ConsentPurpose? {
        try db.first(
            """
            SELECT \(ConsentPurposeStore.columns) FROM \(ConsentPurposeStore.inForce(on: day)) WHERE p.code = \(code)
            """, ConsentPurposeStore.purpose)
    }

    /// All texts of a purpose, the latest first.
    func versions(of code: String) throws -> [ConsentVersion] {
        try db.rows(
            """
            SELECT \(ConsentPurposeStore.columns) FROM privacy_consent_purpose p
            JOIN privacy_consent_version v ON v.purpose = p.code WHERE p.code = \(code) ORDER BY v.version DESC
            """
        ) { try ConsentPurposeStore.purpose($0).version }
    }

    func insert(_ code: String, isPublication: Bool, isWhileEnrolled: Bool) throws {
        let last: Int = try db.value("SELECT MAX(position) FROM privacy_consent_purpose") ?? 0
        try db.execute(
            """
            INSERT INTO privacy_consent_purpose (code, basis, is_publication, is_while_enrolled, position)
            VALUES (\(code), \(ProcessingBasis.consent.rawValue), \(isPublication), \(isWhileEnrolled),
                \(last + 1))
            """)
    }

    func insert(_ number: Int, of code: String, _ text: ConsentText, on day: LocalDate, by name: String) throws {
        try db.execute(
            """
            INSERT INTO privacy_consent_version (purpose, version, title, aim, data, place, term, safety, refusal,
                withdrawal, complaint, published_on, published_by)
            VALUES (\(code), \(number), \(text.title), \(text[.aim]), \(text[.data]), \(text[.place]), \(text[.term]),
                \(text[.safety]), \(text[.refusal]), \(text[.withdrawal]), \(text[.complaint]), \(day), \(name))
            """)
    }

    /// Returns whether it was open.
    func end(_ code: String, on day: LocalDate) throws -> Bool {
        try db.change("UPDATE privacy_consent_purpose SET ended_on = \(day) WHERE code = \(code) AND ended_on IS NULL")
            == 1
    }

    private static func purpose(_ row: borrowing Row) throws -> ConsentPurpose {
        var parts: [ConsentText.Part: String] = [:]
        let columns: [ConsentText.Part] = [
            .aim, .data, .place, .term, .safety, .refusal, .withdrawal, .complaint,
        ]
        for (index, part) in columns.enumerated() { parts[part] = try row.text(8 + index) }
        let version = ConsentVersion(
            number: try row.get(4), publishedOn: try row.get(5), publishedBy: try row.get(6),
            text: ConsentText(title: try row.get(7), parts: parts))
        return ConsentPurpose(
            code: try row.get(0), basis: ProcessingBasis(rawValue: try row.text(1)) ?? .duty,
            isPublication: try row.get(2), isWhileEnrolled: try row.get(16), endedOn: try row.get(3), version: version)
    }
}
