import Dispatch
import Synchronization
import Testing

@testable import Platform

@Suite("密钥文件")
struct KeyFileTests {
    private let folder: ScratchFolder
    private let file: KeyFile

    init() throws {
        folder = try ScratchFolder()
        file = KeyFile(path: folder.path("master.key"))
    }

    @Test func `an absent file is made for its owner only, and read back as the same ring`() throws {
        let made = try file.loadOrCreate()
        #expect(try folder.mode(of: "master.key") == 0o600)
        #expect(try folder.names() == ["master.key"])
        for again in [try file.loadOrCreate(), try file.load()] {
            #expect(again.fingerprint == made.fingerprint)
            let sealed = try InternationalCrypto(made).seal("甲", context: "c")
            #expect(try InternationalCrypto(again).openText(sealed, context: "c") == "甲")
        }
    }

    @Test func `loading alone makes no file`() throws {
        #expect(throws: CryptoError.self) { try file.load() }
        #expect(throws: CryptoError.self) { try file.rotate() }
        #expect(try folder.names() == [])
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o660])
    func `a file that others may read is refused`(mode: Int) throws {
        try folder.write(KeyRing.generate().fileText, to: "master.key", mode: mode)
        #expect(throws: CryptoError.keyFile(path: file.path, reason: "其他用户可以读取。请执行 chmod 600 后重试")) {
            try file.load()
        }
    }

    @Test func `a damaged file is refused and left as it is`() throws {
        let whole = KeyRing.generate().fileText
        let lines = whole.split(separator: "\n").map(String.init)
        let damaged = [
            "", "abc", String(whole.dropLast(2)), lines[1], lines[2], lines[1] + "\n" + lines[1] + "\n" + lines[2],
            lines[1] + "\n" + lines[2] + "\n" + lines[2], whole + "note\n",
            whole.replacing("key 1 ", with: "key 0 "), whole.replacing("key 1 ", with: "key 256 "),
        ]
        for text in damaged {
            try folder.write(text, to: "master.key", mode: 0o600)
            #expect(throws: CryptoError.keyFile(path: file.path, reason: "内容不完整或被改动。请从备份恢复")) {
                try file.loadOrCreate()
            }
            #expect(try folder.text(of: "master.key") == text)
        }
    }

    @Test func `a rotation keeps the older keys and the fingerprint`() throws {
        let first = try file.loadOrCreate()
        let second = try file.rotate()
        #expect(second.keys.map(\.id) == [1, 2])
        #expect(second.current.id == 2)
        #expect(second.fingerprint == first.fingerprint)
        #expect(try file.load().keys.map(\.id) == [1, 2])
        #expect(try folder.mode(of: "master.key") == 0o600)
        #expect(try folder.names() == ["master.key"])
    }

    @Test func `many starting at once agree on one ring, and no rotation is lost`() throws {
        let file = file
        let prints = Mutex<Set<String>>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            guard let ring = try? file.loadOrCreate() else { return }
            _ = prints.withLock { $0.insert(ring.fingerprint) }
        }
        #expect(prints.withLock { $0.count } == 1)
        DispatchQueue.concurrentPerform(iterations: 40) { _ in _ = try? file.rotate() }
        #expect(try file.load().keys.map(\.id) == Array(1...41))
    }

    @Test func `a ring has 255 numbers and keeps its keys in order`() {
        var ring = KeyRing.generate()
        for _ in 2...255 { ring = ring.rotated()! }
        #expect(ring.current.id == 255)
        #expect(ring.rotated() == nil)
        #expect(KeyRing(keys: ring.keys.reversed(), lookup: ring.lookup) == nil)
        #expect(KeyRing(keys: [], lookup: ring.lookup) == nil)
        #expect(KeyRing(keys: [MasterKey(id: 1, secret: SecretBytes([1]))], lookup: ring.lookup) == nil)
    }
}
