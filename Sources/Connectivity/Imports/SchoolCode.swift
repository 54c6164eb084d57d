import Platform

/// 学校标识码 as clerks' files hold it.
enum SchoolCode {
    enum Reading: Equatable {
        case code(String)
        case absent
        case refused(String)
    }

    /// Codes that lost their text type (`2145620012.0`) are told again; those that lost digits are refused.
    static func read(_ cell: SheetCell?) -> Reading {
        guard let cell else { return .absent }
        let label = ColumnTarget.code.title
        if let fault = cell.fault(in: label) { return .refused(fault) }
        if cell.lostPrecision {
            return .refused("\(label)“\(CellReading.shown(cell))”已丢失末尾数字，请把该列设为文本后重新填写")
        }
        if cell.kind == .date { return .refused("\(label)“\(CellReading.shown(cell))”是日期") }
        var key = ChineseText.matchingKey(cell.text)
        if key.hasPrefix("'") { key.removeFirst() }
        if let point = key.firstIndex(of: "."), key[key.index(after: point)...].allSatisfy({ $0 == "0" }) {
            key = String(key[..<point])
        }
        if key.isEmpty || CellReading.none.contains(key) || CellReading.dashes.contains(key) { return .absent }
        let code = key.uppercased()
        guard (2...12).contains(code.utf8.count), code.utf8.allSatisfy(isCodeByte) else {
            return .refused("\(label)“\(CellReading.shown(cell))”应为 2 到 12 位数字或字母")
        }
        return .code(code)
    }

    private static func isCodeByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
    }
}

/// School names as they are kept and as they are compared.
enum SchoolName {
    /// For keeping: half-width, trimmed; spaces that only spread a Chinese name go.
    static func stored(_ text: String) -> String {
        let name = ChineseText.normalised(text)
        return name.utf8.contains { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
            ? name : String(name.unicodeScalars.filter { $0 != " " }.map(Character.init))
    }

    /// For matching: without punctuation and without the names of city and county in front.
    static func key(_ name: String, county: String?) -> String {
        let marks: Set<Unicode.Scalar> = ["(", ")", "·", ".", "-", "、", ",", "“", "”", "\"", "[", "]"]
        var key = String(
            ChineseText.matchingKey(name).unicodeScalars.filter { !marks.contains($0) }.map(Character.init))
        for place in ["防城港市", county ?? ""] where !place.isEmpty && key.hasPrefix(place) && key.count > place.count + 1
        {
            key = String(key.dropFirst(place.count))
        }
        return key
    }

    /// Whether two names can mean the same school when their codes are equal.
    static func isAlike(_ a: String, _ b: String) -> Bool { a == b || a.contains(b) || b.contains(a) }
}
