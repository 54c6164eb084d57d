import Foundation

/// How a program ended.
struct ProgramOutcome: Sendable {
    /// Its exit status; 128 and the signal when it was killed.
    let status: Int32
    /// Standard output, as far as it was kept.
    let output: [UInt8]
    /// The end of what it complained about.
    let complaint: String
    let isTimeout: Bool

    var isGood: Bool { status == 0 && !isTimeout }
    var text: String { String(decoding: output, as: UTF8.self) }
}

/// Starts a program from a list of arguments, never by way of a shell, as the head of a process group of its own, and ends
/// the whole group when its time is over or nobody waits any more.
enum ProgramRun {
    /// Bytes kept of standard output.
    private static let mostOutput = 8 << 20
    private static let mostComplaint = 4096
    /// What the program sees of the server's environment.
    private static let environment = ["PATH=/usr/bin:/bin", "LANG=C.UTF-8"]

    struct NotStarted: Error { let path: String, code: Int32 }

    /// - Parameters:
    ///   - seconds: how long it may run.
    ///   - onLine: gets each line of standard output as it comes, on the thread that waits.
    static func run(
        _ path: String, _ arguments: [String], seconds: Int, onLine: (@Sendable (String) -> Void)? = nil
    ) async throws -> ProgramOutcome {
        let flag = Flag()
        // The thread that starts it also waits for it: a jail dies with the thread that made it.
        let outcome = try await withTaskCancellationHandler {
            try await ProgramThread.run {
                try wait(try start(path, arguments), seconds: seconds, flag, onLine)
            }
        } onCancel: {
            flag.set()
        }
        try Task.checkCancellation()
        return outcome
    }

    /// Of glibc 2.34 and later; its header hides it from Swift.
    private typealias CloseFrom =
        @Sendable @convention(c) (
            UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32
        ) -> Int32
    private static let closeFrom: CloseFrom? = {
        let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np")
        return symbol.map { unsafeBitCast($0, to: CloseFrom.self) }
    }()

    private struct Started {
        let process: pid_t
        let output: Int32
        let complaint: Int32
    }

    private static func start(_ path: String, _ arguments: [String]) throws -> Started {
        var ends: [Int32] = [-1, -1, -1, -1]
        guard pipe(&ends) == 0 else { throw NotStarted(path: path, code: errno) }
        let output = (read: ends[0], write: ends[1])
        guard pipe(&ends) == 0 else {
            close(output.read)
            close(output.write)
            throw NotStarted(path: path, code: errno)
        }
        let complaint = (read: ends[0], write: ends[1])
        defer {
            close(output.write)
            close(complaint.write)
        }
        var actions = posix_spawn_file_actions_t(), attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, complaint.write, 2)
        // Nothing of the server's, such as its connections, is left open in the program.
        guard let closeFrom = ProgramRun.closeFrom, closeFrom(&actions, 3) == 0 else {
            close(output.read)
            close(complaint.read)
            throw NotStarted(path: path, code: ENOSYS)
        }
        var none = sigset_t(), all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for text in words + variables { free(text) } }
        var process = pid_t()
        let code = posix_spawn(&process, path, &actions, &attributes, words, variables)
        guard code == 0 else {
            close(output.read)
            close(complaint.read)
            throw NotStarted(path: path, code: code)
        }
        return Started(process: process, output: output.read, complaint: complaint.read)
    }

    private static func wait(
        _ started: Started, seconds: Int, _ flag: Flag, _ onLine: ((String) -> Void)?
    ) throws -> ProgramOutcome {
        defer {
            close(started.output)
            close(started.complaint)
        }
        var output: [UInt8] = [], complaint: [UInt8] = [], line: [UInt8] = [], isTimeout = false
        var ends = [
            pollfd(fd: started.output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: started.complaint, events: Int16(POLLIN), revents: 0),
        ]
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var end = ContinuousClock.now + .seconds(seconds), isKilled = false
        while ends.contains(where: { $0.fd >= 0 }) {
            let isLate = ContinuousClock.now >= end
            // Whoever still holds the pipes after the group was killed is none of ours.
            if isKilled && isLate { break }
            if !isKilled && (isLate || flag.isSet) {
                isTimeout = isLate
                kill(-started.process, SIGKILL)
                (isKilled, end) = (true, ContinuousClock.now + .seconds(5))
            }
            guard poll(&ends, 2, 200) > 0 else { continue }
            for index in ends.indices where ends[index].fd >= 0 && ends[index].revents != 0 {
                let count = read(ends[index].fd, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    ends[index].fd = -1
                    continue
                }
                let piece = buffer[..<count]
                if index == 1 {
                    complaint = Array((complaint + piece).suffix(mostComplaint))
                } else {
                    if output.count < mostOutput { output += piece.prefix(mostOutput - output.count) }
                    if let onLine { lines(piece, &line, onLine) }
                }
            }
        }
        var state: Int32 = 0
        while waitpid(started.process, &state, 0) < 0 && errno == EINTR {}
        // The low seven bits are the signal that ended it, the next byte its exit status (waitpid(2)).
        let signal = state & 0x7F
        return ProgramOutcome(
            status: signal == 0 ? (state >> 8) & 0xFF : 128 + signal, output: output,
            complaint: String(decoding: complaint, as: UTF8.self), isTimeout: isTimeout)
    }

    private static func lines(_ piece: ArraySlice<UInt8>, _ line: inout [UInt8], _ onLine: (String) -> Void) {
        for byte in piece {
            if byte == 0x0A {
                onLine(String(decoding: line, as: UTF8.self))
                line = []
            } else if line.count < 1000 {
                line.append(byte)
            }
        }
    }
}

/// Told once, from any thread.
final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    // Guarded by the lock.
    private var value = false

    var isSet: Bool { lock.withLock { value } }
    func set() { lock.withLock { value = true } }
}

/// A thread for a program that runs for long.
enum ProgramThread {
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try work() }) }
            thread.name = "program"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }
}
