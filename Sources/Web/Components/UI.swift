/// The components pages are made of: functions that return `HTML`, one file a family. `ComponentGallery` shows them all.
package enum UI {}

/// What a state means to the reader. Each tone has a colour and a shape, so colour is never the only signal.
package enum Tone: String, Sendable, CaseIterable {
    /// Reached, done.
    case ok
    /// Behind, needs attention soon.
    case warn
    /// Missed, refused, failed.
    case bad
    /// Neither good nor bad.
    case info
    /// Not known, not in use. No data is never drawn as good or bad.
    case muted

    /// ● ▲ ■ ◆ ○
    var shape: String {
        switch self {
        case .ok: "●"
        case .warn: "▲"
        case .bad: "■"
        case .info: "◆"
        case .muted: "○"
        }
    }
}
