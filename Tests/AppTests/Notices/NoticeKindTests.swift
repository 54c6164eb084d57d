import Foundation
import Platform
import Testing

@testable import App

/// A stored notice keeps the name of its kind, and people choose by its title.
@Suite("Kinds of notices") struct NoticeKindTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources")

    @Test("Every kind that the code declares is listed, with a name and a Chinese title of its own")
    func declared() throws {
        let files = try FileManager.default.subpathsOfDirectory(atPath: NoticeKindTests.sources.path)
        var declared: Set<String> = []
        for file in files where file.hasSuffix(".swift") {
            let text = try String(contentsOf: NoticeKindTests.sources.appendingPathComponent(file), encoding: .utf8)
            for match in text.matches(of: #/NoticeKind\(\s*"([^"]+)"/#) { declared.insert(String(match.output.1)) }
        }
        let kinds = CityPlatform.noticeKinds
        #expect(declared == Set(kinds.map(\.name)) && declared.count > 15)
        #expect(Set(kinds.map(\.name)).count == kinds.count && Set(kinds.map(\.title)).count == kinds.count)
        for kind in kinds {
            #expect(kind.name.wholeMatch(of: #/[a-z]+\.[a-z_]+\.[a-z_]+/#) != nil, "\(kind.name)")
            #expect((2...10).contains(kind.title.count), "\(kind.title)")
            #expect(kind.title.unicodeScalars.allSatisfy { (0x4E00...0x9FFF).contains($0.value) }, "\(kind.title)")
        }
    }
}
