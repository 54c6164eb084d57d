import Database
import Kernel
import Platform

/// Gathers what authors and reviewers see of the review of a resource.
enum ReviewProgress {
    static func of(_ item: Item, _ user: CurrentUser?, _ db: Connection) throws -> ReviewPages.Progress {
        let store = ReviewStore(db), review = try store.reviews(of: item.id).first
        let findings = try review.map { try ReviewCheckStore(db).findings(of: $0.id) } ?? []
        let steps = try store.steps(of: item.id), open = steps.last { $0.state == .open }
        var others: [ID<Item>: String] = [:]
        for other in Set(findings.compactMap(\.other)) {
            // What the viewer may not see is left out; the finding says so.
            others[other] = try? ItemStore(db).find(other, for: ResourceViewer(user)).content.title
        }
        return ReviewPages.Progress(
            steps: steps, review: review, findings: findings, samples: try SampleStore(db).looks(at: item.id),
            others: others, today: Timestamp.now.day,
            claimedByOther: open?.claimedBy.map { $0 != user?.account } ?? false,
            isMine: open?.claimedBy != nil && open?.claimedBy == user?.account)
    }
}
