import Foundation
import Kernel

/// Documents: a PDF, a picture of each page, and the text. A PDF is taken as it is.
enum DocumentProcessor {
    /// Pages that are shown.
    static let mostPages = 200
    /// Pixels of the longer side of a page.
    private static let side = 1600
    private static let broken = "文档打不开，可能已损坏或有密码。原文件可以下载。"
    private static let locked = "文档有打开密码，不能在线预览。去掉密码后重新上传即可。"

    static func plan(_ bench: Workbench) async throws -> ProcessingPlan {
        var plan = ProcessingPlan()
        if bench.ending == "pdf" {
            plan.facts.pages = try await pages(of: bench.input, bench)
        } else {
            plan.steps.append(ProcessingStep("pdf", convert))
        }
        if let pages = plan.facts.pages, pages > mostPages { plan.remark = "共 \(pages) 页，在线只显示前 \(mostPages) 页。" }
        plan.steps += [
            ProcessingStep("pages", draw), ProcessingStep("text", read),
            .hashing(hash),
        ]
        return plan
    }

    /// The PDF that the pages are drawn from, as programs see it.
    private static func pdf(_ bench: Workbench) -> (path: String, others: [String]) {
        bench.ending == "pdf" ? (bench.input, []) : ("/in/\(pdfName)", [pdfName])
    }
    private static let pdfName = "document.pdf"

    private static func pages(of path: String, _ bench: Workbench) async throws -> Int {
        let outcome = try await bench.run(.pdfinfo, [path])
        if outcome.complaint.contains("Incorrect password") { throw ProcessingRefusal(locked) }
        let line = outcome.text.split(separator: "\n").first { $0.hasPrefix("Pages:") }
        let number = line.flatMap { Int($0.dropFirst(6).filter { $0 != " " }) } ?? 0
        if number == 0 {
            // Says why in the words that fit.
            _ = try await bench.must(.pdfinfo, [path], else: broken)
            throw ProcessingRefusal(broken)
        }
        return number
    }

    @Sendable private static func convert(_ bench: Workbench) async throws -> StepResult {
        let arguments = [
            "-env:UserInstallation=file://\(Jail.inside)/profile", "--headless", "--norestore", "--nolockcheck",
            "--nodefault",
            "--nologo", "--convert-to", "pdf", "--outdir", Jail.inside, bench.input,
        ]
        // A small archive can hold millions of paragraphs: half the memory of the smallest machine is enough for real ones.
        let limits = ProgramLimits(seconds: 180, memoryBytes: 2 << 30)
        _ = try await bench.must(.soffice, arguments, limits, else: broken)
        // It ends well even when it could not open the file.
        guard bench.exists("source.pdf"), rename(bench.path("source.pdf"), bench.path(pdfName)) == 0 else {
            throw ProcessingRefusal(broken)
        }
        return StepResult(files: [.init(name: pdfName, mediaType: "application/pdf")])
    }

    @Sendable private static func draw(_ bench: Workbench) async throws -> StepResult {
        let (path, others) = pdf(bench)
        _ = try await bench.must(
            .pdftoppm,
            ["-jpeg", "-jpegopt", "quality=82", "-scale-to", "\(side)", "-l", "\(mostPages)", path, "page"],
            others: others, ProgramLimits(seconds: 600), else: broken)
        // pdftoppm writes as many digits as the last page has.
        let drawn = try FileManager.default.contentsOfDirectory(atPath: bench.folder).compactMap {
            name -> (Int, String)? in
            guard name.hasPrefix("page-"), name.hasSuffix(".jpg"), let number = Int(name.dropFirst(5).dropLast(4))
            else {
                return nil
            }
            return (number, name)
        }
        guard !drawn.isEmpty else { throw ProcessingRefusal(broken) }
        var result = StepResult()
        for (number, name) in drawn.sorted(by: { $0.0 < $1.0 }) {
            let kept = pageName(number)
            guard let size = JPEGSize.read(bench.path(name)) else { throw ProcessingRefusal(broken) }
            if kept != name { rename(bench.path(name), bench.path(kept)) }
            result.files.append(.init(name: kept, mediaType: "image/jpeg", width: size.width, height: size.height))
        }
        return result
    }

    /// `page-0001.jpg`
    static func pageName(_ number: Int) -> String {
        let digits = String(number)
        return "page-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ".jpg"
    }

    @Sendable private static func read(_ bench: Workbench) async throws -> StepResult {
        let (path, others) = pdf(bench)
        let outcome = try await bench.must(
            .pdftotext, ["-enc", "UTF-8", path, "-"], others: others, ProgramLimits(seconds: 120), else: broken)
        return StepResult(text: outcome.text)
    }

    /// Draws every page anew, small and grey: exactly, and with the program that drew it.
    @Sendable static func hash(_ bench: Workbench) async throws -> PictureHashes {
        let (path, others) = pdf(bench)
        _ = try await bench.must(
            .pdftoppm,
            ["-gray", "-scale-to-x", "144", "-scale-to-y", "128", "-l", "\(mostPages)", path, hashPrefix],
            others: others, ProgramLimits(seconds: 600, fileBytes: hashBytes), else: broken)
        var values: [Int: UInt64] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: bench.folder)
        where name.hasPrefix(hashPrefix + "-") && name.hasSuffix(".pgm") {
            guard let number = Int(name.dropFirst(hashPrefix.count + 1).dropLast(4)), (1...mostPages).contains(number)
            else { continue }
            values[number] = try await bench.read(name, atMost: hashBytes).flatMap(GreyPicture.init(pgm:)).map(
                PictureHash.of)
        }
        return PictureHashes(.page, (0..<(values.keys.max() ?? 0)).map { values[$0 + 1] ?? 0 })
    }

    private static let hashPrefix = "hash"
    /// Bytes of one page; it has a third of them.
    private static let hashBytes = 64 << 10
}
