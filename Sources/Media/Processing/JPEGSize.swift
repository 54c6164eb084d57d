import Foundation

/// Reads how large a JPEG is from its head (ITU-T T.81, B.2.2).
enum JPEGSize {
    /// `nil` when the file cannot be read or is no JPEG.
    static func read(_ path: String) -> (width: Int, height: Int)? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }  // only read
        guard let head = try? file.read(upToCount: 256 << 10) else { return nil }
        return read([UInt8](head))
    }

    static func read(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
        guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
        var at = 2
        while at + 9 < bytes.count {
            guard bytes[at] == 0xFF else { return nil }
            let mark = bytes[at + 1], length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
            // Start of frame, of any coding; C4, C8 and CC are tables.
            if (0xC0...0xCF).contains(mark), ![0xC4, 0xC8, 0xCC].contains(mark) {
                return (Int(bytes[at + 7]) << 8 | Int(bytes[at + 8]), Int(bytes[at + 5]) << 8 | Int(bytes[at + 6]))
            }
            guard length >= 2 else { return nil }
            at += 2 + length
        }
        return nil
    }
}
