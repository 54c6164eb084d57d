import Foundation
import Kernel
import Platform

/// One answer of a source, read as far as it can be. Sources send text in the wrong encoding, bare ampersands, control
/// characters and cut answers; what is good in them is taken and what is not is told.
struct HarvestAnswer: Sendable {
    struct Record: Sendable, Equatable {
        let identifier: String
        let isDeleted: Bool
        /// `nil` for a deleted one.
        let content: ExternalContent?
    }

    private(set) var answeredAt: Timestamp?
    /// An error of the protocol.
    private(set) var error: (code: String, message: String)?
    private(set) var records: [Record] = []
    private(set) var broken: [HarvestFault] = []
    /// `nil` at the end of the list.
    private(set) var token: String?
    /// The list goes on at a token that is too long to be kept.
    private(set) var isTokenTooLong = false
    /// What was wrong with the answer as a whole, in Chinese; empty for a good one.
    private(set) var repairs = ""
    /// The end is missing: nobody can say what would have come.
    private(set) var isCut = false
    /// Of an answer to `Identify`.
    private(set) var granularity = ""

    /// Bytes of an answer after it was put right; ampersands grow to five times their length.
    private static let longestRepaired = 2 * HarvestClient.byteLimit
    /// Bytes of a token. Real ones have some hundreds.
    private static let longestToken = 4096

    /// Throws `ExternalFault` when nothing of it can be read. Blocks.
    init(_ bytes: [UInt8]) throws {
        do {
            try take(XMLTree(bytes))
            return
        } catch XMLTree.Failure.doctype { throw ExternalFault("应答声明了文档类型，没有读取") } catch XMLTree.Failure.unreasonable {
            throw ExternalFault("应答层次过深或元素过多，没有读取")
        } catch let error as XMLTree.Failure where error == .malformed {}
        let text = try HarvestText.repaired(bytes, most: HarvestAnswer.longestRepaired)
        // What is hostile stays so in any spelling.
        if text.range(of: "<!DOCTYPE", options: .caseInsensitive) != nil {
            throw ExternalFault("应答声明了文档类型，没有读取")
        }
        let mended = Array(text.utf8)
        if let tree = try? XMLTree(mended) {
            try take(tree)
            repairs = "编码或字符不合 XML 的规定，已更正"
        } else {
            try salvage(mended)
        }
    }

    private mutating func take(_ tree: XMLTree) throws {
        guard tree.name == "OAI-PMH" else { throw ExternalFault("不是 OAI-PMH 的应答") }
        answeredAt = tree["responseDate"].flatMap { OAIDate.parse(HarvestText.trimmed($0.text)) }?.first
        if let error = tree["error"] {
            self.error = (error.attributes["code"] ?? "", HarvestText.trimmed(error.wholeText))
        }
        granularity = HarvestText.trimmed(tree.at("Identify", "granularity")?.text ?? "")
        guard let list = tree["ListRecords"] else {
            if error == nil, tree["Identify"] == nil { throw ExternalFault("应答里没有要的列表") }
            return
        }
        for record in list.all("record") { take(record: record) }
        take(token: list["resumptionToken"])
    }

    private mutating func take(token element: XMLTree?) {
        let text = HarvestText.trimmed(element?.wholeText ?? "")
        isTokenTooLong = text.utf8.count > HarvestAnswer.longestToken
        token = text.isEmpty || isTokenTooLong ? nil : text
    }

    private mutating func take(record: XMLTree) {
        let header = record["header"]
        let identifier = HarvestText.trimmed(header?["identifier"]?.wholeText ?? "")
        guard !identifier.isEmpty, identifier.utf8.count <= 500, !identifier.utf8.contains(0) else {
            let reason = identifier.isEmpty ? "没有标识" : "标识过长"
            return broken.append(
                HarvestFault(.record, identifier.isEmpty ? "第 \(records.count + 1) 条" : identifier, reason))
        }
        if header?.attributes["status"] == "deleted" {
            return records.append(Record(identifier: identifier, isDeleted: true, content: nil))
        }
        guard let metadata = record["metadata"]?.children.first else {
            return broken.append(HarvestFault(.record, identifier, "没有元数据"))
        }
        guard let content = HarvestMetadata.read(metadata) else {
            return broken.append(HarvestFault(.record, identifier, "元数据不是 oai_dc 或 LOM"))
        }
        switch content.taken() {
        case .success(let content):
            records.append(Record(identifier: identifier, isDeleted: false, content: content))
        case .failure(let fault): broken.append(HarvestFault(.record, identifier, fault.reason))
        }
    }

