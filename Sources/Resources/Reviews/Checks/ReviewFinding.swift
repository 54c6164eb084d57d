import Database
import Kernel

/// Something that the machine found in a version that was handed in.
package struct ReviewFinding: Sendable, Equatable {
    package enum Kind: String, Column, Sendable {
        case word, phone, citizen, pupil
        /// The same content, and nearly the same text, pages or film, in another resource.
        case same, text, page, frame

        var title: String {
            switch self {
            case .word: "词表"
            case .phone: "手机号"
            case .citizen: "身份证号"
            case .pupil: "学生姓名"
            case .same: "文件相同"
            case .text: "文字相近"
            case .page: "页面相近"
            case .frame: "画面相近"
            }
        }

        var isLikeness: Bool { [.same, .text, .page, .frame].contains(self) }
    }

    let id: ID<ReviewFinding>
    let kind: Kind
    let grade: FindingGrade
    /// Where: 标题, 简介, 标签 or the name of a file.
    let place: String
    /// What stands there, numbers and names masked.
    let excerpt: String
    /// Of the file it is in; empty for what is told.
    let sha256: String
    /// Whom it is like.
    let other: ID<Item>?
    let otherSha256: String
    /// How much of it is in the other, in percent; 0 where nothing is compared.
    let percent: Int

    init(
        _ kind: Kind, _ grade: FindingGrade, in place: String, _ excerpt: String, sha256: String = "",
        other: ID<Item>? = nil, otherSha256: String = "", percent: Int = 0
    ) {
        (id, self.kind, self.grade, self.place, self.excerpt) = (.new(), kind, grade, place, excerpt)
        (self.sha256, self.other, self.otherSha256, self.percent) = (sha256, other, otherSha256, percent)
    }

    static let columns: SQL =
        "g.id, g.kind, g.grade, g.place, g.excerpt, g.sha256, g.other_item_id, g.other_sha256, g.percent"

    init(_ row: borrowing Row) throws {
        (id, kind, place, excerpt) = (try row.get(0), try row.get(1), try row.get(3), try row.get(4))
        grade = FindingGrade(rawValue: try row.get(2)) ?? .note
        (sha256, other, otherSha256, percent) = (try row.get(5), try row.get(6), try row.get(7), try row.get(8))
    }

    /// The field of the form, for what is told.
    var field: String {
        switch place {
        case "标题": "title"
        case "标签": "tags"
        case "出处和授权": "source"
        default: "summary"
        }
    }

    var words: String {
        switch kind {
        case .citizen: "\(place)里有身份证号 \(excerpt)，请删去"
        case .phone: "\(place)里有手机号 \(excerpt)，请删去"
        default: "\(place)里有不能发布的词：\(excerpt)"
        }
    }
}

