import Database

extension FacilityImport {
    /// Batches that were taken in by half: values in force although the batch was never accepted, or an accepted batch
    /// whose values were told and are gone. One transaction makes this impossible; `doctor` and the crash test look.
    package func tornBatches() async throws -> [String] {
        try await database.read(isLong: true) { db in
            try db.column(
                """
                SELECT DISTINCT v.batch_id FROM connectivity_value v JOIN connectivity_import b ON b.id = v.batch_id
                WHERE v.undone_at IS NULL AND b.state <> 'accepted'
                UNION
                SELECT b.id FROM connectivity_import b
                WHERE b.state = 'accepted' AND b.count_new > 0
                    AND NOT EXISTS (SELECT 1 FROM connectivity_value v WHERE v.batch_id = b.id)
                """)
        }
    }
}
