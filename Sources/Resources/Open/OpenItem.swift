import Database
import Directory
import Kernel
import Platform

/// A published resource that the whole world may have: open to the public, under a licence that allows it.
struct OpenItem: Sendable {
    let item: Item
    let authors: [ItemAuthor]
    /// When the present version became open to everybody.
    let openedAt: Timestamp

    var line: ItemLine { ItemLine(item: item, authors: authors) }
    var authorNames: String { authors.map(\.name).joined(separator: "、") }
}

extension Item {
    /// Whether whoever passes by may have it without signing in. A consent is asked for beside this, see `PupilGate`.
    var isOpen: Bool { state == .published && reach == .public && (licence?.isPublic ?? false) }

    /// Whether it may also leave the site: for feeds, search engines and pages of others. What shows pupils stays where a
    /// consent that was taken back counts at once: a copy elsewhere cannot be called back.
    var mayTravel: Bool { isOpen && (content.pupilUses ?? []).isEmpty }
}

/// The schema of what is open, read along an index that stands in the order of feeds. The indexes hold what was ever open,
/// with all that decides whether it is now. `travels` says of the present version what `Item.mayTravel` says.
enum OpenItemSchema {
    static let statements = [
        "ALTER TABLE resources_item ADD COLUMN opened_at INTEGER",
        "ALTER TABLE resources_item ADD COLUMN travels INTEGER NOT NULL DEFAULT 0",
        """
        UPDATE resources_item SET opened_at = published_at, travels = CASE WHEN EXISTS (
                SELECT 1 FROM resources_item_pupil u
                WHERE u.item_id = resources_item.id AND u.version = resources_item.version) THEN 0 ELSE 1 END
        WHERE state = 'published' AND visibility = 'public'
        """,
        """
        CREATE INDEX resources_item_open ON resources_item (opened_at, id, school_id, state, visibility)
        WHERE opened_at IS NOT NULL
        """,
        """
        CREATE INDEX resources_item_open_school ON resources_item (school_id, opened_at, id, state, visibility)
        WHERE opened_at IS NOT NULL
        """,
        """
        CREATE INDEX resources_item_map ON resources_item (id, opened_at, state, visibility) WHERE travels = 1
        """,
    ]
}
