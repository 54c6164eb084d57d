import Database
import Directory
import Kernel
import Platform
import Synchronization

/// Goes through all answers once, in order of their keys and so many at a time, whether it counts or deletes those that
/// ended long enough ago: what stays is not read again for each of those that go.
final class ConsentSweep: Sendable {
    private struct Place: Sendable {
        let before: Timestamp
        let after: String
    }

    /// Where deleting goes on; a server that starts anew begins at the first.
    private let place = Mutex<Place?>(nil)
    private let database: Database
    private let crypto: any CryptoProvider
    /// Answers that are looked at in one transaction of a count.
    private let atOnce: Int

    init(database: Database, crypto: any CryptoProvider, atOnce: Int = 5000) {
        (self.database, self.crypto, self.atOnce) = (database, crypto, atOnce)
    }

    func count(before: Timestamp, sparing people: Set<ID<Person>>) async throws -> Int {
        let crypto = crypto, atOnce = atOnce
        var total = 0, next: String? = ""
        while let after = next {
            let (found, last) = try await database.read(isLong: true) { db -> (Int, String?) in
                let store = ConsentAnswerStore(db, crypto)
                guard let last = try store.last(after: after, atMost: atOnce) else { return (0, nil) }
                return (try store.countOld(before, sparing: people, after: after, upTo: last), last)
            }
            (total, next) = (total + found, last)
        }
        return total
    }

    /// Deletes some, one or more while any is left, and returns how many; 0 once all have been looked at.
    func delete(before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int) async throws -> Int {
        let crypto = crypto
        var after = place.withLock { $0?.before == before ? $0?.after : nil } ?? ""
        while true {
            let start = after
            let (gone, last) = try await database.write { db -> (Int, String?) in
                let store = ConsentAnswerStore(db, crypto)
                guard let last = try store.last(after: start, atMost: limit) else { return (0, nil) }
                return (try store.deleteOld(before, sparing: people, after: start, upTo: last), last)
            }
            let next = last.map { Place(before: before, after: $0) }
            place.withLock { $0 = next }
            guard let last, gone == 0 else { return gone }
            after = last
        }
    }
}

/// Answers are kept for three years after their end: when the same voice spoke again on the same purpose, when a guardian's
/// word ended on the 14th birthday, when the city stopped to ask, or when the pupil had left her last school.
extension ConsentAnswerStore {
    private static func old(_ before: Timestamp, _ spared: Set<ID<Person>>) -> SQL {
        let grown = ConsentAge.latestBirth(of: ConsentAge.ownDecision, on: before.day)
        let kept: SQL = spared.isEmpty ? "" : " AND a.child_id NOT IN \(in: spared.sorted())"
        return """
            a.decided_at < \(before)\(kept) AND (EXISTS (
                    SELECT 1 FROM privacy_consent_answer b WHERE b.child_id = a.child_id AND b.purpose = a.purpose
                        AND b.decided_at > a.decided_at AND b.decided_at < \(before)
                        AND b.capacity = a.capacity AND (b.giver_id = a.giver_id
                            OR (b.giver_id IS NULL AND a.giver_id IS NULL AND b.signer_name = a.signer_name)))
                OR (a.capacity = 'guardian' AND EXISTS (
                    SELECT 1 FROM directory_person p WHERE p.id = a.child_id AND p.birth_date <= \(grown)))
                OR EXISTS (
                    SELECT 1 FROM privacy_consent_purpose u WHERE u.code = a.purpose AND u.ended_on <= \(before.day))
                OR NOT EXISTS (
                    SELECT 1 FROM directory_enrolment e WHERE e.person_id = a.child_id
                        AND (e.valid_to IS NULL OR e.valid_to >= \(before.day))))
            """
    }

    /// The last of the next answers after the one with the id, so many of them at most; `nil` when none follows.
    func last(after id: String, atMost limit: Int) throws -> String? {
        try db.value(
            """
            SELECT MAX(n.id) FROM (
                SELECT id FROM privacy_consent_answer WHERE id > \(id) ORDER BY id LIMIT \(limit)) n
            """)
    }

    /// How many of the answers after one and up to another have ended.
    func countOld(_ before: Timestamp, sparing people: Set<ID<Person>>, after: String, upTo last: String) throws -> Int
    {
        try db.value(
            """
            SELECT COUNT(*) FROM privacy_consent_answer a
            WHERE a.id > \(after) AND a.id <= \(last) AND \(ConsentAnswerStore.old(before, people))
            """) ?? 0
    }

    func deleteOld(_ before: Timestamp, sparing people: Set<ID<Person>>, after: String, upTo last: String) throws -> Int
    {
        try db.change(
            """
            DELETE FROM privacy_consent_answer WHERE id IN (
                SELECT a.id FROM privacy_consent_answer a
                WHERE a.id > \(after) AND a.id <= \(last) AND \(ConsentAnswerStore.old(before, people)))
            """)
    }
}
