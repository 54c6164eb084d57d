import Database
import Kernel

/// A file on its way in: from the first announcement until a record takes it up or its time is over.
package struct Upload: Sendable {
    package enum State: String, Column, Sendable, CaseIterable {
        /// Bytes are still missing.
        case uploading
        /// All there; its content is being looked at and stored.
        case checking
        /// All there; the scanner cannot be reached, so nobody gets it yet.
        case quarantined
        /// Stored, and free for a record to take up.
        case ready
        /// Its content is not taken; nothing of it is kept.
        case refused
        /// A record has taken it up.
        case claimed

        package var title: String {
            switch self {
            case .uploading: "上传中"
            case .checking: "检查中"
            case .quarantined: "等待安全检查"
            case .ready: "可以使用"
            case .refused: "未通过"
            case .claimed: "已使用"
            }
        }
    }

    package let id: ID<Upload>
    /// Whose it is; nobody else learns that it exists.
    package let account: ID<Account>
    /// As its sender named it, made safe by `FileName`.
    package let name: String
    /// Bytes of the whole file.
    package let length: Int
    /// Bytes known to be on disk.
    package let received: Int
    /// The run of the machine in which bytes beyond `received` may have come; empty when they do not count.
    let bootID: String
    package let state: State
    /// What there is to say to its owner: why it was refused, or what was changed about it. Chinese; may be empty.
    package let remark: String
    /// Hexadecimal SHA-256 of the whole content; empty until all is there.
    package let sha256: String
    /// By content, for example `video/mp4`; empty until it was looked at.
    package let mediaType: String
    package let createdAt: Timestamp
    /// When it is given up if nothing more happens to it.
    package let expiresAt: Timestamp
    /// Tries to check and store it.
    let attempts: Int

    static let columns: SQL =
        """
        id, account_id, name, length, received, boot_id, state, remark, sha256, media_type, created_at, expires_at,
        attempts
        """

    init(_ row: borrowing Row) throws {
        (id, account, name, length) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (received, bootID, state, remark) = (try row.get(4), try row.get(5), try row.get(6), try row.get(7))
        (sha256, mediaType, createdAt) = (try row.get(8), try row.get(9), try row.get(10))
        (expiresAt, attempts) = (try row.get(11), try row.get(12))
    }

    /// How long an unfinished upload waits for its next bytes.
    static let waitingHours: Int64 = 24
    /// How long a finished one waits for a record, and its line in the list stays.
    static let keepingDays: Int64 = 7
}
