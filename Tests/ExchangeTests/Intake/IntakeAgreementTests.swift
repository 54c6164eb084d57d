import Directory
import Kernel
import Testing

@testable import Exchange

/// What somebody agreed to is what is written, also when the rosters change beside.
@Suite("Agreed digests") struct IntakeAgreementTests {
    /// Settles with so many writes that find the rosters changed, and what the dry run finds then.
    private func settle(changed: Int, digest: String) async -> (writes: Int, kept: [String], reason: String?) {
        var writes = 0, kept: [String] = [], reason: String?
        do {
            try await IntakeAgreement.settle("looked-at") {
                writes += 1
                return writes > changed
            } compare: {
                var outcome = IntakeOutcome()
                outcome.digest = digest
                return outcome
            } keep: { outcome, words in
                kept.append("\(outcome.digest) \(words)")
            }
        } catch DomainError.conflict(let words) {
            reason = words
        } catch { reason = "\(error)" }
        return (writes, kept, reason)
    }

    @Test func `it is written at once, and again while the dry run comes out the same`() async {
        let first = await settle(changed: 0, digest: "other")
        #expect(first.writes == 1 && first.kept.isEmpty && first.reason == nil)
        let second = await settle(changed: 2, digest: "looked-at")
        #expect(second.writes == 3 && second.kept.isEmpty && second.reason == nil)
    }

    @Test func `another outcome is put before a person and not written`() async {
        let answer = await settle(changed: 1, digest: "other")
        #expect(answer.writes == 1 && answer.kept == ["other \(IntakeAgreement.staleMessage)"])
        #expect(answer.reason == IntakeAgreement.staleMessage)
    }

    @Test func `rosters that never rest are left to a person`() async {
        let answer = await settle(changed: .max, digest: "looked-at")
        #expect(answer.writes == 3 && answer.kept.isEmpty && answer.reason == IntakeAgreement.staleMessage)
    }
}
