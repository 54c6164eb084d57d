/// A file of a bundle: RFC 4180 lines under a line of headers.
struct BundleTable: Sendable {
    let headers: [String]
    let rows: [[String]]

    /// Lines and characters of a field up to which a file is read.
    private static let mostRows = 1_000_000, mostBytes = 10_000, mostHeaders = 200

    /// `nil` when quotation marks do not pair up, a bound is passed, or the
    /// text is no UTF-8.
    init?(_ bytes: [UInt8]) {
        var bytes = bytes[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var lines: [[String]] = [], line: [String] = [], field: [UInt8] = [], isQuoted = false, wasQuoted = false
        func text() -> String? { String(validating: field, as: UTF8.self) }
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if isQuoted {
                guard byte == 0x22 else {
                    field.append(byte)
                    continue
                }
                if index < bytes.endIndex && bytes[index] == 0x22 {
                    field.append(0x22)
                    index += 1
                } else {
                    (isQuoted, wasQuoted) = (false, true)
                }
                continue
            }
            switch byte {
            case 0x22:
                guard field.isEmpty && !wasQuoted else { return nil }
                isQuoted = true
            case 0x2C, 0x0A:
                guard let value = text() else { return nil }
                let most = lines.first.map { $0.count + 1 } ?? BundleTable.mostHeaders
                // One field too many is enough to refuse a line.
                if line.count < most { line.append(value) } else if lines.isEmpty { return nil }
                guard field.count <= BundleTable.mostBytes, lines.count <= BundleTable.mostRows else { return nil }
                (field, wasQuoted) = ([], false)
                if byte == 0x0A {
                    lines.append(line)
                    line = []
                }
            case 0x0D: break
            default: field.append(byte)
            }
        }
        guard !isQuoted, let value = text() else { return nil }
        if !line.isEmpty || !value.isEmpty { lines.append(line + [value]) }
        headers = lines.first ?? []
        rows = Array(lines.dropFirst())
    }
}
