import Kernel
import Testing

@testable import Identity

@Suite("密码散列")
struct PasswordHasherTests {
    private let hasher = PasswordHasher(cost: .minimal)

    @Test func `a stored string names algorithm, cost and salt, and matches its password only`() async throws {
        let stored = try await hasher.hash("Kubate-Fuzena-7394")
        #expect(stored.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$"))
        #expect(try await hasher.verify("Kubate-Fuzena-7394", against: stored))
        #expect(try await !hasher.verify("kubate-Fuzena-7394", against: stored))
        #expect(try await !hasher.verify("", against: stored))
        #expect(try await hasher.hash("Kubate-Fuzena-7394") != stored)
    }

    @Test func `the standard cost is as published, and a string made by another program matches`() async throws {
        #expect(PasswordHasher.Cost.standard == PasswordHasher.Cost(passes: 2, memory: 19 * 1024, lanes: 1))
        let foreign = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        #expect(try await hasher.verify("password", against: foreign))
        #expect(try await !hasher.verify("passwore", against: foreign))
    }

    @Test func `without an account, or with a string that is no hash, nothing matches`() async throws {
        #expect(try await !hasher.verify("x", against: nil))
        let other = "$argon2i$v=19$m=8,t=1,p=1$YWJjZGVmZ2g$eA"
        for stored in ["", "!", "x", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$$", other] {
            #expect(try await !hasher.verify("x", against: stored))
        }
    }

    @Test func `a stored string of absurd cost is not tried, even if it would match`() async throws {
        let slow = "$argon2id$v=19$m=8,t=101,p=1$c29tZXNhbHQ$KqmoDPFTTkHEMBEzc42J2JD7thnsidCmnxbRDaGej+I"
        #expect(try await !hasher.verify("password", against: slow))
        #expect(!PasswordHasher.Cost(passes: 1, memory: 2 << 20).isAffordable)
        #expect(PasswordHasher.Cost.standard.isAffordable)
    }

    @Test func `another cost asks for a new hash`() async throws {
        let stored = try await hasher.hash("x")
        #expect(!hasher.needsRehash(stored))
        let stronger = PasswordHasher(cost: .init(passes: 2, memory: 16))
        #expect(stronger.needsRehash(stored))
        #expect(try await stronger.verify("x", against: stored))
        #expect(hasher.needsRehash(stored.replacing("v=19", with: "v=16")))
        #expect(hasher.needsRehash("!"))
    }

    @Test func `full-width input is the same password`() async throws {
        let stored = try await hasher.hash("Ｆｃｇ２０１５！")
        #expect(try await hasher.verify("Fcg2015!", against: stored))
    }

    @Test func `a password beyond the limit is refused and never matches`() async throws {
        let long = String(repeating: "a", count: PasswordHasher.byteLimit + 1)
        await #expect(throws: DomainError.self) { try await hasher.hash(long) }
        #expect(try await !hasher.verify(long, against: try await hasher.hash(String(long.dropLast()))))
    }

    @Test func `after shutdown nothing is taken on`() async throws {
        await hasher.shutdown()
        await hasher.shutdown()
        await #expect(throws: DomainError.self) { try await hasher.hash("x") }
        await #expect(throws: DomainError.self) { try await hasher.verify("x", against: nil) }
    }
}

@Suite("密码散列线程")
struct HashingPoolTests {
    /// A pool of one thread that is busy until `open` is called.
    private final class BusyPool: Sendable {
        let pool: HashingPool
        let gate = Gate()
        let first: Task<Int, any Error>

        init(queueLimit: Int) async {
            let pool = HashingPool(threads: 1, queueLimit: queueLimit)
            let gate = gate
            let (started, signal) = AsyncStream.makeStream(of: Void.self)
            self.pool = pool
            first = Task {
                try await pool.run {
                    signal.finish()
                    gate.wait()
                    return 0
                }
            }
            for await _ in started {}
        }

        /// Queues work and returns once it waits.
        func enqueue(_ value: Int) async -> Task<Int, any Error> {
            let (pool, count) = (pool, pool.waitingCount)
            let task = Task { try await pool.run { value } }
            while pool.waitingCount == count { await Task.yield() }
            return task
        }
    }

    @Test func `the pool refuses what exceeds its queue, and takes more when there is room again`() async throws {
        let busy = await BusyPool(queueLimit: 2)
        let waiting = [await busy.enqueue(1), await busy.enqueue(2)]
        let refusal = await #expect(throws: DomainError.self) { try await busy.pool.run { 3 } }
        guard case .unavailable("登录人数较多，请稍后再试")? = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        busy.gate.open()
        #expect(try await busy.first.value == 0)
        #expect(try await waiting[0].value == 1)
        #expect(try await waiting[1].value == 2)
        #expect(try await busy.pool.run { 4 } == 4)
        await busy.pool.shutdown()
    }

    @Test func `who goes away leaves the queue`() async throws {
        let busy = await BusyPool(queueLimit: 1)
        let leaving = await busy.enqueue(1)
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        #expect(busy.pool.waitingCount == 0)
        let staying = await busy.enqueue(2)
        busy.gate.open()
        #expect(try await staying.value == 2)
        await busy.pool.shutdown()
    }

    @Test func `a task cancelled beforehand does not wait`() async throws {
        let busy = await BusyPool(queueLimit: 1)
        let pool = busy.pool
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await pool.run { 1 }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(pool.waitingCount == 0)
        busy.gate.open()
        await pool.shutdown()
    }

    @Test func `shutdown finishes what waits and takes nothing more`() async throws {
        let busy = await BusyPool(queueLimit: 8)
        var waiting: [Task<Int, any Error>] = []
        for value in 1...8 { waiting.append(await busy.enqueue(value)) }
        busy.pool.close()
        await #expect(throws: DomainError.self) { try await busy.pool.run { 9 } }
        busy.gate.open()
        await busy.pool.shutdown()
        #expect(busy.pool.waitingCount == 0)
        for (index, task) in waiting.enumerated() { #expect(try await task.value == index + 1) }
    }

    @Test func `two threads work at once, and an error reaches its caller`() async throws {
        struct Broken: Error {}
        let pool = HashingPool(threads: 2, queueLimit: 8)
        let (here, there) = (Gate(), Gate())
        async let one: Void = pool.run {
            here.open()
            there.wait()
        }
        async let other: Void = pool.run {
            there.open()
            here.wait()
        }
        _ = try await (one, other)
        await #expect(throws: Broken.self) { try await pool.run { throw Broken() } }
        await pool.shutdown()
    }
}
