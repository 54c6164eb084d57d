import CZip

/// What a zip archive says of itself, read from its directory alone: nothing is inflated.
package struct PackedFile: Sendable, Equatable {
    /// Names of the parts as they stand there; keys, never paths to write to.
    package let names: Set<String>
    /// Bytes that all parts together claim to inflate to.
    package let inflatedBytes: Int
    /// Whether any part needs a password.
    package let isEncrypted: Bool

    /// Parts of an archive beyond which it is not read.
    private static let mostParts: Int64 = 100_000

    /// `nil` when the file is no readable zip archive or has more than 100,000 parts. It blocks.
    package init?(path: String) {
        var code: Int32 = 0
        guard let handle = zip_open(path, ZIP_RDONLY, &code) else { return nil }
        defer { zip_discard(handle) }
        let count = zip_get_num_entries(handle, 0)
        guard (0...PackedFile.mostParts).contains(count) else { return nil }
        var names: Set<String> = [], inflated = 0, isEncrypted = false
        for index in 0..<UInt64(count) {
            var facts = zip_stat_t()
            guard zip_stat_index(handle, index, 0, &facts) == 0, let name = facts.name else { continue }
            names.insert(String(cString: name))
            inflated = inflated.addingReportingOverflow(Int(clamping: facts.size)).partialValue
            if facts.encryption_method != UInt16(ZIP_EM_NONE) { isEncrypted = true }
        }
        (self.names, inflatedBytes, self.isEncrypted) = (names, inflated, isEncrypted)
    }
}
