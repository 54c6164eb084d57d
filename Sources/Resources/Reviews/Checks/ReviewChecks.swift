import Database
import Directory
import Kernel
import Platform

/// What the machine looks at before people do. It decides nothing: its findings stand beside the resource.
enum ReviewChecks {
    static let jobKind = "resources.check"
    /// Findings of one kind in one place that are worth telling.
    private static let most = 20

    /// Looks through what is told of a resource; part of handing it in.
    static func told(
        _ content: ItemContent, at school: OrganisationID, on day: LocalDate, _ db: Connection
    ) throws -> [ReviewFinding] {
        let checker = try TextChecker(at: school, on: day, nodes: content.nodes, db)
        let places = [
            ("标题", content.title), ("简介", content.summary), ("标签", content.tags.joined(separator: "、")),
            ("出处和授权", content.source),
        ]
        return places.flatMap { checker.findings(in: $0.1, of: $0.0) }
    }

    static func schedule(
        _ review: ID<Review>, at path: OrganisationPath, turn: Int = 0, now: Timestamp, on db: Connection
    ) throws {
        _ = try JobStore(db).add(
            kind: jobKind, title: "检查资源文件", payload: "\(review) \(turn)", by: nil, at: path,
            due: now.adding(seconds: turn == 0 ? 0 : 30), now: now)
    }

    /// Looks for words, numbers and names in a text.
    struct TextChecker: Sendable {
        private let list: [WordList.Word]
        private let names: [String]
        private let finder: WordFinder
        private let nameFinder: WordFinder

        /// - Parameter nodes: lessons whose titles are no names of pupils, even when a pupil is called so.
        init(at school: OrganisationID, on day: LocalDate, nodes: [String], _ db: Connection) throws {
            list = try WordList(csv: ReviewCheckStore(db).wordList().text).words
            let titles = try TextbookStore(db).places(of: nodes.map { ID<TextbookNode>($0) }).map(\.full).joined()
            names = try EnrolmentStore(db).names(at: school, on: day).filter {
                $0.unicodeScalars.count >= 2 && !titles.contains($0)
            }
            finder = WordFinder(list.map(\.word))
            nameFinder = WordFinder(names.map { ChineseText.matchingKey($0) })
        }

        /// For what no school tells: words and numbers.
        init(_ db: Connection) throws {
            list = try WordList(csv: ReviewCheckStore(db).wordList().text).words
            names = []
            finder = WordFinder(list.map(\.word))
            nameFinder = WordFinder([])
        }

        func findings(in text: String, of place: String, sha256: String = "") -> [ReviewFinding] {
            guard !text.isEmpty else { return [] }
            let scalars = Array(ChineseText.matchingKey(text).unicodeScalars)
            var found: [ReviewFinding] = [], seen: Set<Int> = []
            for match in finder.matches(in: scalars) where seen.insert(match.word).inserted {
                let word = list[match.word]
                found.append(
                    ReviewFinding(
                        .word, word.grade, in: place, "\(word.category)：\(around(match.range, scalars))",
                        sha256: sha256))
                if found.count == ReviewChecks.most { break }
            }
            for match in PersonalNumbers.matches(in: text).prefix(ReviewChecks.most) {
                let isCitizen = match.kind == .citizen
                found.append(
                    ReviewFinding(
                        isCitizen ? .citizen : .phone, isCitizen ? .block : .suspect, in: place, match.masked,
                        sha256: sha256))
            }
            var people: Set<Int> = []
            for match in nameFinder.matches(in: scalars) where people.insert(match.word).inserted {
                let mark = String(names[match.word].prefix(1)) + "＊"
                found.append(
                    ReviewFinding(.pupil, .suspect, in: place, "本校学生 \(mark)", sha256: sha256))
                if people.count == ReviewChecks.most { break }
            }
            return found
        }

        /// The word with a few characters on both sides.
        private func around(_ range: Range<Int>, _ text: [Unicode.Scalar]) -> String {
            let start = max(0, range.lowerBound - 6), end = min(text.count, range.upperBound + 6)
            var view = String.UnicodeScalarView()
            view.append(contentsOf: text[start..<end])
            return (start > 0 ? "…" : "") + PersonalNumbers.masked(String(view)) + (end < text.count ? "…" : "")
        }
    }
}

/// Looks through the files of a review: their texts, and whom they are like. Runs as a job; a second run changes nothing.
struct ReviewCheckJob: Sendable {
    let database: Database
    let reader: any ContentReader

    /// Turns that wait for a content to be taken apart, half a minute each.
    private static let turns = 60
    /// Contents that one is compared with.
    private static let candidates = 40

