import Kernel

/// Who may use a route. A route without one does not compile, and one test walks every route as every role.
package enum Access: Sendable, Equatable {
    /// Anybody, signed in or not.
    case `public`
    /// Any account that is signed in and has changed its first password.
    case signedIn
    /// A signed-in account that holds the permission anywhere; the handler asks its store within the holder's scope,
    /// so a record outside of it answers 404.
    case can(Permission)

    package var text: String {
        switch self {
        case .public: "public"
        case .signedIn: "signedIn"
        case .can(let permission): permission.name
        }
    }
}
