import Testing

@testable import Resources

/// What may be saved and what may be handed in.
@Suite("Rules of resources")
struct ItemContentTests {
    private func fields(_ content: ItemContent, files: Int = 1, adapting parent: String? = nil) -> Set<String> {
        Set(content.problems(files: files, adapting: parent.flatMap { ResourceLists.licence($0) }).map(\.field))
    }

    private var whole: ItemContent {
        ItemContent(title: "教案", type: "lesson-plan", nodes: ["n"], isStated: true)
    }

    @Test("A whole one passes, each missing part is told at its field")
    func parts() {
        #expect(fields(whole).isEmpty)
        #expect(fields(whole, files: 0) == ["file"])
        for (change, field): ((inout ItemContent) -> Void, String) in [
            ({ $0.title = "" }, "title"), ({ $0.type = "plan" }, "type"), ({ $0.nodes = [] }, "node"),
            ({ $0.isStated = false }, "stated"), ({ $0.origin = "licensed" }, "source"),
            ({ $0.licence = "none" }, "licence"), ({ $0.audience = [] }, "audience"), ({ $0.minutes = 0 }, "minutes"),
            ({ $0.tags = Array(repeating: "标", count: 11) }, "tags"), ({ $0.origin = "adapted" }, "origin"),
        ] {
            var content = whole
            change(&content)
            #expect(fields(content) == [field], "\(field)")
        }
    }

    @Test("An adaptation keeps the licence it was given, for every pair of licences")
    func adaptations() {
        for parent in ResourceLists.licences {
            for child in ResourceLists.licences {
                var content = whole
                (content.origin, content.licence) = ("adapted", child.code)
                let isAllowed = fields(content, adapting: parent.code).isEmpty
                #expect(isAllowed == parent.keeps.contains(child.code), "\(parent.code) → \(child.code)")
            }
        }
        #expect(
            ResourceLists.licences.filter { $0.keeps.isEmpty }.map(\.code) == ["cc-by-nd", "cc-by-nc-nd", "reserved"])
    }

    @Test("What is not licensed for the public is not public")
    func visibility() {
        var content = whole
        (content.licence, content.visibility) = ("city", .public)
        #expect(fields(content) == ["visibility"])
        content.visibility = .city
        #expect(fields(content).isEmpty)
    }

    @Test("Content survives being kept")
    func json() throws {
        var content = whole
        (content.minutes, content.tags) = (12, ["海", "emoji 😀"])
        #expect(try ItemContent(json: content.json) == content)
    }
}
