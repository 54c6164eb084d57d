/// What a file is by its first bytes; its name and declared type are never asked.
enum FileSignature: Equatable {
    case empty
    case zip
    /// The container of Office before 2007, and of documents with a password.
    case compoundFile(isEncrypted: Bool)
    case pdf
    /// A web page or XML under another name, as some systems export "Excel" files.
    case markup
    case other

    init(_ bytes: some Collection<UInt8>) {
        let head = Array(bytes.prefix(64))
        if head.isEmpty {
            self = .empty
        } else if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
            self = .zip
        } else if head.starts(with: FileSignature.compoundFileMagic) {
            self = .compoundFile(isEncrypted: false)
        } else if head.starts(with: [0x25, 0x50, 0x44, 0x46]) {
            self = .pdf
        } else {
            let start = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
            self = start.first { $0 > 0x20 } == 0x3C ? .markup : .other
        }
    }

    /// Reads the start of the file, and all of it only when it is a compound file.
    static func ofFile(_ file: InputFile) throws -> FileSignature {
        try file.rewind()
        var signature = FileSignature.empty
        var isFirst = true
        var search = ByteSearch(encryptedPackageName)
        var isEncrypted = false
        try file.forEachChunk { chunk in
            if isFirst { signature = FileSignature(chunk) }
            isFirst = false
            guard case .compoundFile = signature else { return false }
            isEncrypted = search.finds(in: chunk)
            return !isEncrypted
        }
        try file.rewind()
        return isEncrypted ? .compoundFile(isEncrypted: true) : signature
    }

    static func ofBytes(_ bytes: [UInt8]) -> FileSignature {
        let signature = FileSignature(bytes)
        guard case .compoundFile = signature else { return signature }
        var search = ByteSearch(encryptedPackageName)
        return .compoundFile(isEncrypted: bytes.withUnsafeBytes { search.finds(in: $0) })
    }

    private static let compoundFileMagic: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
    /// The stream's name as the directory of a compound file spells it: UTF-16, little endian.
    private static let encryptedPackageName = "EncryptedPackage".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
}

/// Finds a byte sequence in a stream of chunks, also across their borders.
private struct ByteSearch {
    private let wanted: [UInt8]
    private let fallback: [Int]
    private var matched = 0

    init(_ wanted: [UInt8]) {
        self.wanted = wanted
        var fallback = [0]
        var length = 0
        for index in 1..<wanted.count {
            while length > 0, wanted[index] != wanted[length] { length = fallback[length - 1] }
            if wanted[index] == wanted[length] { length += 1 }
            fallback.append(length)
        }
        self.fallback = fallback
    }

    mutating func finds(in chunk: UnsafeRawBufferPointer) -> Bool {
        for byte in chunk {
            while matched > 0, byte != wanted[matched] { matched = fallback[matched - 1] }
            if byte == wanted[matched] { matched += 1 }
            if matched == wanted.count { return true }
        }
        return false
    }
}
