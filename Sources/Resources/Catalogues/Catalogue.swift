import Database
import Directory
import Kernel
import Platform

/// 教材目录: the catalogue of one school year, as it was sent and what became of it.
struct Catalogue: Sendable {
    let id: ID<Catalogue>
    /// The school year it holds for.
    let year: Int
    let file: ID<StoredFile>
    let fileName: String
    /// Volumes that it does not name are removed.
    let isComplete: Bool
    let state: ImportState
    /// Of the change set that was looked at.
    let digest: String
    /// The tree it was compared with; see `CatalogueStore.tree`.
    let tree: Int
    let counts: CatalogueCounts
    let createdAt: Timestamp
    let createdBy: String
    let decidedAt: Timestamp?
    let decidedBy: String

    static let columns: SQL =
        """
        c.id, c.year, c.file_id, c.file_name, c.is_complete, c.state, c.digest, c.counts, c.created_at, c.created_by,
        c.decided_at, c.decided_by, c.tree
        """

    init(_ row: borrowing Row) throws {
        (id, year, file, fileName) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (isComplete, state, digest) = (try row.get(4), try row.get(5), try row.get(6))
        counts = CatalogueCounts(text: try row.get(7))
        (createdAt, createdBy) = (try row.get(8), try row.get(9))
        (decidedAt, decidedBy, tree) = (try row.get(10), try row.get(11), try row.get(12))
    }

    var yearTitle: String { SchoolYear(start: year).title }
}

/// How many nodes of each kind, kept as `new=12 unchanged=3`.
struct CatalogueCounts: Sendable, Equatable {
    private var numbers: [String: Int] = [:]

    init(_ comparison: CatalogueComparison) {
        for line in comparison.lines { numbers[line.kind.rawValue, default: 0] += 1 }
        numbers["unchanged"] = comparison.unchanged
    }

    init(text: String) {
        for part in text.split(separator: " ") {
            let halves = part.split(separator: "=")
            if halves.count == 2, let number = Int(halves[1]) { numbers[String(halves[0])] = number }
        }
    }

    var text: String { numbers.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }

    subscript(kind: CatalogueLine.Kind) -> Int { numbers[kind.rawValue] ?? 0 }
    var unchanged: Int { numbers["unchanged"] ?? 0 }
    /// Whether accepting would change anything.
    var isEmpty: Bool { CatalogueLine.Kind.allCases.allSatisfy { $0 == .refused || self[$0] == 0 } }

    /// 新增 12，移除 3，不变 40
    var words: String {
        let told = CatalogueLine.Kind.allCases.filter { self[$0] > 0 }.map { "\($0.title) \(self[$0])" }
        return (told + ["不变 \(unchanged)"]).joined(separator: "，")
    }
}
