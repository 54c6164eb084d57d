import Database
import Directory
import Kernel
import Platform

/// All SQL of answers, which are only ever added. The questions name people whom the caller has found within a scope
/// before.
struct ConsentAnswerStore {
    let db: Connection
    let crypto: any CryptoProvider
    init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    private static func columns(on day: LocalDate) -> SQL {
        """
        a.id, a.child_id, c.name, a.giver_id, COALESCE(g.name, a.signer_name), a.capacity, a.guardianship_id, a.purpose, a.version,
        v.title, a.word, a.channel, a.decided_at, a.recorded_by, COALESCE(w.name, ''),
        a.signer_name, a.signer_relation, \(over(on: day))
        """
    }

    /// See `ConsentWord.isOver`; a condition on an answer.
    static func isOver(_ answer: SQL, on day: LocalDate) -> SQL {
        """
        EXISTS (SELECT 1 FROM directory_guardianship r WHERE r.id = \(answer).guardianship_id
            AND (r.state = 'refused' OR (r.ended_by IS NOT NULL AND r.valid_to <= \(day))))
        """
    }

    private static func over(on day: LocalDate) -> SQL { "CASE WHEN \(isOver("a", on: day)) THEN 1 ELSE 0 END" }

    private static let tables: SQL =
        """
        privacy_consent_answer a JOIN directory_person c ON c.id = a.child_id
        JOIN privacy_consent_version v ON v.purpose = a.purpose AND v.version = a.version
        LEFT JOIN directory_person g ON g.id = a.giver_id LEFT JOIN directory_person w ON w.id = a.witness_id
        """

    func add(_ answers: [NewConsentAnswer], by name: String, at now: Timestamp) throws {
        try db.insert(
            into:
                """
                privacy_consent_answer (id, child_id, giver_id, capacity, guardianship_id, purpose, version, word,
                    channel, decided_at, recorded_at, recorded_by, signer_name, signer_relation, age, witness_id, address)
                """,
            rows: try answers.map { answer in
                let id = ID<ConsentAnswer>.new(), said = answer.said
                let context = "privacy_consent_answer.address/\(id)"
                let address = try answer.address.isEmpty ? nil : crypto.seal(answer.address, context: context)
                return [
                    id.databaseValue, answer.child.databaseValue, said.giver.databaseValue,
                    said.capacity.databaseValue, answer.guardianship.databaseValue, .text(answer.purpose),
                    said.version.databaseValue, said.word.databaseValue, answer.channel.databaseValue,
                    answer.decidedAt.databaseValue, now.databaseValue, .text(name), .text(said.signer),
                    answer.signerRelation.databaseValue, answer.age.databaseValue, answer.witness.databaseValue,
                    address.map { DatabaseValue.blob($0) } ?? .null,
                ]
            })
    }

    /// All that was said about the child, the oldest first; which words stand, by the relations of the day.
    func answers(about child: ID<Person>, on day: LocalDate) throws -> [ConsentAnswer] {
        try db.rows(
            """
            SELECT \(ConsentAnswerStore.columns(on: day)) FROM \(ConsentAnswerStore.tables)
            WHERE a.child_id = \(child) ORDER BY a.decided_at, a.id
            """, ConsentAnswerStore.answer)
    }

    /// All that was said about the children for the purpose, the oldest first.
    func answers(
        about children: [ID<Person>], for purpose: String, on day: LocalDate
    ) throws -> [ID<Person>: [ConsentAnswer]] {
        var found: [ID<Person>: [ConsentAnswer]] = [:]
        for chunk in ConsentAnswerStore.chunks(children) {
            try db.each(
                """
                SELECT \(ConsentAnswerStore.columns(on: day)) FROM \(ConsentAnswerStore.tables)
                WHERE a.purpose = \(purpose) AND a.child_id IN \(in: chunk) ORDER BY a.decided_at, a.id
                """
            ) { row in
                let answer = try ConsentAnswerStore.answer(row)
                found[answer.child, default: []].append(answer)
            }
        }
        return found
    }

    /// What the person said for children of hers, the oldest first.
    func answers(by guardian: ID<Person>, on day: LocalDate) throws -> [ConsentAnswer] {
        try db.rows(
            """
            SELECT \(ConsentAnswerStore.columns(on: day)) FROM \(ConsentAnswerStore.tables)
            WHERE a.giver_id = \(guardian) AND a.child_id <> a.giver_id ORDER BY a.decided_at, a.id
            """, ConsentAnswerStore.answer)
    }

