import Foundation

/// The connections on which short reads of a SQLite file run, on the thread of whoever asks. There are as many as
/// threads that ever read at once, because a body cannot suspend while it holds one.
final class ReadConnections: @unchecked Sendable {
    private let open: @Sendable () throws -> Connection
    private let condition = NSCondition()
    private var idle: [Connection] = []
    private var lent = 0
    private var isClosed = false

    init(_ open: @escaping @Sendable () throws -> Connection) { self.open = open }

    /// Runs the body on a connection that nobody else uses meanwhile.
    func use<T>(_ body: (Connection) throws -> T) throws -> T {
        let connection = try take()
        defer { putBack(connection) }
        return try body(connection)
    }

    private func take() throws -> Connection {
        condition.lock()
        defer { condition.unlock() }
        if isClosed { throw DatabaseError.closed }
        let connection = try idle.popLast() ?? open()
        lent += 1
        return connection
    }

    /// One that a body left inside a transaction is not lent again.
    private func putBack(_ connection: Connection) {
        condition.lock()
        defer { condition.unlock() }
        lent -= 1
        if isClosed {
            condition.signal()
        } else if connection.isUsable && !connection.isInTransaction {
            idle.append(connection)
        }
    }

    /// Lets running bodies end, then closes all connections.
    func close() {
        condition.lock()
        defer { condition.unlock() }
        isClosed = true
        while lent > 0 { condition.wait() }
        idle = []
    }
}
