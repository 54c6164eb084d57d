import Platform
import Web

/// The web kit's memory of submitted forms, kept in the database so that all replicas share it.
struct StoredRepeatGuard: RepeatGuard {
    let requests: RepeatedRequests

    func claim(_ key: String, scope: String) async throws -> RepeatClaim {
        switch try await requests.claim(key, scope: scope) {
        case .fresh: .fresh
        case .inProgress: .inProgress
        case .foreign: .foreign
        case .answered(let location, let flash): .answered(location: location, flash: flash)
        case .done: .done
        }
    }

    func perform(_ key: String, _ deed: @Sendable () async throws -> WebResponse) async throws -> WebResponse {
        do {
            return try await requests.perform(key, deed)
        } catch is RepeatedRequests.DoneBefore {
            throw RepeatedDeed()
        }
    }

    func answer(_ key: String, location: String, flash: String) async throws {
        try await requests.answer(key, location: location, flash: flash)
    }

    func release(_ key: String) async throws { try await requests.release(key) }

    func leaveOpen(_ key: String) async { requests.leaveOpen(key) }
}
