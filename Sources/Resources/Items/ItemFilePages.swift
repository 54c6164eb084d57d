import Kernel
import Media
import Platform
import Web

/// What the page of a resource shows of its files.
enum ItemFilePages {
    /// The files of one version, and what can be seen of each.
    struct View: Sendable {
        let files: [ItemFile]
        /// By content.
        let media: [String: MediaView]
        /// The field for more files; `nil` for whoever may not add any.
        let choice: UploadChoice?
    }

    private static func base(_ file: ItemFile, _ id: ID<Item>) -> String { ItemPages.path(file, of: id) + "/derived" }

    private static func figures(_ file: ItemFile, _ media: MediaView, _ id: ID<Item>) -> MediaFigures {
        MediaFigures(media, name: file.name, base: base(file, id), id: file.id.rawValue)
    }

    /// Players, pictures and first pages, in the order of the files.
    static func figures(_ view: View, of id: ID<Item>) -> HTML {
        let subtitles = view.files.filter {
            view.media[$0.sha256]?.kind == .subtitle && view.media[$0.sha256]?.state == .done
        }
        let films = view.files.count { view.media[$0.sha256]?.kind == .video }
        var all = HTML()
        for file in view.files {
            guard let media = view.media[file.sha256] else { continue }
            let captions = subtitles.filter { films == 1 || stem($0.name) == stem(file.name) }.map {
                MediaFigures.Captions(name: $0.name, url: base($0, id) + "/captions.vtt")
            }
            all += figures(file, media, id).html(
                captions: media.kind == .video ? captions : [], whole: ItemPages.path(file, of: id) + "/reading")
        }
        return all.isEmpty ? "" : UI.card("在线查看", id: "media", all)
    }

    /// `课` of `课.mp4` and of `课.en.vtt`.
    private static func stem(_ name: String) -> Substring { name.prefix { $0 != "." } }

    static func table(_ view: View, of id: ID<Item>, problems: [FieldProblem], _ page: PageContext) -> HTML {
        let isEditable = view.choice != nil
        var columns: [DataColumn<ItemFile>] = [
            DataColumn(
                "名称", value: { .text($0.name) },
                cell: { #"<a href="\#(url: ItemPages.path($0, of: id))">\#($0.name)</a>"# }),
            DataColumn("大小", value: { .text(FileSize.text($0.size)) }),
        ]
        if isEditable {
            columns.append(
                DataColumn("操作") { file in
                    UI.postButton(
                        "移除", action: ItemPages.path(file, of: id) + "/removal", page: page,
                        confirm: "移除“\(file.name)”？")
                })
        }
        let table = DataTable<ItemFile>(
            caption: "文件", columns: columns, isExportable: false,
            empty: UI.emptyState("还没有文件", isEditable ? "在下面添加。" : "作者还没有上传文件。"))
        let rows = table.html(
            Page(items: view.files, total: view.files.count, next: nil), path: "", query: FormValues())
        guard let choice = view.choice else { return rows }
        return rows
            + UI.form(
                action: ItemPages.path(id) + "/attachments", page: page, submit: "添加", multipart: true,
                choice.html(label: "添加文件", problems: problems))
    }

    /// All pages of a document.
    static func reading(
        _ item: Item, _ file: ItemFile, _ media: MediaView?, text: String?, _ page: PageContext
    ) -> HTML {
        let pages: HTML =
            media.map { figures(file, $0, item.id).reader(text: text) }
            ?? UI.emptyState("不能在线阅读", "这种文件请下载后打开。")
        let content: HTML = """
            \(UI.heading(file.name, note: item.content.title, actions: UI.linkButton("下载", url: ItemPages.path(file, of: item.id))))
            \(pages)
            """
        return UI.layout(
            file.name, page,
            breadcrumbs: [
                Crumb("资源库", ItemPages.root), Crumb(item.content.title, ItemPages.path(item.id)), Crumb(file.name),
            ], content)
    }
}
