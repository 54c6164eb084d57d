import Synchronization

/// Work that goes with the first write of a task, in the same transaction: it holds exactly when that write does.
/// Later writes of the task go without it.
package final class FirstWrite: Sendable {
    /// What the writes of the running task are accompanied by.
    @TaskLocal package static var current: FirstWrite?

    let body: @Sendable (Connection) throws -> Void
    private let isOnDisk = Mutex(false)

    /// - Parameter body: runs before the write's own body and, like it, may run again. Throwing undoes the write.
    package init(_ body: @escaping @Sendable (Connection) throws -> Void) { self.body = body }

    var isDone: Bool { isOnDisk.withLock { $0 } }
    func settle() { isOnDisk.withLock { $0 = true } }
}
