import Foundation
import Kernel
import Testing

@testable import Resources

@Suite("Archive of one's own resources")
struct ItemArchiveTests {
    private func archive(_ files: [ItemArchive.Entry.File]) -> ItemArchive {
        let entry = ItemArchive.Entry(
            identifier: "FCG:RES:1", state: "已发", version: 1, authors: ["王老师"], school: "实验小学",
            content: ResourceCity.content(), lessons: [], adaptedFrom: nil, publishedAt: nil, files: files)
        return ItemArchive(author: "王老师", madeAt: .now, entries: [entry])
    }

    private func file(_ name: String, _ sha256: String, size: Int = 3) -> ItemArchive.Entry.File {
        .init(path: "files/1/" + name, name: name, size: size, sha256: sha256)
    }

    @Test("A content that is not there is told and keeps nothing else out")
    func missing() throws {
        let folder = NSTemporaryDirectory() + "santong-archive-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears what is left over
        try Data("灯塔正文".utf8).write(to: URL(fileURLWithPath: folder + "/there"))
        let path = folder + "/archive.zip"
        try archive([file("在.txt", "there"), file("丢了.txt", "lost")]).write(to: path) { folder + "/" + $0 }
        let text = String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
        #expect(text.contains("灯塔正文") && text.contains("files/1/在.txt"))
        #expect(text.contains("\"isMissing\" : true") && text.contains("丢了.txt（制作存档时读不到"))
    }

    @Test("What takes long is left to a job, in parts that hold everything in order")
    func parts() {
        #expect(!archive([file("a", "1", size: 1 << 20)]).isLarge)
        #expect(archive([file("a", "1", size: 150 << 20), file("b", "2", size: 150 << 20)]).isLarge)
        #expect(archive((0...2000).map { file("\($0)", "1") }).isLarge)
        func sizes(_ entries: [[Int]], _ limit: Int = 10, files most: Int = 100) -> [[[Int]]] {
            let all = entries.map { sizes in
                archive(sizes.enumerated().map { file("\($0.offset)", "1", size: $0.element) }).entries[0]
            }
            return ArchiveOrder.parts(all, bytes: limit, files: most).map { $0.map { $0.files.map(\.size) } }
        }
        #expect(sizes([[3, 3], [4], [1], [9]]) == [[[3, 3], [4]], [[1], [9]]])
        // One that is larger than a part is cut between its files, and one file is never cut.
        #expect(sizes([[2], [6, 6, 3], [20], [1]]) == [[[2], [6]], [[6, 3]], [[20]], [[1]]])
        #expect(sizes([[1, 1, 1], [1]], files: 2) == [[[1, 1]], [[1], [1]]])
        // A resource without files is told of as well.
        #expect(sizes([[], [1]]) == [[[], [1]]] && sizes([]) == [])
    }

    @Test("A long name keeps its ending")
    func names() {
        let id = ID<Item>("1")
        #expect(ItemArchive.path(id, 2, "教案.docx") == "files/1/2-教案.docx")
        let long = ItemArchive.path(id, 1, String(repeating: "长", count: 200) + ".docx")
        #expect(long.hasSuffix("长.docx") && long.count < 100)
        #expect(ItemArchive.path(id, 1, "a/../b:c") == "files/1/1-a_.._b_c")
    }

    @Test("One archive at a time for each, and few together")
    func desk() {
        let desk = ArchiveDesk(), people = (0..<4).map { _ in ID<Person>.new() }
        #expect(desk.begin(people[0]))
        #expect(!desk.begin(people[0]))
        #expect(desk.begin(people[1]) && desk.begin(people[2]) && !desk.begin(people[3]))
        desk.end(people[0])
        #expect(desk.begin(people[3]))
    }

    @Test("Lines of a text stay lines, however a browser ends them")
    func lines() {
        #expect(FormValuesText.paragraphs("第一行\r\n第二行\n\r\n第四行\r\n") == "第一行\n第二行\n\n第四行")
    }
}
