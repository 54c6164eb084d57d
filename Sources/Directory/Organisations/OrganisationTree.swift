import Kernel
import Web

/// Organisations as a tree, built from a list in tree order.
struct OrganisationTree: Sendable {
    struct Node: Sendable {
        let organisation: Organisation
        var children: [Node] = []
        /// Schools and teaching points at this node or below it.
        var schools: Int
    }

    let roots: [Node]
    let count: Int
    var schools: Int { roots.reduce(0) { $0 + $1.schools } }

    /// - Parameter organisations: in order of their paths, each after what stands above it.
    init(_ organisations: [Organisation]) {
        var index = 0
        var roots: [Node] = []
        while index < organisations.count { roots.append(OrganisationTree.node(organisations, &index)) }
        self.roots = roots
        count = organisations.count
    }

    private static func node(_ organisations: [Organisation], _ index: inout Int) -> Node {
        let organisation = organisations[index]
        var node = Node(organisation: organisation, schools: organisation.kind.isSchool ? 1 : 0)
        index += 1
        while index < organisations.count, organisation.path.contains(organisations[index].path) {
            let child = OrganisationTree.node(organisations, &index)
            node.schools += child.schools
            node.children.append(child)
        }
        return node
    }
}

/// The tree as nested lists that unfold.
enum OrganisationTreePage {
    static func page(_ tree: OrganisationTree, _ page: PageContext) -> HTML {
        let lists: HTML = #"<ul class="tree">\#(each: tree.roots, { item($0, isOpen: true) })</ul>"#
        let exports: HTML = #"""
            <p><a href="\#(url: "/organisations?format=xlsx")">导出 Excel</a> \#
            <a href="\#(url: "/organisations?format=csv")">导出 CSV</a></p>
            """#
        let card =
            tree.roots.isEmpty
            ? UI.emptyState("还没有单位", "系统初始化后会有市、县(市、区)和乡镇(街道)，学校由导入或新建产生。") : UI.card(nil, lists + exports)
        let content: HTML = """
            \(UI.heading("组织", note: "共 \(tree.count) 个单位，其中学校和教学点 \(tree.schools) 所"))
            \(OrganisationPages.searchBar(FormValues()))
            \(card)
            """
        return UI.layout("组织", page, breadcrumbs: [Crumb("组织")], content)
    }

    private static func item(_ node: OrganisationTree.Node, isOpen: Bool) -> HTML {
        let link = OrganisationPages.link(node.organisation)
        guard !node.children.isEmpty else {
            guard !node.organisation.kind.isSchool else { return "<li>\(link)</li>" }
            let path = OrganisationPages.path(node.organisation.id), name = node.organisation.name
            return #"<li><a href="\#(url: path)">\#(name) <span class="muted">0 所学校</span></a></li>"#
        }
        let path = OrganisationPages.path(node.organisation.id)
        let open: HTML = #"<a href="\#(url: path)">打开\#(node.organisation.name)</a>"#
        let note = node.organisation.kind.isSchool ? "\(node.children.count) 个教学点" : "\(node.schools) 所学校"
        let summary: HTML = #"\#(node.organisation.name) <span class="muted">\#(note)</span>"#
        let inner: HTML = #"<p>\#(open)</p><ul class="tree">\#(each: node.children, { item($0, isOpen: false) })</ul>"#
        return "<li>\(UI.details(summary, inner, isOpen: isOpen))</li>\n"
    }
}
