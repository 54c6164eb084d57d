import Kernel

/// Names of counties and towns by their place, to tell in words where an organisation stands.
struct PlaceNames: Sendable {
    struct Place: Sendable {
        let kind: OrganisationKind
        let name: String
        let path: OrganisationPath
    }

    private let byPath: [OrganisationPath: Place]

    /// - Parameter places: what `OrganisationStore.places` gives.
    init(_ places: [Organisation]) {
        byPath = Dictionary(
            places.map { ($0.path, Place(kind: $0.kind, name: $0.name, path: $0.path)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The county or 市直 at or above the place.
    func unit(of path: OrganisationPath) -> Place? { level(1, of: path) }

    /// The town at or above the place; `nil` for schools directly below a county or 市直.
    func town(of path: OrganisationPath) -> Place? {
        level(2, of: path).flatMap { $0.kind == .town ? $0 : nil }
    }

    /// `防城区 大菉镇`: what stands above the place, the city left out.
    func above(_ path: OrganisationPath) -> String {
        [unit(of: path), town(of: path)].compactMap { $0 }.filter { $0.path != path }.map(\.name).joined(separator: " ")
    }

    /// Segments of a path are all of one length, so the place at a level is a prefix.
    private static let segmentLength = 5

    private func level(_ level: Int, of path: OrganisationPath) -> Place? {
        let length = (level + 1) * PlaceNames.segmentLength
        guard path.text.utf8.count >= length else { return nil }
        return byPath[OrganisationPath(String(decoding: path.text.utf8.prefix(length), as: UTF8.self))]
    }
}
