import Kernel

/// A system outside that was told data of people, and how often.
package struct DataReceiver: Sendable, Equatable {
    package let name: String
    /// By which way: 数据交换, 单点登录.
    package let way: String
    package let times: Int

    package init(_ name: String, _ way: String, times: Int) { (self.name, self.way, self.times) = (name, way, times) }
}

/// The offer of a context that hands data of people to other systems: who was told something in a time.
package protocol DataReceiverSource: Sendable {
    /// Those who were told something of the places in the scope from a moment on and before another, by name.
    func receivers(within scope: DataScope, from start: Timestamp, until end: Timestamp) async throws -> [DataReceiver]
}
