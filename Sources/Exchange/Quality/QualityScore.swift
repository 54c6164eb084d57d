/// 数据质量分: of 100, completeness 40, validity 30, consistency 20, timeliness 10 (domain conventions of the data
/// exchange, 3.28). Shown to those who keep the data, never as a ranking.
struct QualityScore: Sendable, Equatable {
    let dataset: FeedDataset
    /// Of 40: records that have what everybody must have.
    let completeness: Int
    /// Of 30: records without a code that no list knows.
    let validity: Int
    /// Of 20: records that agree with those they name.
    let consistency: Int
    /// Of 10: records that somebody looked at within a year.
    let timeliness: Int

    var total: Int { completeness + validity + consistency + timeliness }

    /// Shares are of all records; nothing counts as perfect where there is nothing.
    init(_ dataset: FeedDataset, count: Int, complete: Int, flagged: Int, consistent: Int, recent: Int) {
        func points(_ part: Int, of most: Int) -> Int { count == 0 ? 0 : min(max(part, 0), count) * most / count }
        self.dataset = dataset
        completeness = points(complete, of: 40)
        validity = points(count - flagged, of: 30)
        consistency = points(consistent, of: 20)
        timeliness = points(recent, of: 10)
    }
}
