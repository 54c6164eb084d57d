import Database
import Directory
import Kernel

/// People whose import was taken back stay known to receivers until each of them has shut their records.
package struct ReceiverForgetting: WithdrawalFollower {
    package init() {}

    package func forget(_ people: [ID<Person>], _ db: Connection) throws -> Set<ID<Person>> {
        if people.isEmpty { return [] }
        let told = Set(try ReceiverStore.told(people, db))
        let others = people.filter { !told.contains($0) }
        if !others.isEmpty { try ReceiverStore.forget(others, db) }
        return told
    }
}
