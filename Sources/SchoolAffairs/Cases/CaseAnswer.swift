import Kernel
import Web

/// How the forms of applications answer: on with a word when the deed is done, back to the form with what is wrong when it
/// is not.
enum CaseAnswer {
    /// - Parameter again: shows the form with its problems, under 422, or 409 when somebody else was faster.
    static func of(
        _ deed: () async throws -> WebResponse, again: ([FieldProblem], Int) async throws -> WebResponse
    ) async throws -> WebResponse {
        do {
            return try await deed()
        } catch DomainError.invalid(let problems) {
            return try await again(problems, 422)
        } catch DomainError.conflict(let text) {
            return try await again([FieldProblem(field: "", message: text)], 409)
        }
    }
}
