import Database
import Kernel
import Platform

/// Which roles must sign in with a second factor (GB/T 22239-2019, 8.1.4.1 d).
struct SecondFactorPolicy: Sendable, Equatable {
    static let setting = "identity.second_factor.roles"

    let roles: Set<Role>

    /// - Parameters:
    ///   - text: the city's choice, role codes separated by blanks; `nil` before one is made.
    ///   - isDemo: a demo asks nobody, so that everybody can look around.
    init(_ text: String?, isDemo: Bool) {
        if let text {
            roles = Set(text.split(separator: " ").compactMap { Role(rawValue: String($0)) })
        } else {
            roles = isDemo ? [] : SecondFactorPolicy.usual
        }
    }

    init(roles: Set<Role>) { self.roles = roles }

    /// Administrators of city and counties and the three of 三员.
    static let usual = Set(Role.allCases.filter(\.needsSecondFactor))

    var text: String { Role.allCases.filter(roles.contains).map(\.rawValue).joined(separator: " ") }
}