/// All SQL of what the machine finds, and of the traces by which contents are compared.
struct ReviewCheckStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func findings(of review: ID<Review>) throws -> [ReviewFinding] {
        try db.rows(
            """
            SELECT \(ReviewFinding.columns) FROM resources_review_finding g WHERE g.review_id = \(review) ORDER BY g.id
            """, ReviewFinding.init)
    }

    func finding(_ id: ID<ReviewFinding>, of item: ID<Item>) throws -> ReviewFinding {
        let found = try db.first(
            """
            SELECT \(ReviewFinding.columns) FROM resources_review_finding g
            JOIN resources_review r ON r.id = g.review_id WHERE g.id = \(id) AND r.item_id = \(item)
            """, ReviewFinding.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    func add(_ findings: [ReviewFinding], to review: ID<Review>) throws {
        try db.insert(
            into: """
                resources_review_finding (id, review_id, kind, grade, place, excerpt, sha256, other_item_id,
                    other_sha256, percent)
                """,
            rows: findings.map { finding in
                [
                    finding.id.databaseValue, review.databaseValue, finding.kind.databaseValue,
                    .text(finding.grade.rawValue), .text(finding.place), .text(finding.excerpt), .text(finding.sha256),
                    finding.other.databaseValue, .text(finding.otherSha256), .integer(Int64(finding.percent)),
                ]
            })
    }

    /// Takes the place of what an earlier turn found in the files.
    func setFileFindings(_ findings: [ReviewFinding], of review: ID<Review>, isChecked: Bool) throws {
        try db.execute("DELETE FROM resources_review_finding WHERE review_id = \(review) AND sha256 <> ''")
        try add(findings, to: review)
        try db.execute("UPDATE resources_review SET is_checked = \(isChecked) WHERE id = \(review)")
    }

    // The list of words

    func wordList() throws -> (text: String, version: Int, changedAt: Timestamp?, changedBy: String) {
        let found = try db.first(
            """
            SELECT words, version, changed_at, changed_by FROM resources_word_list ORDER BY version DESC LIMIT 1
            """
        ) {
            (
                text: try $0.get(0, as: String.self), version: try $0.get(1, as: Int.self),
                changedAt: try $0.get(2, as: Timestamp?.self), changedBy: try $0.get(3, as: String.self)
            )
        }
        return found ?? (WordList.shippedText, 0, nil, "")
    }

    func setWordList(_ text: String, version: Int, by name: String, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO resources_word_list (version, words, changed_at, changed_by)
            VALUES (\(version), \(text), \(now), \(name))
            """)
    }

    // Traces

    func trace(of sha256: String, _ kind: ReviewFinding.Kind) throws -> [UInt8]? {
        try db.value("SELECT sketch FROM resources_trace WHERE sha256 = \(sha256) AND kind = \(kind)")
    }

    func addTrace(
        of sha256: String, _ kind: ReviewFinding.Kind, _ sketch: [UInt8], bands: [(band: Int, value: Int64)]
    ) throws {
        let isNew = try db.change(
            """
            INSERT INTO resources_trace (sha256, kind, sketch) VALUES (\(sha256), \(kind), \(sketch))
            ON CONFLICT (sha256, kind) DO NOTHING
            """)
        guard isNew > 0 else { return }
        try db.insert(
            into: "resources_trace_band (kind, band, value, sha256)",
            rows: bands.map { [kind.databaseValue, .integer(Int64($0.band)), .integer($0.value), .text(sha256)] })
    }

    /// Contents that share bands with these, those that share most first. However many share one band, as pages of a
    /// common pattern do, only the first of them are read.
    func alike(
        _ kind: ReviewFinding.Kind, _ bands: [(band: Int, value: Int64)], except sha256: String, atMost limit: Int
    ) throws -> [String] {
        var hits: [String: Int] = [:]
        for chunk in stride(from: 0, to: bands.count, by: 64).map({ bands[$0..<min($0 + 64, bands.count)] }) {
            let each: [SQL] = chunk.map {
                """
                SELECT * FROM (SELECT b.sha256 FROM resources_trace_band b
                    WHERE b.kind = \(kind) AND b.band = \($0.band) AND b.value = \($0.value)
                    ORDER BY b.sha256 LIMIT \(ReviewCheckStore.mostOfBand)) AS few
                """
            }
            try db.each("\(SQL.joined(each, " UNION ALL "))") { row in
                let found: String = try row.get(0)
                if found != sha256 { hits[found, default: 0] += 1 }
            }
        }
        return hits.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(limit).map(\.key)
    }

    /// Contents of one band that are looked at.
    private static let mostOfBand = 200

    /// Resources with this content in their published version or in one that waits, but for those named.
    func items(with sha256: String, except known: Set<ID<Item>>) throws -> [ID<Item>] {
        try db.column(
            """
            SELECT DISTINCT f.item_id FROM platform_file p JOIN resources_item_file f ON f.file_id = p.id
            JOIN resources_item i ON i.id = f.item_id
            WHERE p.sha256 = \(sha256) AND i.version > 0 AND f.since <= i.version
                AND (f.until IS NULL OR f.until > i.version) ORDER BY f.item_id LIMIT 20
            """, as: ID<Item>.self
        ).filter { !known.contains($0) }
    }
}
