import Database
import Kernel

/// The throttles of signing in, for ways that need no password.
extension SignInDoor {
    /// Seconds that a network address must wait after too many failures; `nil` when it need not.
    package func wait(from address: String, at now: Timestamp, on db: Connection) throws -> Int64? {
        try ThrottleStore(db).find(ThrottleKey.address(address))?.wait(at: now)
    }

    /// Seconds that an account stays locked; `nil` when it is not, or does not exist.
    package func wait(for account: ID<Account>, at now: Timestamp, on db: Connection) throws -> Int64? {
        guard let known = try AccountStore(db).credentials(of: account) else { return nil }
        return try ThrottleStore(db).find(ThrottleKey.login(known.login))?.wait(at: now)
    }

    /// Counts a failure that no account can be named for.
    package func countFailure(from address: String, at now: Timestamp, on db: Connection) throws {
        try ThrottleStore(db).add(ThrottleKey.address(address), .address, at: now)
    }
}
