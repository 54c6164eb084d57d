import Database
import Directory
import Kernel
import Web

/// On the page of a child: the way to what is held about her, and to asking for correction.
struct OwnDataChildPanel: ChildPanelSource {
    let order = 90

    func panels(for child: ChildSubject, viewer: CurrentUser, _ db: Connection) throws -> [ChildPanel] {
        let url = OwnDataPages.path + "?child=" + child.guardianship.child.rawValue
        let content: HTML = """
            <p>平台保存的孩子的信息、谁查看过。信息有误时可以申请更正。</p>
            <div class="actions">\(UI.linkButton("查看和申请更正", url: url))</div>
            """
        return [ChildPanel(title: "个人信息", id: "own-data", content: content)]
    }
}
