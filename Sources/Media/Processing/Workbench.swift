import Foundation
import Kernel
import Platform

/// The content cannot be shown, and trying again would change nothing. The words are for people.
struct ProcessingRefusal: Error {
    let words: String
    init(_ words: String) { self.words = words }
}

/// How far one step is.
final class StepProgress: @unchecked Sendable {
    private let lock = NSLock()
    // Guarded by the lock.
    private var done = 0.0

    /// From 0 to 1.
    var value: Double {
        get { lock.withLock { done } }
        set { lock.withLock { done = min(1, max(0, newValue)) } }
    }
}

/// What a processor has at hand while it works on one content.
struct Workbench: Sendable {
    /// Where the content lies; it is not to be changed.
    let source: String
    /// Of the content's name; one of those that `ProcessingKind` knows.
    let ending: String
    /// Bytes of the content.
    let size: Int
    /// Gone afterwards.
    let folder: String
    let programs: Programs
    let progress: StepProgress
    /// Where a file lies that an earlier step made.
    let made: @Sendable (String) async throws -> String

    /// The name under which programs see the content.
    var input: String { "/in/\(inputName)" }
    private var inputName: String { "source." + ending }

    /// - Parameters:
    ///   - others: files of earlier steps, by name, which then stand in `/in`.
    ///   - seconds: of the recording, to tell how far ffmpeg is by what it reports.
    func run(
        _ program: Program, _ arguments: [String], others: [String] = [], _ limits: ProgramLimits = ProgramLimits(),
        lasting seconds: Double? = nil
    ) async throws -> ProgramOutcome {
        var inputs = [(name: inputName, path: source)]
        for name in others { inputs.append((name, try await made(name))) }
        let jail = Jail(programs: programs, folder: folder), progress = progress
        progress.value = 0
        return try await jail.run(program, arguments, inputs: inputs, limits) { line in
            guard let seconds, seconds > 0, line.hasPrefix("out_time_us="), let at = Double(line.dropFirst(12)) else {
                return
            }
            progress.value = at / 1_000_000 / seconds
        }
    }

    /// The same, for a program whose failure is the content's fault.
    func must(
        _ program: Program, _ arguments: [String], others: [String] = [], _ limits: ProgramLimits = ProgramLimits(),
        lasting seconds: Double? = nil, else words: String
    ) async throws -> ProgramOutcome {
        let outcome = try await run(program, arguments, others: others, limits, lasting: seconds)
        if outcome.isTimeout { throw ProcessingRefusal("处理时间过长，已停止。原文件可以下载。") }
        guard outcome.isGood else {
            if outcome.complaint.contains("No space left") {
                throw DomainError.unavailable("服务器的存储空间不足，稍后再处理。")
            }
            // bwrap could not even make the jail.
            if outcome.complaint.hasPrefix("bwrap: ") { throw JailFault(complaint: outcome.complaint) }
            throw ProcessingRefusal(words)
        }
        return outcome
    }

    /// The jail cannot be made on this machine, or not now.
    struct JailFault: Error { let complaint: String }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func exists(_ name: String) -> Bool { access(path(name), R_OK) == 0 }

    /// What a program left, when it is a plain file of at most so many bytes: no link out of the folder, and no pipe that
    /// never ends. `nil` otherwise.
    func read(_ name: String, atMost limit: Int) async throws -> [UInt8]? {
        let path = path(name)
        return try await SheetRowFeed.onThread {
            let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            var facts = stat()
            guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_size <= limit else {
                return nil
            }
            return try file.readToEnd().map { [UInt8]($0) } ?? []
        }
    }
}

/// What a step made: files in the folder of the workbench, text, and hashes of pictures.
struct StepResult: Sendable {
    struct File: Sendable {
        /// In the folder, and among the derived files of the content.
        let name: String
        let mediaType: String
        var width = 0
        var height = 0
    }

    var files: [File] = []
    var text: String?
    /// What its pictures look like.
    var hashes: PictureHashes?
}

/// One part of the work, whose results are kept before the next begins; it is not done twice.
struct ProcessingStep: Sendable {
    let name: String
    let run: @Sendable (Workbench) async throws -> StepResult

    init(_ name: String, _ run: @escaping @Sendable (Workbench) async throws -> StepResult) {
        (self.name, self.run) = (name, run)
    }
}

/// What is to be done with a content, after a look at it.
struct ProcessingPlan: Sendable {
    var facts = MediaFacts()
    /// Something people should know though all went well.
    var remark = ""
    var steps: [ProcessingStep] = []
}
