import Database
import Directory
import Kernel

/// People about whom, or by whom, something was answered: their records are not taken back.
package struct ConsentUse: PersonUse {
    package init() {}

    package func use(of people: [ID<Person>], _ db: Connection) throws -> String? {
        for chunk in ConsentAnswerStore.chunks(people) {
            let name: String? = try db.value(
                """
                SELECT p.name FROM directory_person p WHERE p.id IN \(in: chunk) AND (
                    EXISTS (SELECT 1 FROM privacy_consent_answer a WHERE a.child_id = p.id)
                    OR EXISTS (SELECT 1 FROM privacy_consent_answer b WHERE b.giver_id = p.id)
                    OR EXISTS (SELECT 1 FROM privacy_consent_answer w WHERE w.witness_id = p.id))
                ORDER BY p.name LIMIT 1
                """)
            if let name { return "“\(name)”已有征求同意的答复。" }
        }
        return nil
    }
}
