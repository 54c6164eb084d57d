import Database
import Kernel
import Media
import Platform

/// Keeps what contents look like as soon as it is known: of what was published before there were hashes, and for reviews
/// that no longer wait for a long film.
struct TraceKeeping: Sendable {
    let database: Database

    /// - Parameter sha256: of a content that was processed, or whose pictures were hashed.
    func arrived(_ sha256: String) async throws {
        let (sketch, reviews) = try await database.read { db in
            let store = ReviewCheckStore(db), hashes = try MediaPictures.hashes(of: sha256, on: db)
            let isPublished = try hashes != nil && !store.items(with: sha256, except: []).isEmpty
            let kind: ReviewFinding.Kind = hashes == nil ? .text : hashes?.kind == .frame ? .frame : .page
            // A review that had the content left its trace.
            let isNew = try store.trace(of: sha256, kind) == nil
            return (isPublished ? hashes : nil, isNew ? try store.openReviews(with: sha256) : [])
        }
        guard sketch != nil || !reviews.isEmpty else { return }
        try await database.write { db in
            if let sketch, !sketch.values.isEmpty {
                let pictures = PictureSketch(sketch.values)
                try ReviewCheckStore(db).addTrace(
                    of: sha256, sketch.kind == .frame ? .frame : .page, pictures.bytes, bands: pictures.bands)
            }
            for review in reviews { try ReviewChecks.schedule(review.id, at: review.path, now: .now, on: db) }
        }
    }
}

extension ReviewCheckStore {
    /// Open reviews of the content that were looked through.
    fileprivate func openReviews(with sha256: String) throws -> [(id: ID<Review>, path: OrganisationPath)] {
        try db.rows(
            """
            SELECT DISTINCT r.id, o.path FROM platform_file p JOIN resources_item_file f ON f.file_id = p.id
            JOIN resources_review r ON r.item_id = f.item_id AND r.state = 'open' AND r.is_checked = 1
            JOIN resources_item i ON i.id = r.item_id JOIN directory_organisation o ON o.id = i.school_id
            WHERE p.sha256 = \(sha256) AND f.since <= r.version AND (f.until IS NULL OR f.until > r.version)
            """
        ) { (try $0.get(0), try $0.get(1)) }
    }
}
