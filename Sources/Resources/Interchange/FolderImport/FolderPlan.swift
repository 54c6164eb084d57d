import Database
import Directory
import Foundation
import Kernel
import Platform

/// What would become of a folder: a resource for each row of its workbook.
struct FolderPlan: Codable, Sendable, Equatable {
    struct File: Codable, Sendable, Equatable {
        /// Place below the folder.
        let name: String
        let size: Int
        let sha256: String
    }

    struct Line: Codable, Sendable, Equatable {
        enum Kind: String, Codable, Sendable, CaseIterable {
            case new
            /// Was imported before, with the same files.
            case known
            case refused
            /// Was imported from this folder.
            case taken

            var title: String {
                switch self {
                case .new: "新增"
                case .known: "不变"
                case .refused: "退回"
                case .taken: "已导入"
                }
            }
        }

        let number: Int
        var kind: Kind
        let title: String
        /// `nil` for one that was refused when it was read.
        let content: ItemContent?
        let files: [File]
        let authors: [String]
        /// Why it is refused; of one that was taken, why it is not handed in.
        var reasons: [String]
        /// What makes it the same resource the next time.
        let key: String
        /// What it became.
        var item: String?
    }

    /// Name of the workbook.
    let workbook: String
    var lines: [Line]
    /// Files that the workbook names and the folder does not hold.
    let missing: [String]
    /// Files of the folder that no row names.
    let unused: [String]

    static let mostRows = 500

    func count(_ kind: Line.Kind) -> Int { lines.count { $0.kind == kind } }

    var words: String {
        Line.Kind.allCases.filter { $0 != .taken || count(.taken) > 0 }.map { "\($0.title) \(count($0))" }
            .joined(separator: "，")
    }

    /// Bytes of one archive, packed and unpacked, and files in it.
    static var limits: ArchiveLimits {
        var limits = ArchiveLimits()
        limits.fileBytes = 1 << 30
        limits.inflatedBytes = 4 << 30
        limits.entries = 3_000
        return limits
    }

    /// Looks at every file that the rows name. Blocks.
    /// - Parameters:
    ///   - rows: of the workbook, which is called `name`.
    ///   - found: what the database says of each.
    /// - Throws: `DomainError.invalid` for `file`.
    init(_ folder: PackedFolder, _ name: String, _ rows: [FolderRow], _ found: [FolderLookup.Found]) throws {
        do {
            let sizes = Dictionary(folder.entries.map { ($0.name, $0.size) }, uniquingKeysWith: { first, _ in first })
            let names = FolderNames(folder.entries.map(\.name).filter { $0 != name })
            var lines: [Line] = [], missing: [String] = [], used: Set<String> = [], hashes: [String: String] = [:]
            for (told, facts) in zip(rows, found) {
                var row = told
                row.content.nodes = facts.nodes.map(\.rawValue)
                row.reasons += facts.reasons
                let (files, absent) = names.find(row)
                used.formUnion(files)
                missing += absent.filter { !missing.contains($0) }
                row.reasons += FolderPlan.reasons(row, files, absent, sizes)
                row.check()
                var kept: [File] = []
                for file in files where row.reasons.isEmpty {
                    let hash = try hashes[file] ?? FolderPlan.hash(file, of: folder)
                    hashes[file] = hash
                    kept.append(File(name: file, size: sizes[file] ?? 0, sha256: hash))
                }
                lines.append(FolderPlan.line(row, kept))
            }
            (workbook, self.missing) = (name, missing)
            unused = names.all.filter { !used.contains($0) }
            self.lines = FolderPlan.withoutRepeats(lines)
        } catch let failure as PackedFailure { throw DomainError.invalid("file", failure.message) }
    }

    /// What is wrong with the files of a row.
    private static func reasons(
        _ row: FolderRow, _ files: [String], _ absent: [String], _ sizes: [String: Int]
    ) -> [String] {
        var reasons: [String] = []
        if row.files.isEmpty { reasons.append(row.row.fault(.files, "写文件的名称")) }
        if !absent.isEmpty {
            reasons.append(row.row.fault(.files, "文件夹里没有“\(absent.joined(separator: "”、“"))”"))
        }
        if files.count > ItemService.mostFiles {
            reasons.append(row.row.fault(.files, "一个资源最多 \(ItemService.mostFiles) 个文件"))
        }
        for file in files where sizes[file] == 0 {
            reasons.append(row.row.fault(.files, "“\(ChineseText.quoted(file))”是空文件"))
        }
        return reasons
    }

