import Foundation

/// Where the folders of exchange partners may lie: others write there, so nothing of the platform's own may be within reach,
/// not even through a link.
enum DropRoot {
    /// What is wrong with the folder; `nil` when it is a place of its own. In the data folder only `exchange` itself will do,
    /// for a trial on one machine.
    static func problem(_ root: String, data: String) -> String? {
        let (place, folder) = (real(root), real(data))
        if place == folder || folder.hasPrefix(place == "/" ? "/" : place + "/") {
            return "exchange.folder '\(root)' must not hold the data folder"
        }
        if place.hasPrefix(folder + "/"), place != folder + "/exchange" {
            return "exchange.folder '\(root)' must lie outside the data folder, also by its links"
        }
        return nil
    }

    /// Whether partners reach into the data folder on their way.
    static func isWithinData(_ root: String, data: String) -> Bool { real(root).hasPrefix(real(data) + "/") }

    /// The path without links and dots, as far as it exists.
    private static func real(_ path: String) -> String {
        var rest: [String] = []
        var part = URL(fileURLWithPath: path).standardized.path
        while part != "/" {
            if let found = realpath(part, nil) {
                defer { free(found) }
                let known = String(cString: found)
                return ([known == "/" ? "" : known] + rest.reversed()).joined(separator: "/")
            }
            rest.append((part as NSString).lastPathComponent)
            part = (part as NSString).deletingLastPathComponent
        }
        return "/" + rest.reversed().joined(separator: "/")
    }
}
