import Database
import Kernel

/// 第一、第二监护人 of a child both of whose records had some: there is one of each.
extension PersonMergeStore {
    /// After everything has moved to the survivor: of several first, or second, guardians of hers the order stays with the
    /// one whom the school stands by, before those of `person` with the one of the survivor's own record, and then with the
    /// one told first. The others go on as guardians without an order.
    func settleOrders(
        of survivor: ID<Person>, moved: [MergeRecord.Move], _ now: Timestamp
    ) throws -> [MergeRecord.Order] {
        let came = Set(moved.filter { $0.column == "directory_guardianship.child_id" }.map(\.key))
        let ordered = try db.rows(
            """
            SELECT id, ordinal, CASE WHEN state = 'confirmed' THEN 0 ELSE 1 END FROM directory_guardianship
            WHERE child_id = \(survivor) AND valid_to IS NULL AND ordinal IS NOT NULL ORDER BY id
            """
        ) { row -> (id: String, order: Int, doubt: Int) in (try row.get(0), try row.get(1), try row.get(2)) }
        let ranked = ordered.sorted {
            ($0.doubt, came.contains($0.id) ? 1 : 0, $0.id) < ($1.doubt, came.contains($1.id) ? 1 : 0, $1.id)
        }
        var taken: Set<Int> = [], settled: [MergeRecord.Order] = []
        for one in ranked where !taken.insert(one.order).inserted {
            try db.execute(
                "UPDATE directory_guardianship SET ordinal = NULL, changed_at = \(now) WHERE id = \(one.id)")
            settled.append(MergeRecord.Order(id: one.id, order: one.order))
        }
        return settled
    }

    /// Gives the orders back after everything has moved back. Throws `DomainError.conflict` when somebody has told an order
    /// since, of the relation or of another one of the child.
    func restore(_ orders: [MergeRecord.Order], _ now: Timestamp) throws {
        for one in orders {
            let count = try db.change(
                """
                UPDATE directory_guardianship SET ordinal = \(one.order), changed_at = \(now)
                WHERE id = \(one.id) AND ordinal IS NULL AND NOT EXISTS (
                    SELECT 1 FROM directory_guardianship g WHERE g.child_id = directory_guardianship.child_id
                        AND g.ordinal = \(one.order) AND g.valid_to IS NULL
                        AND directory_guardianship.valid_to IS NULL)
                """)
            if count != 1 { throw PersonMergeStore.changed }
        }
    }
}
