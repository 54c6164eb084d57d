import Directory
import Kernel

/// Holds somebody's word to what she looked at: what is written is what its digest stands for.
enum IntakeAgreement {
    static let staleMessage = "花名册已被修改，请重新核对"
    /// The rosters may change again while they are compared.
    private static let tries = 3

    /// Writes; where the rosters changed meanwhile the change sets are computed anew, and if they come out the same, the
    /// word still holds. Throws `DomainError.conflict` when a person has to look again.
    /// - Parameters:
    ///   - write: one transaction; `false` when the rosters have changed.
    ///   - compare: the dry run once more.
    ///   - keep: puts what it found, and why, before a person.
    static func settle(
        _ agreed: String, write: () async throws -> Bool, compare: () async throws -> IntakeOutcome,
        keep: (IntakeOutcome, String) async throws -> Void
    ) async throws {
        for _ in 0..<tries {
            if try await write() { return }
            let outcome = try await compare()
            guard outcome.digest == agreed else {
                try await keep(outcome, staleMessage)
                break
            }
        }
        throw DomainError.conflict(staleMessage)
    }
}
