import Foundation
import Kernel

/// 对接平台: a national or provincial platform from which people arrive with a ticket.
package struct Counterpart: Sendable {
    package let id: ID<Counterpart>
    package let name: String
    /// Of its gateway, without a slash at the end.
    package let baseURL: String
    /// Name of a `GatewayFlavour`.
    package let flavour: String
    /// Ours, as it knows us.
    package let appID: String
    /// The last characters of the appKey, to tell keys apart.
    package let keyHint: String
    /// `sysCode` or `platformCode` with which its people arrive; empty when it sends none, or many.
    package let systemCode: String
    package let level: ApplicationLevel
    /// Links a person without asking her when she has the same student or citizen number and name here as there.
    package let linksExactly: Bool
    package let reportsUse: Bool
    package let isActive: Bool
    /// Grows with each change.
    package let revision: Int
}

/// How an account came to be linked with a counterpart's person.
package enum LinkWay: String, Sendable {
    /// She signed in here and confirmed.
    case confirmed
    /// By a number that only one person has.
    case exact
}

/// Somebody a counterpart vouches for. Its key for her names her; everything else is for people to read.
package struct ArrivedPerson: Codable, Sendable, Equatable {
    var key: String
    var name: String
    var loginAccount = ""
    var organisationName = ""
    var studentNumber = ""
    var citizenNumber = ""
    /// `sysCode` with which she came.
    var systemCode = ""

    /// Names are the same without regard to white space and to the dots inside names of several parts.
    func isNamed(_ other: String) -> Bool {
        func plain(_ text: String) -> String {
            text.filter { !$0.isWhitespace && !"·•．.‧・".contains($0) }
        }
        return !plain(name).isEmpty && plain(name) == plain(other)
    }
}
