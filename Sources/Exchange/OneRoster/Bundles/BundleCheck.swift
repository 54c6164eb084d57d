import Kernel
import Platform

/// Something in a bundle that the CSV binding 1.2 does not allow.
package struct BundleProblem: Sendable, Equatable {
    package let file: String
    /// 1 is the line of headers; `nil` for the file as a whole.
    package let line: Int?
    package let column: String?
    package let message: String

    init(_ file: String, line: Int? = nil, column: String? = nil, _ message: String) {
        (self.file, self.line, self.column, self.message) = (file, line, column, message)
    }
}

/// Holds a bundle against the binding: manifest, headers, values, keys and references. The files are read one after the
/// other; of each record no more than its key is kept.
package struct BundleCheck: Sendable {
    /// No more than this many are told: the first ones say what is wrong.
    static let most = 1000
    /// Lines of a manifest, and records of all files together.
    private static let mostProperties = 1000, mostRecords = 3_000_000

    package let source: BundleSource
    package private(set) var problems: [BundleProblem] = []
    /// `bulk` or `delta` of each file that is there.
    package private(set) var ways: [String: String] = [:]
    /// Of the records of each file that could be read.
    private(set) var keys: [String: Set<BundleKey>] = [:]
    /// How many records of each file are told as `tobedeleted`.
    private(set) var ended: [String: Int] = [:]

    private struct Unusable: Error { let line: Int?, message: String }

    /// Reads the whole bundle, file by file.
    /// - Parameter told: called after each file, with how many are done and how many there are.
    /// - Throws: `PackedFailure`, and what `told` throws.
    package static func of(
        _ source: BundleSource, _ told: (Int, Int) async throws -> Void = { _, _ in }
    ) async throws -> BundleCheck {
        var check = try await SheetRowFeed.onThread { try BundleCheck(manifestOf: source) }
        let files = BundleFile.read.filter { check.ways[$0] != nil }
        for (index, file) in (files + files).enumerated() {
            let before = check, isSecond = index >= files.count
            check = try await SheetRowFeed.onThread {
                var check = before
                if isSecond { try check.checkReferences(file) } else { try check.read(file) }
                return check
            }
            try await told(index + 1, files.count * 2)
        }
        return check
    }

    private init(manifestOf source: BundleSource) throws {
        self.source = source
        guard source.has("manifest") else {
            note(BundleProblem("manifest.csv", "缺少清单文件"))
            return
        }
        var rows: [[String]] = []
        do {
            try source.lines(of: "manifest") { number, cells in
                guard number <= BundleCheck.mostProperties else { throw Unusable(line: number, message: "清单太长") }
                rows.append(cells)
            }
        } catch let error as Unusable {
            note(BundleProblem("manifest.csv", line: error.line, error.message))
            return
        } catch let error as BundleLines.Malformed {
            note(BundleProblem("manifest.csv", line: error.line, BundleCheck.noTable))
            return
        }
        readManifest(rows)
    }

    private static let noTable = "不是 UTF-8 的 CSV 文件"

    private mutating func note(_ problem: BundleProblem) {
        if problems.count < BundleCheck.most { problems.append(problem) }
    }

    private mutating func readManifest(_ rows: [[String]]) {
        let name = "manifest.csv"
        if rows.first != ["propertyName", "value"] {
            note(BundleProblem(name, line: 1, "表头应为 propertyName,value"))
        }
        var says: [String: String] = [:]
        for (index, row) in rows.dropFirst().enumerated() {
            guard row.count == 2 else {
                note(BundleProblem(name, line: index + 2, "应有两列"))
                continue
            }
            if says.updateValue(row[1], forKey: row[0]) != nil {
                note(BundleProblem(name, line: index + 2, column: row[0], "重复"))
            }
        }
        if says["manifest.version"] != "1.0" { note(BundleProblem(name, "manifest.version 应为 1.0")) }
        if says["oneroster.version"] != "1.2" { note(BundleProblem(name, "oneroster.version 应为 1.2")) }
        for file in BundleFile.read + BundleFile.absent {
            let isThere = source.has(file)
            switch says["file." + file] {
            case nil: note(BundleProblem(name, "没有写明 file.\(file)"))
            case "absent"?: if isThere { note(BundleProblem(file + ".csv", "清单写明没有这个文件")) }
            case "bulk"?, "delta"?:
                if !isThere {
                    note(BundleProblem(file + ".csv", "清单写明有这个文件，包里没有"))
                } else if BundleRules.headers(file) != nil {
                    ways[file] = says["file." + file]
                }
            case .some: note(BundleProblem(name, "file.\(file) 应为 absent、bulk 或 delta"))
            }
        }
    }

    private mutating func read(_ file: String) throws {
        let name = file + ".csv", headers = BundleRules.headers(file) ?? [], source = source
        let isDelta = ways[file] == "delta", others = keys.values.reduce(0) { $0 + $1.count }
        var seen: Set<BundleKey> = [], ended = 0, width = 0
        do {
            try source.lines(of: file) { line, cells in
                if line == 1 {
                    width = cells.count
                    return try BundleCheck.checkHeaders(cells, headers)
                }
                guard others + line <= BundleCheck.mostRecords else {
                    throw Unusable(line: line, message: "记录太多，请分开打包")
                }
                guard cells.count == width else { return note(BundleProblem(name, line: line, "列数与表头不一致")) }
                if cells[0].isEmpty || !seen.insert(BundleKey(cells[0])).inserted {
                    note(BundleProblem(name, line: line, column: "sourcedId", cells[0].isEmpty ? "不能为空" : "重复"))
                }
                if cells[1] == "tobedeleted" { ended += 1 }
                checkState(name, line, cells, isDelta: isDelta)
                for (header, value) in zip(headers, cells) {
                    guard let column = BundleRules.columns[file]?[header] else { continue }
                    if let problem = BundleRules.problem(in: value, column) {
                        note(BundleProblem(name, line: line, column: header, problem))
                    }
                }
            }
            if width == 0 { throw Unusable(line: 1, message: BundleCheck.wrongHeaders) }
            (keys[file], self.ended[file]) = (seen, ended)
        } catch let error as Unusable {
            note(BundleProblem(name, line: error.line, error.message))
        } catch let error as BundleLines.Malformed {
            note(BundleProblem(name, line: error.line, BundleCheck.noTable))
        }
    }

    private static let wrongHeaders = "表头与标准规定的名称或顺序不一致"

    private static func checkHeaders(_ cells: [String], _ headers: [String]) throws {
        let extra = cells.dropFirst(headers.count)
        guard Array(cells.prefix(headers.count)) == headers, extra.allSatisfy({ $0.hasPrefix("metadata.") }) else {
            throw Unusable(line: 1, message: wrongHeaders)
        }
    }

    /// All of a bulk file is active, so it says nothing of states; each line of a delta file does.
    private mutating func checkState(_ name: String, _ line: Int, _ row: [String], isDelta: Bool) {
        guard isDelta else {
            if !row[1].isEmpty || !row[2].isEmpty {
                note(BundleProblem(name, line: line, column: "status", "全量文件不写 status 和 dateLastModified"))
            }
            return
        }
        if !["active", "tobedeleted"].contains(row[1]) {
            note(BundleProblem(name, line: line, column: "status", "应为 active 或 tobedeleted"))
        }
        if Timestamp(oneRoster: row[2]) == nil {
            note(BundleProblem(name, line: line, column: "dateLastModified", "应为带时区的时间"))
        }
    }

    /// What a delta file refers to may have been told before; in a bulk file it must stand beside it.
    private mutating func checkReferences(_ file: String) throws {
        guard ways[file] == "bulk", keys[file] != nil, let columns = BundleRules.columns[file] else { return }
        var asked: [(position: Int, header: String, known: [Set<BundleKey>])] = []
        for (position, header) in (BundleRules.headers(file) ?? []).enumerated() {
            guard case .references(let targets)? = columns[header]?.kind else { continue }
            // Of a file that could not be read nothing is known.
            guard targets.allSatisfy({ ways[$0] == nil || (ways[$0] == "bulk" && keys[$0] != nil) }) else { continue }
            asked.append((position, header, targets.compactMap { keys[$0] }))
        }
        guard !asked.isEmpty else { return }
        let source = source
        try source.lines(of: file) { line, cells in
            guard line > 1, problems.count < BundleCheck.most else { return }
            for (position, header, known) in asked where position < cells.count {
                for key in cells[position].split(separator: ",") {
                    let told = BundleKey(String(key))
                    guard !known.contains(where: { $0.contains(told) }) else { continue }
                    note(BundleProblem(file + ".csv", line: line, column: header, "没有 \(key.prefix(80)) 这条记录"))
                }
            }
        }
    }
}
