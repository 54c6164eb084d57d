import Database
import Directory
import Kernel
import Platform
import Web

/// On the page of a child: what waits for her guardian's answer, or for her own.
struct ConsentChildPanel: ChildPanelSource {
    let crypto: any CryptoProvider
    let order = 40

    func panels(for child: ChildSubject, viewer: CurrentUser, _ db: Connection) throws -> [ChildPanel] {
        let sheet = try ConsentSheet(child.guardianship.child, on: child.day, db, crypto), waiting = sheet.waiting
        let words = waiting == 0 ? "都已答复，可以随时更改。" : "\(waiting) 项等\(sheet.age == .child ? "家长" : "孩子本人")答复。每一项都可以不同意。"
        let url = ConsentPages.path(sheet.child.id)
        let content: HTML = """
            <p>作品展示、照片影像等用途要征求同意。\(words)</p>
            <div class="actions">\(UI.linkButton(sheet.age == .child ? "查看和答复" : "查看", url: url))</div>
            """
        return [ChildPanel(title: "征求同意", id: "consents", content: content)]
    }

    func waiting(
        for guardianships: [Guardianship], on day: LocalDate, _ db: Connection
    ) throws -> [ID<Person>: [TodayItem]] {
        let children = guardianships.filter { $0.givesAccess(on: day) }.map(\.child)
        return try ConsentWaiting.find(children, on: day, db, crypto).reduce(into: [:]) { items, found in
            guard found.value.age == .child else { return }
            items[found.key] = [
                TodayItem("征求同意：\(found.value.count) 项等你答复。", "查看和答复", path: ConsentPages.path(found.key))
            ]
        }
    }
}
