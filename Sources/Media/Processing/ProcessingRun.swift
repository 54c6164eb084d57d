import Database
import Foundation
import Kernel
import Logging
import Platform

/// The jobs of processing. Each step's results are kept before the next begins, so a job that is taken up again after its
/// worker died goes on where it was; what was made twice is kept once.
struct ProcessingRun: Sendable {
    let database: Database
    let files: FileStore
    let uploads: MediaUploads
    let programs: Programs
    /// Folders of work under way.
    let folder: String
    let logger: Logger
    let now: @Sendable () -> Timestamp
    /// Told of each moment in which a worker might die; a test lets it die there.
    var moment: @Sendable (String) throws -> Void = { _ in }

    init(
        database: Database, files: FileStore, uploads: MediaUploads, programs: Programs, folder: String, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        (self.database, self.files, self.uploads, self.programs) = (database, files, uploads, programs)
        (self.folder, self.logger, self.now) = (folder, logger, now)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    static let gaveUp = "多次处理没有成功，已停止。原文件可以下载。"

    /// - Parameter kinds: of `ProcessingKind.jobKind`.
    func handler(_ kind: String) -> JobHandler {
        JobHandler(kind) { context in try await run(context) }
    }

    private func run(_ context: JobContext) async throws -> String {
        let sha256 = context.job.payload
        guard let entry = try await database.read({ try ProcessingStore($0).entry(sha256) }) else { return "文件已经不用" }
        guard entry.state == .waiting else { return "已经处理过" }
        do {
            return try await process(entry, context)
        } catch let refusal as ProcessingRefusal {
            try await end(entry, .failed, refusal.words)
            return refusal.words
        } catch let fault as Workbench.JailFault {
            logger.error("no jail for processing", metadata: ["error": "\(fault.complaint)"])
            return try await wait(entry, "本机不能使用 bubblewrap")
        } catch DomainError.notFound {
            let words = "文件的内容找不到，请联系平台管理员。"
            try await end(entry, .failed, words)
            return words
        } catch  where !(error is CancellationError) && context.job.attempts >= JobStore.attempts {
            try await end(entry, .failed, ProcessingRun.gaveUp)
            throw error
        }
    }

    private func process(_ entry: ProcessingStore.Entry, _ context: JobContext) async throws -> String {
        let missing = programs.missing(for: entry.kind, ending: entry.ending)
        guard missing.isEmpty else { return try await wait(entry, "未安装 " + missing.joined(separator: "、")) }
        let progress = StepProgress()
        return try await withBench(for: entry, progress) { try await process(entry, on: $0, progress, context) }
    }

    /// Readies a folder for work on the content, and clears it away.
    func withBench<T: Sendable>(
        for entry: ProcessingStore.Entry, _ progress: StepProgress, _ body: (Workbench) async throws -> T
    ) async throws -> T {
        let source = try await uploads.localPath(of: entry.sha256)
        let place = "\(folder)/\(Identifiers.next())"
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: place) }  // a left-over is swept after a day
        let database = database, uploads = uploads
        let bench = Workbench(
            source: source, ending: entry.ending, size: ProcessingRun.size(of: source), folder: place,
            programs: programs, progress: progress,
            made: { name in
                let found = try await database.read { try ProcessingStore($0).made(name, of: entry) }
                guard let found else { throw DomainError.notFound }
                return try await uploads.localPath(of: found.sha256)
            })
        if entry.kind.needsJail { try Jail(programs: programs, folder: place).prepare() }
        return try await body(bench)
    }

    private func process(
        _ entry: ProcessingStore.Entry, on bench: Workbench, _ progress: StepProgress, _ context: JobContext
    ) async throws -> String {
        try await context.report(0, of: 100, "正在查看")
        let plan = try await ProcessingRun.plan(entry, bench)
        try await database.write { try ProcessingStore($0).note(plan.facts, of: entry.sha256) }
        let done = try await database.read { try ProcessingStore($0).stepsDone(entry) }
        for (number, step) in plan.steps.enumerated() where !done.contains(step.name) {
            try moment("before \(step.name)")
            let result = try await withProgress(progress, number, of: plan.steps.count, context) {
                try await step.run(bench)
            }
            try await keep(result, of: entry, step: step.name, bench)
        }
        try moment("before the end")
        try await end(entry, .done, plan.remark)
        return plan.remark.isEmpty ? "已处理" : plan.remark
    }

    private static func plan(_ entry: ProcessingStore.Entry, _ bench: Workbench) async throws -> ProcessingPlan {
        switch entry.kind {
        case .video: try await VideoProcessor.plan(bench)
        case .audio: try await VideoProcessor.plan(bench, isAudio: true)
        case .document: try await DocumentProcessor.plan(bench)
        case .image: try await ImageProcessor.plan(bench)
        case .subtitle: try TextProcessor.plan(bench, isSubtitle: true)
        case .text: try TextProcessor.plan(bench, isSubtitle: false)
        }
    }

    private static func size(of path: String) -> Int {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }

    /// Runs a step and tells every few seconds how far it is, which also keeps the job.
    private func withProgress<T: Sendable>(
        _ progress: StepProgress, _ number: Int, of count: Int, _ context: JobContext,
        _ body: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        progress.value = 0
        @Sendable func tell() async {
            let percent = Int((Double(number) + progress.value) * 100 / Double(count))
            // What cannot be told now is told the next time.
            try? await context.report(percent, of: 100, "第 \(number + 1) 步，共 \(count) 步")
        }
        await tell()
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .seconds(5))
                    await tell()
                }
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else { throw CancellationError() }
            return value
        }
    }

    private func keep(
        _ result: StepResult, of entry: ProcessingStore.Entry, step: String, _ bench: Workbench
    ) async throws {
        var outputs: [ProcessingStore.Output] = []
        for file in result.files {
            let path = bench.path(file.name)
            let (sha256, size) = try await SheetRowFeed.onThread {
                try ProcessingRun.sync(path)
                return (Hex.encode(try SHA256.hash(fileAt: path)), ProcessingRun.size(of: path))
            }
            try await uploads.storage.put(fileAt: path, sha256: sha256, size: size)
            outputs.append(
                .init(
                    name: file.name, sha256: sha256, size: size, mediaType: file.mediaType, width: file.width,
                    height: file.height))
        }
        try moment("stored \(step)")
        let now = now(), files = files, kept = outputs
        try await database.write { db in
            let store = ProcessingStore(db)
            if let text = result.text { try store.setText(text, of: entry.sha256, now: now) }
            if let hashes = result.hashes { try PictureHashStore(db).set(hashes, of: entry.sha256, now: now) }
            try store.add(kept, of: entry, step: step, files: files, now: now)
        }
        try moment("kept \(step)")
    }

    private static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DomainError.unavailable("处理的结果没有存下。") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DomainError.unavailable("处理的结果没有存下。") }
    }

    private func wait(_ entry: ProcessingStore.Entry, _ words: String) async throws -> String {
        try await end(entry, .missing, words)
        return "待处理（\(words)）"
    }

    private func end(_ entry: ProcessingStore.Entry, _ state: MediaView.State, _ remark: String) async throws {
        let now = now()
        try await database.write { try ProcessingStore($0).end(entry, state, remark: remark, now: now) }
    }

    /// Asks anew for what an older version processed and for what waited for a program that is there now, forgets what
    /// nobody names any more, and clears away what dead workers left.
    func tend() async throws {
        let now = now()
        for kind in ProcessingKind.allCases {
            while try await renew(kind, now: now) == ProcessingRun.slice {}
        }
        try await scheduleHashes()
        let old = now.adding(days: -1)
        while try await forget(before: old) == ProcessingRun.slice {}
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let path = "\(folder)/\(name)"
            let facts = try? FileManager.default.attributesOfItem(atPath: path)  // gone meanwhile
            guard let date = facts?[.modificationDate] as? Date, date.timeIntervalSinceNow < -86_400 else { continue }
            try? FileManager.default.removeItem(atPath: path)  // tried again the next time
        }
    }

    private static let slice = 200

    private func renew(_ kind: ProcessingKind, now: Timestamp) async throws -> Int {
        // A PDF needs the fewest programs of all documents.
        let isReady = programs.missing(for: kind, ending: "pdf").isEmpty, programs = programs
        return try await database.write { db in
            let store = ProcessingStore(db)
            let entries = try store.renewable(kind, isReady: isReady, limit: ProcessingRun.slice)
            var count = 0
            for entry in entries where programs.missing(for: kind, ending: entry.ending).isEmpty {
                guard try store.renew(entry, now: now) else { continue }
                try store.enqueue(entry, by: nil, now: now)
                count += 1
            }
            return count
        }
    }

    private func forget(before: Timestamp) async throws -> Int {
        try await database.write { try ProcessingStore($0).forgetUnnamed(before: before, limit: ProcessingRun.slice) }
    }
}