    /// Record by record, where the whole cannot be read.
    private mutating func salvage(_ text: [UInt8]) throws {
        let parts = HarvestText.elements("record", in: text)
        isCut = !HarvestText.holdsEnd(of: "OAI-PMH", in: text)
        take(token: HarvestText.elements("resumptionToken", in: text).last.flatMap { try? XMLTree($0) })
        guard !parts.isEmpty || token != nil else { throw ExternalFault("应答不是完整的 XML，没有可以收下的记录") }
        answeredAt =
            HarvestText.elements("responseDate", in: text).first
            .flatMap { try? XMLTree($0) }.flatMap { OAIDate.parse(HarvestText.trimmed($0.text)) }?.first
        for (index, part) in parts.enumerated() {
            if let record = try? XMLTree(part) {
                take(record: record)
            } else {
                broken.append(HarvestFault(.record, "第 \(index + 1) 条", "不是完整的 XML"))
            }
        }
        repairs = isCut ? "应答不完整，逐条收下能读的记录" : "应答不是完整的 XML，逐条收下能读的记录"
    }
}

/// Text of others as it comes.
enum HarvestText {
    static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// In UTF-8, without what XML does not have, each ampersand that stands for itself written as XML wants it. Throws
    /// `ExternalFault` when that has more than `most` bytes.
    static func repaired(_ bytes: [UInt8], most: Int) throws -> String {
        // Read by what the bytes are; what the text says of itself is wrong, or it had been read.
        var text = (try? TextDecoding.string(from: bytes)) ?? String(decoding: bytes, as: UTF8.self)
        if let end = text.range(of: "?>"), text.hasPrefix("<?xml") { text = String(text[end.upperBound...]) }
        var out = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars), escape = "amp;".unicodeScalars
        var room = most - text.utf8.count
        for (index, scalar) in scalars.enumerated() where XMLWriter.isAllowed(scalar) {
            out.append(scalar)
            guard scalar == "&", !isReference(scalars, index + 1) else { continue }
            room -= escape.count
            guard room >= 0 else { throw ExternalFault("应答里要更正的字符过多，没有读取") }
            out.append(contentsOf: escape)
        }
        return String(out)
    }

    /// Whether what follows an ampersand is one of the five names or a number of a character that XML has.
    private static func isReference(_ scalars: [Unicode.Scalar], _ start: Int) -> Bool {
        // No text is made for what cannot be one: an answer may hold millions of them.
        guard let end = scalars[min(start, scalars.count)...].prefix(11).firstIndex(of: ";") else { return false }
        let name = String(String.UnicodeScalarView(scalars[start..<end]))
        if ["amp", "lt", "gt", "quot", "apos"].contains(name) { return true }
        guard name.hasPrefix("#") else { return false }
        let digits = name.dropFirst()
        let number = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap(Unicode.Scalar.init).map(XMLWriter.isAllowed) ?? false
    }

    /// The stretches of bytes that look like elements of the name, whatever prefix it has.
    static func elements(_ name: String, in bytes: [UInt8]) -> [[UInt8]] {
        let wanted = Array(name.utf8)
        var found: [[UInt8]] = [], place = 0, unclosed: Set<[UInt8]> = []
        while let start = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
            let tag = bytes[(start + 1)...].prefix(80).prefix { !isEndOfName($0) }
            place = start + 1
            guard local(tag).elementsEqual(wanted), !unclosed.contains(Array(tag)) else { continue }
            guard let end = end(of: Array(tag), in: bytes, from: start + 1 + tag.count) else {
                // Further on it is not closed either: nobody looks twice.
                unclosed.insert(Array(tag))
                if unclosed.count > mostSpellings { return found }
                continue
            }
            found.append(Array(bytes[start..<end]))
            place = end
        }
        return found
    }

    /// Prefixes under which elements of one name stand in one answer.
    private static let mostSpellings = 8

    /// Behind the closing tag.
    private static func end(of tag: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        var place = start
        while let open = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
            place = open + 1
            guard place < bytes.count, bytes[place] == UInt8(ascii: "/"), bytes[(place + 1)...].starts(with: tag) else {
                continue
            }
            let rest = bytes[(place + 1 + tag.count)...].drop { isSpace($0) }
            if rest.first == UInt8(ascii: ">") { return rest.startIndex + 1 }
        }
        return nil
    }

    /// Whether the text ends as the element does.
    static func holdsEnd(of name: String, in bytes: [UInt8]) -> Bool {
        let tail = bytes.suffix(200)
        guard let start = tail.lastIndex(of: UInt8(ascii: "<")), tail[(start + 1)...].first == UInt8(ascii: "/") else {
            return false
        }
        let tag = tail[(start + 2)...].prefix { !isEndOfName($0) }
        return local(tag).elementsEqual(Array(name.utf8)) && tail.contains(UInt8(ascii: ">"))
            && tail[(start + 2 + tag.count)...].allSatisfy { isSpace($0) || $0 == UInt8(ascii: ">") }
    }

    private static func local(_ tag: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        tag.lastIndex(of: UInt8(ascii: ":")).map { tag[($0 + 1)...] } ?? tag
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x09, 0x0A, 0x0D, 0x20].contains(byte) }

    private static func isEndOfName(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/")
    }
}

