import Database
import Kernel
import Platform

/// Reads an uploaded file: which sheets and columns it has, then each row against the register.
struct ImportReading: Sendable {
    /// Files of more rows tell how far their reading is.
    static let smallRows = 2000
    /// Packed bytes up to which a file is read through while its sender waits.
    static let smallBytes = 1 << 20

    /// Opens a file and recognises its layout. Blocks; call it on a thread of its own.
    /// - Parameter isThorough: read every sheet to its end: counts rows and finds damage.
    /// - Throws: `DomainError.invalid` at the field `file`.
    static func layout(
        ofFileAt path: String, named fileName: String, remembered: [String: ColumnTarget], isThorough: Bool
    ) throws -> WorkbookLayout {
        do {
            let file = try SheetFile.open(path: path)
            let recognition = LayoutRecognition(fileName: fileName, remembered: remembered)
            var sheets: [SheetLayout] = [], skipped: [String] = []
            for sheet in file.sheets {
                // What its sender does not see must not come into the register.
                if sheet.isHidden {
                    skipped.append(sheet.name + "（隐藏）")
                    continue
                }
                let head = try SheetHead(of: sheet, in: file, isThorough: isThorough)
                if let layout = recognition.layout(of: head) {
                    sheets.append(layout)
                } else if !head.rows.isEmpty {
                    skipped.append(sheet.name)
                }
            }
            guard !sheets.isEmpty else {
                throw DomainError.invalid("file", "没有找到表头：文件里应有“学校名称”和班级数、带宽等列")
            }
            for sheet in sheets {
                if let day = sheet.day, day > Timestamp.now.day {
                    throw DomainError.invalid("file", "\(sheet.title)的统计日期 \(day.chinese) 晚于今天，请改正后再上传")
                }
            }
            return WorkbookLayout(sheets: sheets, skipped: skipped, isCounted: isThorough)
        } catch let error as SheetError {
            throw DomainError.invalid("file", error.message)
        }
    }

    let database: Database
    let files: FileStore

    /// Compares every row with the register and writes the change set of the batch.
    func compare(_ batch: ImportBatch, message: String, _ progress: ImportProgress) async throws {
        let days = batch.days
        let register = try await database.read(snapshot: true, isLong: true) { try RegisterState.load($0, days: days) }
        try await database.write { try ImportStore($0).removeLines(of: batch.id) }
        var comparison = RowComparison(register: register, scope: batch.scope, day: batch.statisticsOn)
        var counts = ImportCounts()
        let hash = SHA256.running()
        let path = files.path(of: batch.sha256), total = batch.layout.rowCount
        let file = try await SheetRowFeed.onThread { try SheetFile.open(path: path) }
        let readings = Dictionary(
            uniqueKeysWithValues: batch.layout.sheets.map { ($0.sheet, RowReading(layout: $0)) })
        let feed = SheetRowFeed(file, sheets: batch.layout.sheets.map(\.sheet))
        defer { feed.cancel() }
        var done = 0
        while let rows = try await feed.next() {
            try Task.checkCancellation()
            let lines = try await compare(rows, readings, &comparison, batch.id)
            for encoded in lines {
                counts[encoded.line.kind] += 1
                let school = encoded.line.organisation?.rawValue ?? ""
                hash.update(
                    Array("\(encoded.line.number)\(encoded.line.kind.rawValue)\(school)\(encoded.payload)".utf8))
            }
            try await database.write { try ImportStore($0).add(lines, to: batch.id) }
            done += rows.count
            if total > ImportReading.smallRows { try await progress(min(done, total), total, "正在核对各行") }
        }
        let (found, digest) = (counts, Hex.encode(hash.digest()))
        let isDone = try await database.write { db in
            try ImportStore(db).setCompared(
                batch.id, counts: found, revision: register.revision, digest: digest, message: message)
        }
        if !isDone { throw DomainError.conflict("这次导入已由他人处理。") }
    }

    private func compare(
        _ rows: [SheetRowFeed.Line], _ readings: [Int: RowReading], _ comparison: inout RowComparison,
        _ id: ID<ImportBatch>
    ) async throws -> [EncodedLine] {
        var lines: [EncodedLine] = []
        lines.reserveCapacity(rows.count)
        for row in rows {
            guard let reading = readings[row.sheet], let read = reading.read(row.row) else { continue }
            var (line, earlier) = comparison.compare(read, of: reading.layout)
            if let earlier {
                let number = earlier.number
                var other = lines.first { $0.line.number == number }?.line
                if other == nil { other = try await database.read { try ImportStore($0).line(number, of: id) } }
                if let other { line = RowComparison.explain(line, against: other, in: reading.layout) }
            }
            lines.append(try EncodedLine(line))
        }
        return lines
    }
}
