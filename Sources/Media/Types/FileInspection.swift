import Foundation
import Platform

/// What is to be done with a file, by a look at its content. The name decides nothing; a wrong ending is set right.
package enum FileInspection: Sendable, Equatable {
    /// - Parameters:
    ///   - type: by content.
    ///   - name: with the ending that belongs to the content.
    ///   - remark: what its sender should know; may be empty.
    case accepted(type: String, name: String, remark: String)
    /// The reason, in words for its sender.
    case refused(String)
    /// It is not there or cannot be read: nothing is known of it, and its sender has no part in that.
    case unreadable

    /// Bytes at either end that are looked at.
    private static let edge = 64 << 10
    /// Inflated bytes for each packed byte, once the whole is beyond 512 MiB: more is an attack.
    private static let ratio = 100
    private static let freelyInflated = 512 << 20

    /// Looks at the file. It blocks.
    package static func look(at path: String, name: String, size: Int) -> FileInspection {
        guard let file = FileHandle(forReadingAtPath: path) else { return .unreadable }
        defer { try? file.close() }  // only read
        let head: Data
        do { head = try file.read(upToCount: edge) ?? Data() } catch { return .unreadable }
        guard !head.isEmpty else { return size == 0 ? .refused("文件是空的，没有内容。") : .unreadable }
        let bytes = Array(head)
        switch ContentMark(bytes) {
        case .program: return .refused("这是程序或脚本，不能上传。")
        case .page: return .refused("网页、SVG 和含有脚本的文件不能上传。可以先另存为 PDF。")
        case .unknown: return .refused("不认识这种文件。请转换成常用的文档、图片、音频或视频格式后再上传。")
        case .text: return text(bytes, name)
        case .known(.zip): return packed(path, name, size)
        case .known(.oldOffice): return oldOffice(path, name)
        case .known(let type):
            if type == .rar || type == .sevenZip { return accepted(type, name) }
            if isTwofold(bytes, type, file, size) { return .refused("文件里夹带了另一种内容，不能接收。请重新导出后再上传。") }
            if type == .pdf, isLocked(bytes, file, size) {
                return accepted(type, name, remark: "这个 PDF 有密码或权限保护，可能不能在线预览。")
            }
            return accepted(type, name)
        }
    }

    private static func accepted(_ type: MediaType, _ name: String, remark: String = "") -> FileInspection {
        guard !type.endings.contains(FileName.ending(of: name)) else {
            return .accepted(type: type.name, name: name, remark: remark)
        }
        let right = FileName.replacingEnding(of: name, with: type.endings[0])
        let note = "文件内容是 \(type.endings[0].uppercased())，已更正扩展名。"
        return .accepted(type: type.name, name: FileName.clean(right), remark: note + remark)
    }

    /// Only endings of plain text are text: an unknown ending may be taken for a program by some computer.
    private static func text(_ bytes: [UInt8], _ name: String) -> FileInspection {
        let ending = FileName.ending(of: name)
        guard MediaType.text.endings.contains(ending) else {
            return .refused(
                ending.isEmpty ? "文件没有扩展名，内容像是文本。请加上 .txt 再上传。" : "不能上传 .\(ending) 文件。")
        }
        return .accepted(type: MediaType.text.name, name: name, remark: "")
    }

    private static func packed(_ path: String, _ name: String, _ size: Int) -> FileInspection {
        guard let content = PackedFile(path: path) else { return .refused("压缩包或文档已损坏，打不开。请重新保存后再上传。") }
        if content.inflatedBytes > freelyInflated, content.inflatedBytes / max(size, 1) > ratio {
            return .refused("压缩包展开后过大，不能接收。")
        }
        let names = content.names
        guard names.contains("[Content_Types].xml") else {
            if names.contains("geogebra.xml") { return accepted(.geometry, name) }
            if names.contains("content.xml"), names.contains("META-INF/manifest.xml") {
                return accepted(.openDocument, name)
            }
            if names.contains("META-INF/MANIFEST.MF") || names.contains("AndroidManifest.xml") {
                return .refused("这是程序或脚本，不能上传。")
            }
            return accepted(.zip, name, remark: content.isEncrypted ? "压缩包有密码，其他人打开时需要知道密码。" : "")
        }
        if names.contains(where: { $0.lowercased().hasSuffix("vbaproject.bin") }) {
            return .refused("文档里有宏，不能接收。请另存为不含宏的 docx、xlsx 或 pptx 后再上传。")
        }
        if names.contains("word/document.xml") { return accepted(.word, name) }
        if names.contains("ppt/presentation.xml") { return accepted(.slides, name) }
        if names.contains("xl/workbook.xml") || names.contains("xl/workbook.bin") { return accepted(.sheet, name) }
        return .refused("不认识这种文档。请另存为 docx、xlsx、pptx 或 PDF 后再上传。")
    }

    private static func oldOffice(_ path: String, _ name: String) -> FileInspection {
        func utf16(_ text: String) -> Data { Data(text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }) }
        guard let found = find([utf16("EncryptedPackage"), utf16("_VBA_PROJECT"), utf16("VBA_PROJECT_CUR")], in: path)
        else { return .unreadable }
        if found.contains(0) { return .refused("文档有打开密码，平台无法检查。请去掉密码后再上传。") }
        if !found.isEmpty { return .refused("文档里有宏，不能接收。请另存为不含宏的文件后再上传。") }
        let ending = FileName.ending(of: name)
        guard let type = MediaType.oldOfficeNames[ending] else {
            return .refused("这是旧格式的 Office 文件，扩展名应为 doc、xls 或 ppt。请改正扩展名后再上传。")
        }
        return .accepted(type: type, name: name, remark: "")
    }

    /// Which of the marks stand anywhere in the file; `nil` when it cannot be read.
    private static func find(_ marks: [Data], in path: String) -> Set<Int>? {
        guard let content = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else {
            return nil
        }
        return Set(marks.indices.filter { content.range(of: marks[$0]) != nil })
    }

    /// Whether the file is of a second kind as well: a zip archive at its end, a page or a PDF at its start.
    private static func isTwofold(_ head: [UInt8], _ type: MediaType, _ file: FileHandle, _ size: Int) -> Bool {
        let start = Data(head.prefix(1024))
        if type != .pdf, start.range(of: Data("%PDF-".utf8)) != nil { return true }
        if type.name.hasPrefix("image/"), ContentMark.looksLikePage(Array(head.prefix(4096))) { return true }
        guard let tail = end(of: file, size) else { return false }
        var from = tail.startIndex
        // The directory of an archive ends exactly where the file does (APPNOTE 4.3.16).
        while let hit = tail.range(of: Data([0x50, 0x4B, 5, 6]), in: from..<tail.endIndex) {
            let comment = hit.lowerBound + 20
            if comment + 2 <= tail.endIndex,
                comment + 2 + Int(tail[comment]) + Int(tail[comment + 1]) << 8 == tail.endIndex
            {
                return true
            }
            from = hit.upperBound
        }
        return false
    }

    private static func isLocked(_ head: [UInt8], _ file: FileHandle, _ size: Int) -> Bool {
        let mark = Data("/Encrypt".utf8)
        return Data(head).range(of: mark) != nil || end(of: file, size)?.range(of: mark) != nil
    }

    private static func end(of file: FileHandle, _ size: Int) -> Data? {
        let length = min(size, edge + 1024)
        guard (try? file.seek(toOffset: UInt64(size - length))) != nil else { return nil }
        return try? file.read(upToCount: length)
    }
}
