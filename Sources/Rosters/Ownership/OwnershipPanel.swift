import Database
import Directory
import Kernel
import Web

/// On a person's page: the way to where each datum came from, and which records were merged into hers.
struct OwnershipPanel: PersonPanelSource {
    let database: Database
    let order = 80

    func panels(
        for person: PersonRecord, at places: [OrganisationPath], viewer: CurrentUser, on day: LocalDate,
        page: PageContext
    ) async throws -> [SchoolPanel] {
        guard places.contains(where: { viewer.may(.classAll, at: $0) }) else { return [] }
        let merges = try await database.read { db in
            try PersonMergeStore(db).merges(of: person.id).filter { $0.into == person.id && $0.undoneAt == nil }
        }
        let lines = merges.map { "\($0.at.text)，\($0.by) 把另一条记录并入这里" }
        let content: HTML =
            lines.isEmpty
            ? "<p>每项资料的来源、登记时间和登记人。</p>" : "<ul>\(each: lines, { "<li>\($0)</li>" })</ul>"
        return [
            SchoolPanel(
                title: "资料来源", id: "sources",
                actions: UI.linkButton("逐项查看", url: OwnershipPages.path(person.id)), content: content)
        ]
    }
}
