import Database
import Kernel

/// Another module that keeps something of people, asked before their records are taken back: an import whose people have
/// accounts by now cannot be undone.
package protocol PersonUse: Sendable {
    /// What one of the people is used for, in Chinese; `nil` when nothing hangs on any of them.
    func use(of people: [ID<Person>], _ db: Connection) throws -> String?
}
