import Database

/// Where the import of a file stands.
package enum ImportState: String, Column, Sendable {
    /// Being read, or being compared again.
    case reading
    /// Its columns wait to be checked.
    case mapped
    /// Its change set waits for a decision.
    case compared
    case accepting, accepted, undone, failed, discarded

    package var title: String {
        switch self {
        case .reading: "读取中"
        case .mapped: "待核对列"
        case .compared: "待接受"
        case .accepting: "正在接受"
        case .accepted: "已接受"
        case .undone: "已撤销"
        case .failed: "未能读取"
        case .discarded: "已放弃"
        }
    }

    /// Whether there is a change set to look at.
    package var hasLines: Bool {
        switch self {
        case .compared, .accepting, .accepted, .undone, .discarded: true
        case .reading, .mapped, .failed: false
        }
    }
}