    private static func line(_ row: FolderRow, _ files: [File]) -> Line {
        let isGood = row.reasons.isEmpty
        let parts = [row.content.title, row.content.type] + files.map(\.sha256).sorted()
        return Line(
            number: row.number, kind: isGood ? .new : .refused, title: row.content.title,
            content: isGood ? row.content : nil, files: isGood ? files : [], authors: row.authors, reasons: row.reasons,
            key: Hex.encode(SHA256.hash(parts.joined(separator: "\u{1F}"))), item: nil)
    }

    private static func withoutRepeats(_ lines: [Line]) -> [Line] {
        var first: [String: Int] = [:]
        return lines.map { line in
            guard line.kind == .new else { return line }
            guard let number = first[line.key] else {
                first[line.key] = line.number
                return line
            }
            var line = line
            (line.kind, line.reasons) = (.refused, ["与第 \(number) 行是同一个资源"])
            return line
        }
    }

    /// The one table of the folder that has the needed columns: one that is called 元数据 first, then the one highest up.
    /// Blocks.
    /// - Parameter workFolder: where a table lies while it is read.
    /// - Throws: `DomainError.invalid` for `file`.
    static func rows(
        of folder: PackedFolder, workFolder: String
    ) throws -> (workbook: String, rows: [FolderRow]) {
        let tables = folder.entries.map(\.name).filter { name in
            [".xlsx", ".xls", ".csv"].contains { name.lowercased().hasSuffix($0) }
        }.sorted { a, b in
            let (first, second) = (rank(a), rank(b))
            return first == second ? a < b : first < second
        }
        var problem: DomainError?
        for name in tables.prefix(10) {
            let path = "\(workFolder)/folder-\(Identifiers.next())"
            defer { unlink(path) }
            do { try folder.copy(name, to: path) } catch let failure as PackedFailure {
                throw DomainError.invalid("file", failure.message)
            }
            do {
                let sheet = try MetadataSheet<FolderColumn>(path: path, limit: mostRows)
                if sheet.rows.isEmpty { throw DomainError.invalid("file", "“\(name)”里没有数据行") }
                return (name, sheet.rows.map(FolderRow.init))
            } catch let error as DomainError { problem = problem ?? error }
        }
        throw problem ?? DomainError.invalid("file", "文件夹里没有元数据表（.xlsx 或 .csv，至少有标题和文件两列）")
    }

    private static func rank(_ name: String) -> Int {
        let isNamed = ["元数据", "metadata", "资源清单", "资源表"].contains { name.lowercased().contains($0) }
        return (isNamed ? 0 : 100) + name.split(separator: "/").count
    }

    private static func hash(_ name: String, of folder: PackedFolder) throws -> String {
        let hash = SHA256.running()
        try folder.forEachPiece(of: name) { hash.update($0) }
        return Hex.encode(hash.digest())
    }
}

/// Finds the files that a cell names: by their place below the folder or, where it is the only one, by their own name.
struct FolderNames: Sendable {
    let all: [String]
    private var byKey: [String: [String]] = [:]

    init(_ names: [String]) {
        all = names
        for name in names {
            let parts = name.split(separator: "/")
            for start in parts.indices {
                byKey[FolderNames.key(parts[start...].joined(separator: "/")), default: []].append(name)
            }
        }
    }

    /// The files of the row, and the names that stand for none or for several.
    func find(_ row: FolderRow) -> (files: [String], absent: [String]) {
        if let whole = one(row.filesText) { return ([whole], []) }
        var files: [String] = [], absent: [String] = []
        func add(_ file: String) { if !files.contains(file) { files.append(file) } }
        for name in row.files {
            if let file = one(name) {
                add(file)
                continue
            }
            // Commas part names, unless they stand in one.
            let parts = name.split { "、,，".contains($0) }.map { ChineseText.normalised(String($0)) }.filter {
                !$0.isEmpty
            }
            for part in parts {
                if let file = one(part) { add(file) } else { absent.append(part) }
            }
        }
        return (files, absent)
    }

    private func one(_ name: String) -> String? {
        let found = byKey[FolderNames.key(name)] ?? []
        return found.count == 1 ? found.first : found.first { FolderNames.key($0) == FolderNames.key(name) }
    }

    private static func key(_ name: String) -> String {
        let text = ChineseText.normalised(name).replacing("\\", with: "/").lowercased()
        return text.hasPrefix("./") ? String(text.dropFirst(2)) : text
    }
}
