import Kernel

/// What comes next for a person whom an application sent here. Rules only; the routes do it.
enum AuthorizationDecision: Equatable {
    /// She must show who she is; `fresh` also when she is signed in already.
    case signIn(fresh: Bool)
    /// She must say whether her data may be handed over.
    case consent
    /// She is let in.
    case issue
    case refuse(OAuthError)

    /// What is known of the person.
    struct Visitor: Sendable {
        let signedInAt: Timestamp
        /// Whether she has agreed to all that is asked for, or need not.
        let hasAgreed: Bool
        /// Whether she is whom the application expects; `true` when it expects nobody.
        let isExpected: Bool
    }

    /// - Parameters:
    ///   - visitor: `nil` when nobody is signed in.
    ///   - asked: when the platform asked her to sign in for this very request; `nil` when it did not.
    ///   - agrees: whether she has just agreed.
    static func of(
        _ request: AuthorizationRequest, _ visitor: Visitor?, asked: Timestamp?, agrees: Bool = false, at now: Timestamp
    ) -> AuthorizationDecision {
        let isSilent = request.prompts.contains(.none)
        let mustShow = request.prompts.contains(.login) || request.prompts.contains(.selectAccount)
        guard let visitor else {
            return isSilent ? .refuse(.loginRequired) : .signIn(fresh: mustShow)
        }
        let isFresh = asked.map { visitor.signedInAt >= $0 } ?? false
        if !isFresh {
            let isOld = request.maximumAge.map { visitor.signedInAt.adding(seconds: $0) <= now } ?? false
            if isSilent && (isOld || !visitor.isExpected) { return .refuse(.loginRequired) }
            if mustShow || isOld || !visitor.isExpected { return .signIn(fresh: true) }
        } else if !visitor.isExpected {
            return .refuse(.loginRequired)
        }
        if agrees { return .issue }
        if request.prompts.contains(.consent) { return .consent }
        if visitor.hasAgreed { return .issue }
        return isSilent ? .refuse(.consentRequired) : .consent
    }
}