    /// What was said about the children for the purpose up to the end of the day, the oldest first.
    func words(
        about children: [ID<Person>], for purpose: String, until day: LocalDate
    ) throws -> [ID<Person>: [ConsentWord]] {
        let end = Timestamp(startOf: day.adding(days: 1))
        var found: [ID<Person>: [ConsentWord]] = [:]
        for chunk in ConsentAnswerStore.chunks(children) {
            try db.each(
                """
                SELECT a.child_id, a.capacity, a.giver_id, a.version, a.word, a.signer_name,
                    \(ConsentAnswerStore.over(on: day))
                FROM privacy_consent_answer a
                WHERE a.purpose = \(purpose) AND a.child_id IN \(in: chunk) AND a.decided_at < \(end)
                ORDER BY a.decided_at, a.id
                """
            ) { row in found[try row.get(0), default: []].append(try ConsentWord(row, from: 1)) }
        }
        return found
    }

    /// The same for every purpose, by its code.
    func words(
        about children: [ID<Person>], until day: LocalDate
    ) throws -> [ID<Person>: [String: [ConsentWord]]] {
        let end = Timestamp(startOf: day.adding(days: 1))
        var found: [ID<Person>: [String: [ConsentWord]]] = [:]
        for chunk in ConsentAnswerStore.chunks(children) {
            try db.each(
                """
                SELECT a.child_id, a.purpose, a.capacity, a.giver_id, a.version, a.word, a.signer_name,
                    \(ConsentAnswerStore.over(on: day))
                FROM privacy_consent_answer a WHERE a.child_id IN \(in: chunk) AND a.decided_at < \(end)
                ORDER BY a.decided_at, a.id
                """
            ) { row in
                found[try row.get(0), default: [:]][try row.get(1), default: []].append(try ConsentWord(row, from: 2))
            }
        }
        return found
    }

    /// The birth dates that are known.
    func births(of people: [ID<Person>]) throws -> [ID<Person>: LocalDate] {
        var found: [ID<Person>: LocalDate] = [:]
        for chunk in ConsentAnswerStore.chunks(people) {
            try db.each("SELECT id, birth_date FROM directory_person WHERE id IN \(in: chunk)") { row in
                let text: String? = try row.get(1)
                found[try row.get(0)] = text.flatMap { LocalDate(iso: $0) }
            }
        }
        return found
    }

    /// Those of the people who are on the roll of a school on the day, in 休学 too.
    func onRoll(_ people: [ID<Person>], on day: LocalDate) throws -> Set<ID<Person>> {
        var found: Set<ID<Person>> = []
        for chunk in ConsentAnswerStore.chunks(people) {
            try db.each(
                """
                SELECT DISTINCT e.person_id FROM directory_enrolment e
                WHERE e.person_id IN \(in: chunk) AND e.valid_from <= \(day)
                    AND (e.valid_to IS NULL OR e.valid_to > \(day) OR (e.reason = \(LeavingReason.suspension)
                        AND NOT EXISTS (SELECT 1 FROM directory_enrolment later
                            WHERE later.person_id = e.person_id AND later.id <> e.id
                                AND later.valid_from >= e.valid_to AND later.valid_from <= \(day)
                                AND (later.reason IS NULL OR later.reason <> \(LeavingReason.undone)))))
                """
            ) { found.insert(try $0.get(0)) }
        }
        return found
    }

    /// Takes the network addresses away from what the person said.
    func forgetAddresses(of giver: ID<Person>) throws -> Int {
        try db.change(
            "UPDATE privacy_consent_answer SET address = NULL WHERE giver_id = \(giver) AND address IS NOT NULL")
    }

    static func chunks(_ people: [ID<Person>]) -> [[ID<Person>]] {
        stride(from: 0, to: people.count, by: 512).map { Array(people[$0..<min($0 + 512, people.count)]) }
    }

    private static func answer(_ row: borrowing Row) throws -> ConsentAnswer {
        ConsentAnswer(
            id: try row.get(0), child: try row.get(1), childName: try row.get(2),
            said: ConsentWord(
                try row.get(5), giver: try row.get(3), version: try row.get(8), word: try row.get(10),
                signer: try row.get(15), isOver: try row.get(17)),
            giverName: try row.get(4), signerRelation: try row.get(16), guardianship: try row.get(6),
            purpose: try row.get(7),
            purposeTitle: try row.get(9), channel: try row.get(11), decidedAt: try row.get(12),
            recordedBy: try row.get(13), witnessName: try row.get(14))
    }
}

extension ConsentWord {
    /// Capacity, giver, version, word, signer and whether it is over, in columns that follow each other.
    init(_ row: borrowing Row, from index: Int) throws {
        self.init(
            try row.get(index), giver: try row.get(index + 1), version: try row.get(index + 2),
            word: try row.get(index + 3), signer: try row.get(index + 4), isOver: try row.get(index + 5))
    }
}