    var handler: JobHandler {
        JobHandler(ReviewChecks.jobKind) { context in
            let parts = context.job.payload.split(separator: " ")
            guard parts.count == 2, let turn = Int(parts[1]) else { return "没有要检查的内容" }
            return try await run(ID<Review>(String(parts[0])), turn: turn)
        }
    }

    private struct Work: Sendable {
        let review: Review
        let item: Item
        let files: [ItemFile]
        /// The resource itself and what it openly was made from.
        let kin: Set<ID<Item>>
        let checker: ReviewChecks.TextChecker
    }

    func run(_ id: ID<Review>, turn: Int) async throws -> String {
        let work: Work? = try await database.read { db in
            let store = ItemStore(db)
            guard let review = try ReviewStore(db).find(id), let item = try store.look(for: review.item) else {
                return nil
            }
            let kin = Set([item.id] + (try store.ancestors(of: item)).map(\.id))
            let files = try store.files(of: item.id).filter { $0.belongs(to: review.version) }
            let checker = try ReviewChecks.TextChecker(
                at: item.school, on: Timestamp.now.day, nodes: item.content.nodes, db)
            return Work(review: review, item: item, files: files, kin: kin, checker: checker)
        }
        guard let work else { return "送审已不存在" }
        var findings: [ReviewFinding] = [], isPending = false, read: [(ItemFile, ContentInsides)] = []
        for file in work.files {
            switch try await reader.read(file.sha256, name: file.name) {
            case .ready(let insides): read.append((file, insides))
            case .pending: isPending = true
            case .none: read.append((file, ContentInsides()))
            }
        }
        for (file, insides) in read {
            findings += work.checker.findings(in: file.name, of: file.name, sha256: file.sha256)
            findings += work.checker.findings(in: insides.text, of: file.name, sha256: file.sha256)
        }
        let known = findings, files = read, waits = isPending && turn < ReviewCheckJob.turns
        let count = try await database.write { db in
            var findings = known
            for (file, insides) in files {
                findings += try ReviewCheckJob.likenesses(of: file, insides, kin: work.kin, db)
            }
            let store = ReviewCheckStore(db)
            try store.setFileFindings(findings, of: id, isChecked: !waits)
            if waits {
                try ReviewChecks.schedule(id, at: work.item.path, turn: turn + 1, now: .now, on: db)
            }
            return findings.count
        }
        return waits ? "还有文件在处理，稍后再查" : "查了 \(read.count) 个文件，\(count) 处提示"
    }

    /// Whom a content is like; leaves its traces for those that come later.
    private static func likenesses(
        of file: ItemFile, _ insides: ContentInsides, kin: Set<ID<Item>>, _ db: Connection
    ) throws -> [ReviewFinding] {
        let store = ReviewCheckStore(db)
        var found: [ReviewFinding] = [], told: Set<ID<Item>> = kin
        func tell(_ kind: ReviewFinding.Kind, _ sha256: String, _ percent: Int) throws {
            for other in try store.items(with: sha256, except: told) {
                told.insert(other)
                found.append(
                    ReviewFinding(
                        kind, kind == .same ? .suspect : .note, in: file.name, "", sha256: file.sha256, other: other,
                        otherSha256: sha256, percent: percent))
            }
        }
        try tell(.same, file.sha256, 100)
        if let sketch = TextSketch(insides.text) {
            let bands = sketch.bands.enumerated().map { (band: $0.offset, value: $0.element) }
            for sha256 in try store.alike(.text, bands, except: file.sha256, atMost: candidates) {
                guard let other = try store.trace(of: sha256, .text).flatMap(TextSketch.init(bytes:)) else { continue }
                let likeness = sketch.likeness(to: other)
                if likeness >= TextSketch.threshold { try tell(.text, sha256, Int(likeness * 100)) }
            }
            try store.addTrace(of: file.sha256, .text, sketch.bytes, bands: bands)
        }
        for (kind, hashes) in [(ReviewFinding.Kind.page, insides.pages), (.frame, insides.frames)] {
            guard !hashes.isEmpty else { continue }
            let sketch = PictureSketch(hashes)
            for sha256 in try store.alike(kind, sketch.bands, except: file.sha256, atMost: candidates) {
                guard let other = try store.trace(of: sha256, kind).flatMap(PictureSketch.init(bytes:)) else {
                    continue
                }
                let likeness = sketch.likeness(to: other)
                if likeness >= PictureSketch.threshold { try tell(kind, sha256, Int(likeness * 100)) }
            }
            try store.addTrace(of: file.sha256, kind, sketch.bytes, bands: sketch.bands)
        }
        return found
    }
}
