import Kernel

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

/// Holds a bundle against the binding: manifest, headers, values, keys and references.
package struct BundleCheck: Sendable {
    /// No more than this many are told: the first ones say what is wrong.
    static let most = 1000

    package private(set) var problems: [BundleProblem] = []
    /// `bulk` or `delta` of each file that is there.
    package private(set) var ways: [String: String] = [:]
    private(set) var tables: [String: BundleTable] = [:]

    /// - Parameter files: by name, `manifest.csv` among them.
    package init(_ files: [String: [UInt8]]) {
        guard let bytes = files["manifest.csv"], let manifest = BundleTable(bytes) else {
            problems.append(
                BundleProblem("manifest.csv", files["manifest.csv"] == nil ? "缺少清单文件" : "不是 UTF-8 的 CSV 文件"))
            return
        }
        readManifest(manifest, files)
        for file in ways.keys.sorted() { read(file, files[file + ".csv"]) }
        for file in tables.keys.sorted() { checkReferences(file) }
    }

    private mutating func note(_ problem: BundleProblem) {
        if problems.count < BundleCheck.most { problems.append(problem) }
    }

    private mutating func readManifest(_ manifest: BundleTable, _ files: [String: [UInt8]]) {
        let name = "manifest.csv"
        if manifest.headers != ["propertyName", "value"] {
            note(BundleProblem(name, line: 1, "表头应为 propertyName,value"))
        }
        var says: [String: String] = [:]
        for (index, row) in manifest.rows.enumerated() {
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
        for file in BundleFile.all.map(\.name) + [BundleFile.roles] + BundleFile.absent {
            let isThere = files[file + ".csv"] != nil
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

    private mutating func read(_ file: String, _ bytes: [UInt8]?) {
        let name = file + ".csv"
        guard let bytes, let table = BundleTable(bytes), let headers = BundleRules.headers(file) else {
            return note(BundleProblem(name, "不是 UTF-8 的 CSV 文件"))
        }
        let extra = table.headers.dropFirst(headers.count)
        guard Array(table.headers.prefix(headers.count)) == headers, extra.allSatisfy({ $0.hasPrefix("metadata.") })
        else {
            return note(BundleProblem(name, line: 1, "表头与标准规定的名称或顺序不一致"))
        }
        tables[file] = table
        var seen: Set<String> = []
        for (index, row) in table.rows.enumerated() {
            guard row.count == table.headers.count else {
                note(BundleProblem(name, line: index + 2, "列数与表头不一致"))
                continue
            }
            if row[0].isEmpty || !seen.insert(row[0]).inserted {
                note(BundleProblem(name, line: index + 2, column: "sourcedId", row[0].isEmpty ? "不能为空" : "重复"))
            }
            checkState(name, index + 2, row, isDelta: ways[file] == "delta")
            for (header, value) in zip(headers, row) {
                guard let column = BundleRules.columns[file]?[header] else { continue }
                if let problem = BundleRules.problem(in: value, column) {
                    note(BundleProblem(name, line: index + 2, column: header, problem))
                }
            }
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
    private mutating func checkReferences(_ file: String) {
        guard ways[file] == "bulk", let table = tables[file], let columns = BundleRules.columns[file] else { return }
        for (position, header) in table.headers.enumerated() {
            guard case .references(let targets)? = columns[header]?.kind, targets.allSatisfy({ ways[$0] != "delta" })
            else { continue }
            let known = Set(targets.flatMap { tables[$0]?.rows.compactMap(\.first) ?? [] })
            for (index, row) in table.rows.enumerated() where position < row.count {
                for key in row[position].split(separator: ",") where !known.contains(String(key)) {
                    note(BundleProblem(file + ".csv", line: index + 2, column: header, "没有 \(key) 这条记录"))
                }
            }
        }
    }
}
