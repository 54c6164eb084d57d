import Kernel

/// A system outside that was told data of people, and how often.
package struct DataReceiver: Sendable, Equatable {
    /// About how many pupils it was told of in a month.
    package struct Pupils: Sendable, Equatable {
        /// `2026-11`
        package let month: String
        /// Different people, by an estimate that is off by some hundredths when there are many.
        package let count: Int

        package init(month: String, count: Int) { (self.month, self.count) = (month, count) }
    }

    package let name: String
    /// By which way: 数据交换, 单点登录.
    package let way: String
    package let times: Int
    /// What the system says it is for; empty when that is not known.
    package let purpose: String
    /// What it was told, in Chinese; empty when that is not known.
    package let kinds: [String]
    /// By month; empty when that is not known.
    package let pupils: [Pupils]

    package init(
        _ name: String, _ way: String, times: Int, purpose: String = "", kinds: [String] = [], pupils: [Pupils] = []
    ) {
        (self.name, self.way, self.times) = (name, way, times)
        (self.purpose, self.kinds, self.pupils) = (purpose, kinds, pupils)
    }
}

/// The offer of a context that hands data of people to other systems: who was told something in a time.
package protocol DataReceiverSource: Sendable {
    /// Those who were told something of the places in the scope from a moment on and before another, by name.
    func receivers(within scope: DataScope, from start: Timestamp, until end: Timestamp) async throws -> [DataReceiver]
}
