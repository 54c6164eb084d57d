import Database
import Foundation
import Kernel
import TestKit
import Testing

@testable import Resources

/// Choosing what fits into a budget of bytes.
@Suite("Light packs")
struct LightPackTests {
    private func file(_ number: Int, _ sizes: [Int], sha: [String]? = nil) -> LightFile {
        LightFile(
            item: ID("item\(number)"), title: "资源\(number)", name: "\(number).mp4",
            renditions: sizes.enumerated().map { place, size in
                LightRendition(
                    label: "\(place)", name: "\(number)-\(place)", size: size,
                    sha256: sha?[place] ?? "\(number)-\(place)",
                    path: "")
            })
    }

    @Test("Smaller renditions before leaving out, the lowest ranked left out, and room used for the first")
    func choice() {
        let files = [file(1, [10, 30, 90]), file(2, [10, 30]), file(3, [15])]
        func told(_ budget: Int) -> String {
            let pack = LightPack(files, budget: budget)
            return pack.chosen.map { "\($0.rendition.size)" }.joined(separator: ",")
                + "|\(pack.leftOut.count)|\(pack.bytes)"
        }
        #expect(told(200) == "90,30,15|0|135")
        #expect(told(115) == "90,10,15|0|115")
        #expect(told(60) == "30,10,15|0|55")
        #expect(told(35) == "10,10,15|0|35")
        #expect(told(34) == "10,10|1|20", "no room for the third, and none to be gained by the others")
        #expect(told(9) == "|3|0")
        let reduced = LightPack(files, budget: 115).chosen.map(\.isReduced)
        #expect(reduced == [false, true, false])
    }

    @Test("The same content is counted once")
    func shared() {
        let files = [file(1, [50], sha: ["a"]), file(2, [50], sha: ["a"]), file(3, [50], sha: ["b"])]
        let pack = LightPack(files, budget: 60)
        #expect(pack.chosen.map(\.file.item) == [ID("item1"), ID("item2")] && pack.bytes == 50)
        #expect(pack.leftOut.map(\.item) == [ID("item3")])
    }

    @Test("Never over the budget, the same every time, and nothing left out that would have fitted in its turn")
    func property() {
        var dice = Dice(seed: 11)
        for _ in 0..<2000 {
            let files = (0..<Int.random(in: 0...12, using: &dice)).map { number -> LightFile in
                let sizes = Set(
                    (0..<Int.random(in: 1...4, using: &dice)).map { _ in Int.random(in: 1...100, using: &dice) }
                )
                .sorted()
                // Now and then a content that others have too.
                let sha = sizes.map { size in
                    Int.random(in: 0...3, using: &dice) == 0 ? "shared-\(size)" : "\(number)-\(size)"
                }
                return file(number, sizes, sha: sha)
            }
            let budget = Int.random(in: 0...300, using: &dice), pack = LightPack(files, budget: budget)
            let contents = Dictionary(pack.chosen.map { ($0.rendition.sha256, $0.rendition.size) }) { first, _ in first
            }
            #expect(contents.values.reduce(0, +) == pack.bytes && pack.bytes <= budget)
            #expect(pack.chosen.count + pack.leftOut.count == files.count)
            let mixed = files.map { file in
                LightFile(
                    item: file.item, title: file.title, name: file.name,
                    renditions: file.renditions.shuffled(using: &dice))
            }
            let again = LightPack(mixed, budget: budget)
            #expect(again.chosen.map(\.rendition) == pack.chosen.map(\.rendition))
            #expect(again.leftOut.map(\.item) == pack.leftOut.map(\.item))
            // The first of all is left out only when it does not fit by itself.
            if let first = files.first, let smallest = first.ascending.first, smallest.size <= budget {
                #expect(pack.chosen.first?.file.item == first.item)
            }
        }
    }

    @Test("The first of every lesson goes before the second of any", arguments: TestDatabase.allCases)
    func ranks(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let items = try await [
                made.made.published(ResourceCity.content("一")), made.made.published(ResourceCity.content("二")),
                made.made.published(ResourceCity.content("三")),
            ]
            let node = try await made.made.node().id
            let (first, second) = (made.target(made.own), made.target(made.own, period: 2))
            _ = try await made.push { try $0.send([items[0], items[1]], for: node, to: [first]) }
            _ = try await made.push { try $0.send([items[2], items[1]], for: node, to: [second]) }
            let li = try await made.city.user(.li), review = made.city.platform.resources.office
            let school = made.made.school.id
            func pack(for user: CurrentUser) async throws -> SchoolDayPack {
                try await made.database.read { try SchoolDayPack(school, on: LessonCity.monday, for: user, review, $0) }
            }
            let day = try await pack(for: li)
            #expect(day.pack.chosen.map(\.file.item) == [items[0], items[2], items[1]] && day.pack.leftOut.isEmpty)
            #expect(day.budget == LightBudget.usual)
            let manifest = LightManifest(day), text = String(decoding: try manifest.json, as: UTF8.self)
            #expect(manifest.files.allSatisfy { text.contains($0.rendition.sha256) } && manifest.files.count == 3)
            #expect(try JSONDecoder().decode(LightManifest.self, from: Data(try manifest.json)) == manifest)
            for member in [TestCity.Member.zhao, .dongxing] {
                let user = try await made.city.user(member)
                await #expect(throws: DomainError.self, "\(member)") { _ = try await pack(for: user) }
            }
        }
    }
}
