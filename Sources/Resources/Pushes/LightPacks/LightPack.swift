import Kernel

/// One way to have a file: the original, or something smaller that was made of it.
struct LightRendition: Sendable, Equatable, Codable {
    /// `原文件`, `360p`.
    let label: String
    let name: String
    /// Bytes.
    let size: Int
    /// Hexadecimal, of the content: its key in the store and the receiver's proof that it came whole.
    let sha256: String
    /// Where it is fetched, signed in.
    let path: String
}

/// A file of a pack with the ways to have it.
struct LightFile: Sendable, Equatable {
    let item: ID<Item>
    let title: String
    let name: String
    /// At least one.
    let renditions: [LightRendition]

    /// The smallest first; of the same size the one with the lower digest, so that the choice is the same every time.
    var ascending: [LightRendition] { renditions.sorted { ($0.size, $0.sha256) < ($1.size, $1.sha256) } }
}

/// 轻量包: what of the packs fits into so many bytes. Files come in the order of their rank. First each gets its smallest
/// rendition as long as there is room, so that what is left out is what ranks lowest or is too large by itself; what room
/// remains makes files better again, the first ranked first. The same content is counted once.
struct LightPack: Sendable, Equatable {
    struct Choice: Sendable, Equatable {
        let file: LightFile
        let rendition: LightRendition
        /// Whether there would be a better one.
        let isReduced: Bool
    }

    let budget: Int
    let chosen: [Choice]
    let leftOut: [LightFile]

    /// Bytes of what was chosen, each content once. Never more than the budget.
    let bytes: Int

    init(_ files: [LightFile], budget: Int) {
        var used = 0, holders: [String: Int] = [:],
            picks: [(file: LightFile, options: [LightRendition], index: Int)] = []
        var leftOut: [LightFile] = []
        for file in files {
            let options = file.ascending
            // What another file brings along already costs nothing.
            let shared = options.lastIndex { holders[$0.sha256] != nil }
            guard let index = shared ?? (options.first.map { used + $0.size <= budget } ?? false ? 0 : nil) else {
                leftOut.append(file)
                continue
            }
            let rendition = options[index]
            if holders[rendition.sha256] == nil { used += rendition.size }
            holders[rendition.sha256, default: 0] += 1
            picks.append((file, options, index))
        }
        for place in picks.indices {
            let present = picks[place].options[picks[place].index]
            // Two files that share a content stay with it.
            guard holders[present.sha256] == 1 else { continue }
            let options = picks[place].options
            for index in options.indices.reversed()
            where index > picks[place].index && options[index].sha256 != present.sha256 {
                let cost = holders[options[index].sha256] == nil ? options[index].size : 0
                guard used - present.size + cost <= budget else { continue }
                holders[present.sha256] = nil
                holders[options[index].sha256, default: 0] += 1
                used += cost - present.size
                picks[place].index = index
                break
            }
        }
        self.budget = budget
        self.leftOut = leftOut
        bytes = used
        chosen = picks.map { pick in
            Choice(
                file: pick.file, rendition: pick.options[pick.index],
                isReduced: pick.index + 1 < pick.options.count)
        }
    }
}

/// 字节预算 of a school's light packs.
enum LightBudget {
    /// Megabytes that hold until somebody sets others (本市暂定): about three minutes and a half of a line of 4 Mbit/s.
    static let usual = 100
    static let range = 5...2000
    static func bytes(_ megabytes: Int) -> Int { megabytes * 1_000_000 }

    static let statements = [
        """
        CREATE TABLE resources_light_budget (
            school_id TEXT NOT NULL PRIMARY KEY REFERENCES directory_organisation (id), megabytes INTEGER NOT NULL,
            CHECK (megabytes BETWEEN 5 AND 2000))
        """
    ]
}