/// What formats of metadata say of a resource.
enum HarvestMetadata {
    /// `nil` for another format. What is missing in it is left empty.
    static func read(_ tree: XMLTree) -> ExternalContent? {
        switch tree.name {
        case "dc", "qualifieddc": dublinCore(tree)
        case "lom": learningObject(tree)
        default: nil
        }
    }

    private static func dublinCore(_ tree: XMLTree) -> ExternalContent {
        func all(_ name: String) -> [String] {
            tree.all(name).map { HarvestText.trimmed($0.wholeText) }.filter { !$0.isEmpty }
        }
        let links = (all("identifier") + all("relation") + all("source")).filter { WebLink($0) != nil }
        let makers = all("publisher") + all("creator"), rights = all("rights")
        return ExternalContent(
            title: all("title").first ?? "", description: all("description").first ?? all("abstract").first ?? "",
            subjects: all("subject"), link: links.first ?? "", provider: makers.first ?? "",
            licence: rights.first { $0.contains("creativecommons.org/") } ?? rights.first ?? "",
            language: all("language").first ?? "")
    }

    private static func learningObject(_ tree: XMLTree) -> ExternalContent {
        /// The Chinese one of several languages, else the first.
        func words(_ element: XMLTree?) -> String {
            let strings = (element?.all("string") ?? []) + (element?.all("langstring") ?? [])
            let chinese = strings.first { $0.attributes["language"]?.hasPrefix("zh") ?? false }
            return HarvestText.trimmed((chinese ?? strings.first ?? element)?.wholeText ?? "")
        }
        let general = tree["general"], technical = tree["technical"]
        let locations = (technical?.all("location") ?? []).map { HarvestText.trimmed($0.wholeText) }
        let entries = (general?.all("identifier") ?? []).compactMap {
            $0["entry"].map { HarvestText.trimmed($0.wholeText) }
        }
        let links = (locations + entries).filter { WebLink($0) != nil }
        let publishers = (tree["lifeCycle"]?.all("contribute") ?? []).filter { maker in
            maker.at("role", "value").map { HarvestText.trimmed($0.wholeText) } == "publisher"
        }
        let card = publishers.first?["entity"]?.wholeText ?? ""
        let rights = words(tree.at("rights", "description"))
        let licence =
            rights.split { "；; \n".contains($0) }.map(String.init)
            .first { $0.contains("creativecommons.org/") } ?? rights
        return ExternalContent(
            title: words(general?["title"]), description: words(general?["description"]),
            subjects: (general?.all("keyword") ?? []).map { words($0) }, link: links.first ?? "",
            provider: formattedName(card), licence: licence,
            language: HarvestText.trimmed(general?["language"]?.wholeText ?? ""))
    }

    /// `FN` of a vCard, else nothing.
    private static func formattedName(_ card: String) -> String {
        let lines = card.split(whereSeparator: \.isNewline).map { HarvestText.trimmed(String($0)) }
        guard let line = lines.first(where: { $0.uppercased().hasPrefix("FN") && $0.contains(":") }) else { return "" }
        return String(line.drop { $0 != ":" }.dropFirst()).replacingOccurrences(of: "\\", with: "")
    }
}
