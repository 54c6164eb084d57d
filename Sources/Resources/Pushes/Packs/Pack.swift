import Directory
import Kernel

/// A resource that may go into the pack (资源包) of a lesson, with what it is ranked by.
struct PackCandidate: Sendable, Equatable {
    let item: Item
    /// How often it was opened in class, anywhere.
    let uses: Int

    var group: ResourceGroup? { ResourceGroup(type: item.content.type) }
}

/// 资源包: the resources chosen for a lesson of a textbook, in their order.
enum Pack {
    /// Resources of one pack.
    static let most = 30
    /// Resources suggested, and of one group.
    static let suggested = 8
    static let suggestedOfGroup = 2

    /// The best first: what a higher level selected, then what was used more, then what is newer. The order is total.
    static func ranked(_ candidates: [PackCandidate]) -> [PackCandidate] {
        candidates.sorted { a, b in
            let (left, right) = (rank(a.item.reach), rank(b.item.reach))
            if left != right { return left > right }
            if a.uses != b.uses { return a.uses > b.uses }
            return a.item.id.rawValue > b.item.id.rawValue
        }
    }

    private static func rank(_ reach: ItemVisibility) -> Int {
        switch reach {
        case .school: 0
        case .county: 1
        case .city, .public: 2
        }
    }

    /// What is chosen until somebody chooses: of the ranked ones the best of each group.
    static func suggestion(from ranked: [PackCandidate]) -> [ID<Item>] {
        var counts: [ResourceGroup?: Int] = [:], chosen: [ID<Item>] = []
        for candidate in ranked where chosen.count < suggested {
            guard counts[candidate.group, default: 0] < suggestedOfGroup else { continue }
            counts[candidate.group, default: 0] += 1
            chosen.append(candidate.item.id)
        }
        return chosen
    }

    /// The chosen ones by the numbers that were typed beside them; without a number last, in the order they came. Each once.
    static func ordered(_ chosen: [ID<Item>], by numbers: [ID<Item>: Int]) -> [ID<Item>] {
        var seen: Set<ID<Item>> = []
        let unique = chosen.filter { seen.insert($0).inserted }
        return unique.enumerated().sorted { a, b in
            (numbers[a.element] ?? Int.max, a.offset) < (numbers[b.element] ?? Int.max, b.offset)
        }.map(\.element)
    }
}

/// A resource of a pack as one class has it.
struct PackEntry: Sendable, Equatable {
    let item: Item
    /// Whether the published version is meant for pupils too.
    let isForPupils: Bool

    /// Whether a class of the school gets it: published, and open to the school. A push opens nothing.
    func isOpen(to school: OrganisationPath) -> Bool {
        item.state == .published && ItemReach.isOpen(item.reach, of: item.path, to: school)
    }
}

/// Who a published resource is open to, as `ResourceViewer` asks it of the database.
enum ItemReach {
    static func isOpen(_ reach: ItemVisibility, of maker: OrganisationPath, to place: OrganisationPath) -> Bool {
        switch reach {
        case .public, .city: true
        case .county: (place.unit ?? .city).contains(maker)
        case .school: maker.contains(place) || place.contains(maker)
        }
    }
}
