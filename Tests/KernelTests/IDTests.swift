import Kernel
import Testing

@Suite("标识") struct IDTests {
    @Test func `keys made one after the other sort in the order they were made`() {
        let keys = (0..<10_000).map { _ in Identifiers.next() }
        #expect(keys == keys.sorted())
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { $0.utf8.count == 26 })
    }

    @Test func `a later millisecond gives a greater key`() {
        let base = Timestamp.now.milliseconds + 60_000
        let a = Identifiers.next(now: Timestamp(milliseconds: base))
        let b = Identifiers.next(now: Timestamp(milliseconds: base + 1))
        #expect(a < b)
    }

    @Test(arguments: [
        "", "abc", "01jz!aaaaaaaaaaaaaaaaaaaaa", "01JZ0000000000000000000000", "01jz00000000000000000000000",
    ])
    func `text that is no key is refused`(text: String) {
        #expect(ID<Person>(checking: text) == nil)
    }
}
