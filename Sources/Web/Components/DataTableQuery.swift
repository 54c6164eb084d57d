import Kernel

/// The order of a list: a column's key, `-` before it for descending, as in the address.
package struct TableSort: Sendable, Equatable {
    package let key: String
    package let isDescending: Bool

    package init(_ key: String, isDescending: Bool = false) { (self.key, self.isDescending) = (key, isDescending) }

    init(text: String) {
        isDescending = text.utf8.first == 0x2D
        key = isDescending ? String(text.dropFirst()) : text
    }

    package var text: String { (isDescending ? "-" : "") + key }
}

/// What the address asks of a list, already checked: order, place to continue, number of rows, export format.
package struct TableQuery: Sendable, Equatable {
    /// Rows on a page unless the page says otherwise.
    package static let pageLength = 50
    /// The most rows an export holds: one sheet of a workbook without its heading.
    package static let exportLimit = 1_048_575

    /// `nil` leaves the order to the store.
    package let sort: TableSort?
    /// The last row of the slice before; `nil` for the beginning, and always for an export.
    package let after: TableCursor?
    package let limit: Int
    /// The list is wanted as a file.
    package let format: TableFormat?

    package init(_ values: FormValues, sortKeys: Set<String>, defaultSort: TableSort? = nil, limit: Int = pageLength) {
        let asked = values.text("sort").map(TableSort.init(text:))
        let sort = asked.flatMap { sortKeys.contains($0.key) ? $0 : nil } ?? defaultSort
        self.sort = sort
        self.limit = limit
        format = TableFormat(query: values)
        let cursor = format == nil ? values.text("after").flatMap(TableCursor.init(text:)) : nil
        // A cursor belongs to the order it was made in; under another one it would skip rows.
        after = cursor?.sort == (sort?.text ?? "") ? cursor : nil
    }

    /// What to put into `LIMIT`: one row more than shown, to know whether there is a next page; all for an export.
    package var fetchLimit: Int { format == nil ? limit + 1 : TableQuery.exportLimit }

    /// Rows before the slice, of a list whose rows have no key but their place. The asker may send any number: it is kept
    /// within 0 and 1,000,000,000.
    package var place: Int { after.flatMap { Int($0.id) }.map { min(max($0, 0), 1_000_000_000) } ?? 0 }

    /// Cuts rows fetched with `fetchLimit` to a page. `key` gives what the list is sorted by, as text that orders and
    /// reads back the same (`nil` for SQL NULL), and the row's id.
    package func page<Row: Sendable>(
        _ rows: [Row], total: Int, isTotalBounded: Bool = false, key: (Row) -> (value: String?, id: String)
    ) -> Page<Row> {
        guard format == nil, rows.count > limit else {
            return Page(items: rows, total: total, isTotalBounded: isTotalBounded, next: nil)
        }
        let items = Array(rows.prefix(limit))
        let next = items.last.map { row in
            let (value, id) = key(row)
            return TableCursor(sort: sort?.text ?? "", value: value, id: id).text
        }
        return Page(items: items, total: total, isTotalBounded: isTotalBounded, next: next)
    }
}

/// The place of a row in a sorted list. Opaque to the asker, and checked: whatever cannot be one is `nil`.
package struct TableCursor: Sendable, Equatable {
    /// The order it belongs to, as in the address; empty for the store's own.
    let sort: String
    /// The sort value of the row; `nil` for SQL NULL.
    package let value: String?
    package let id: String

    /// `sort` and `id` hold no control characters.
    package init(sort: String, value: String?, id: String) { (self.sort, self.value, self.id) = (sort, value, id) }

    private static let separator: UInt8 = 0x1F
    private static let longest = 6000

    /// `nil` unless `text` was made by `text`: alphabet, length, UTF-8 without NUL and its three parts are checked.
    package init?(text: String) {
        guard text.utf8.count <= TableCursor.longest, let bytes = Base64URL.decode(text) else { return nil }
        // The value comes last, so that it may hold any character.
        let parts = bytes.split(separator: TableCursor.separator, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !bytes.contains(0), let mark = parts[2].first else { return nil }
        guard let sort = String(validating: parts[0], as: UTF8.self),
            let id = String(validating: parts[1], as: UTF8.self), !id.isEmpty,
            let value = String(validating: parts[2].dropFirst(), as: UTF8.self)
        else { return nil }
        switch mark {
        case 0x3D: self.init(sort: sort, value: value, id: id)
        case 0x2D where value.isEmpty: self.init(sort: sort, value: nil, id: id)
        default: return nil
        }
    }

    package var text: String {
        var bytes = Array(sort.utf8)
        bytes.append(TableCursor.separator)
        bytes += id.utf8
        bytes.append(TableCursor.separator)
        bytes += (value.map { "=" + $0 } ?? "-").utf8
        return Base64URL.encode(bytes)
    }
}

/// RFC 4648, section 5, without padding.
private enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        var held: UInt32 = 0, count: UInt32 = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                out.append(alphabet[Int(held >> count & 63)])
            }
        }
        if count > 0 { out.append(alphabet[Int(held << (6 - count) & 63)]) }
        return String(decoding: out, as: UTF8.self)
    }

    /// `nil` for other characters, an impossible length, or bits left over.
    static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        var held: UInt32 = 0, count: UInt32 = 0
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case 0x41...0x5A: digit = character - 0x41
            case 0x61...0x7A: digit = character - 0x61 + 26
            case 0x30...0x39: digit = character - 0x30 + 52
            case 0x2D: digit = 62
            case 0x5F: digit = 63
            default: return nil
            }
            held = held << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: held >> count))
            }
        }
        return count < 6 && held & ((1 << count) - 1) == 0 ? out : nil
    }
}
