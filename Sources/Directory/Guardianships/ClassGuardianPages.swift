import Kernel
import Web

/// `/classes/:id/guardians`: who the guardians of a class are, and who has none.
enum ClassGuardianPages {
    static func path(_ classGroup: ID<ClassGroup>) -> String { ClassPages.path(classGroup) + "/guardians" }

    static func show(
        _ model: ClassGuardians, _ choice: ClassGuardians.Choice, _ related: [RelatedPage<RelatedClass>],
        _ page: PageContext
    ) -> HTML {
        let address = path(model.classGroup.id)
        let rows = model.rows.filter(choice.takes)
        let tabs = UI.tabs(
            ClassGuardians.Choice.allCases.map { one in
                let count = model.rows.count(where: one.takes)
                let url = one == .all ? address : address + "?show=" + one.rawValue
                return ("\(one.title)（\(count)）", url, one == choice)
            }, label: "筛选")
        let list = table(model, choice).html(
            Page(items: rows, total: rows.count, next: nil), path: address, query: FormValues())
        let name = model.classGroup.name(on: model.day)
        let subject = RelatedClass(classGroup: model.classGroup, posts: model.posts)
        let content: HTML = """
            \(UI.heading("家长", note: "\(model.classGroup.schoolName) · \(name)",
                actions: RelatedPage.links(related, subject, page.user)))
            \(tabs)
            \(UI.card(nil, list))
            """
        let crumbs = ClassPages.crumbs(model.classGroup, on: model.day, isOwnPage: false) + [Crumb("家长")]
        return UI.layout("\(name)家长", page, breadcrumbs: crumbs, content)
    }

    private static func table(
        _ model: ClassGuardians, _ choice: ClassGuardians.Choice
    ) -> DataTable<ClassGuardians.Row> {
        let id = model.classGroup.id, day = model.day
        let empty =
            choice == .all
            ? UI.emptyState("班里还没有学生", "") : UI.emptyState("没有这样的学生", choice == .none ? "每名学生都有家长。" : "没有等待确认的家长。")
        return DataTable(
            caption: "学生的家长",
            columns: [
                DataColumn(
                    "学生", value: { .text($0.pupil.name) },
                    cell: { row in
                        let url = PupilPages.path(row.pupil.person, in: id) + "#guardians"
                        return #"<a href="\#(url: url)">\#(row.pupil.name)</a>"#
                    }),
                DataColumn("家长") { row in
                    guard !row.guardians.isEmpty else { return #"<span class="muted">没有家长</span>"# }
                    return #"<div>\#(each: row.guardians, { item($0, on: day) })</div>"#
                },
            ], isExportable: false, empty: empty)
    }

    private static func item(_ line: GuardianPages.Line, on day: LocalDate) -> HTML {
        let guardianship = line.guardianship
        let isPlain = guardianship.isConfirmed && !guardianship.isOfAge(on: day)
        let words = [GuardianPages.relation(guardianship), line.phone ?? "手机号未填"].joined(separator: "，")
        let state: HTML = isPlain ? "" : GuardianPages.state(guardianship, on: day)
        return "<div>\(guardianship.guardianName)（\(words)）\(state)</div>"
    }
}
