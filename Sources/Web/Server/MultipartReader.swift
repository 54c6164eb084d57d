import Foundation
import Kernel

/// Takes a `multipart/form-data` body piece by piece (RFC 7578): fields into memory, files straight to disk.
final class MultipartReader {
    private(set) var content = RequestBodyContent()
    private var pairs: [(name: String, value: String)] = []
    private let delimiter: [UInt8]
    private let folder: String
    private let limit: Int
    private var pending: [UInt8]
    private var part: Part?
    private var isEnded = false
    private var total = 0
    private static let headerLimit = 8 << 10
    private static let fieldLimit = 1 << 20

    private struct Part {
        let name: String
        let fileName: String?
        let path: String
        let handle: FileHandle?
        var bytes: [UInt8] = []
        var size = 0
    }

    init(boundary: String, folder: String, limit: Int) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        (self.folder, self.limit) = (folder, limit)
        // The first delimiter has no line end before it.
        pending = [0x0D, 0x0A]
    }

    static func boundary(of contentType: String) -> String? {
        guard contentType.lowercased().hasPrefix("multipart/form-data") else { return nil }
        for parameter in contentType.split(separator: ";").dropFirst() {
            let text = FormValues.trimmed(String(parameter))
            guard text.lowercased().hasPrefix("boundary=") else { continue }
            let value = text.dropFirst(9).filter { $0 != "\"" }
            return (1...70).contains(value.utf8.count) ? String(value) : nil
        }
        return nil
    }

    func take(_ bytes: some Collection<UInt8>) throws {
        total += bytes.count
        if total > limit { throw BodyError.tooLarge(limit: limit) }
        if isEnded { return }  // what follows the last delimiter means nothing
        pending.append(contentsOf: bytes)
        try advance()
    }

    /// The body will not be used: what has arrived of it goes.
    func abandon() {
        if let part, part.fileName != nil {
            try? part.handle?.close()  // it is removed next
            try? FileManager.default.removeItem(atPath: part.path)  // a left-over is cleared at start
        }
        part = nil
        content.removeFiles()
    }

    func finish() throws -> RequestBodyContent {
        guard isEnded else { throw BodyError.malformed }
        content.form = FormValues(pairs)
        return content
    }

    private func advance() throws {
        while !isEnded {
            guard let found = find(delimiter, in: pending) else {
                // What cannot be the beginning of a delimiter belongs to the part.
                let safe = pending.count - delimiter.count
                if safe > 0 {
                    try store(pending[..<safe])
                    pending.removeFirst(safe)
                }
                return
            }
            let after = found + delimiter.count
            guard pending.count >= after + 2 else { return }
            if pending[after] == 0x2D, pending[after + 1] == 0x2D {
                try store(pending[..<found])
                try closePart()
                isEnded = true
                return
            }
            guard let headersEnd = find([0x0D, 0x0A, 0x0D, 0x0A], in: pending, from: after) else {
                if pending.count - after > MultipartReader.headerLimit { throw BodyError.malformed }
                return
            }
            try store(pending[..<found])
            try closePart()
            try openPart(pending[after..<headersEnd])
            pending.removeFirst(headersEnd + 4)
        }
    }

    private func store(_ bytes: ArraySlice<UInt8>) throws {
        guard part != nil, !bytes.isEmpty else { return }
        part?.size += bytes.count
        if let handle = part?.handle {
            do { try handle.write(contentsOf: bytes) } catch {
                throw DomainError.unavailable("存储空间不足，文件没有保存。请联系平台管理员。")
            }
        } else {
            part?.bytes += bytes
            if part?.size ?? 0 > MultipartReader.fieldLimit {
                throw BodyError.tooLarge(limit: MultipartReader.fieldLimit)
            }
        }
    }

    private func openPart(_ header: ArraySlice<UInt8>) throws {
        let text = String(decoding: header, as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("content-disposition:") }
        guard let line, let name = MultipartReader.parameter("name", in: String(line)) else {
            throw BodyError.malformed
        }
        let fileName = MultipartReader.parameter("filename", in: String(line))
        guard pairs.count + content.files.count < 2000 else { throw BodyError.malformed }
        let path = folder + "/" + Identifiers.next()
        if fileName != nil {
            guard
                FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
                let handle = FileHandle(forWritingAtPath: path)
            else { throw DomainError.unavailable("存储空间不足，文件没有保存。请联系平台管理员。") }
            part = Part(name: name, fileName: fileName, path: path, handle: handle)
        } else {
            part = Part(name: name, fileName: nil, path: path, handle: nil)
        }
    }

    private func closePart() throws {
        guard let ended = part else { return }
        part = nil
        if let fileName = ended.fileName {
            try ended.handle?.close()
            // Browsers send an empty, nameless file for an untouched file field.
            if fileName.isEmpty && ended.size == 0 {
                try? FileManager.default.removeItem(atPath: ended.path)  // nothing depends on it
                return
            }
            let last = fileName.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? "upload"
            content.files.append(UploadedFile(field: ended.name, name: last, path: ended.path, size: ended.size))
        } else {
            guard let value = String(validating: ended.bytes, as: UTF8.self), !value.utf8.contains(0) else {
                throw BodyError.malformed
            }
            pairs.append((ended.name, value))
        }
    }

    private static func parameter(_ name: String, in line: String) -> String? {
        guard let range = line.range(of: "; \(name)=\"") else { return nil }
        let rest = line[range.upperBound...]
        guard let end = rest.firstIndex(of: "\"") else { return nil }
        return rest[..<end].replacingOccurrences(of: "%22", with: "\"")
    }

    private func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int = 0) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var index = start
            while index + needle.count <= buffer.count {
                guard let hit = memchr(base + index, Int32(needle[0]), buffer.count - index - needle.count + 1) else {
                    return nil
                }
                index = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
                if memcmp(base + index, needle, needle.count) == 0 { return index }
                index += 1
            }
            return nil
        }
    }
}
