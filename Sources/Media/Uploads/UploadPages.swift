import Kernel
import Web

enum UploadPages {
    static let path = "/uploads/mine"

    static func list(
        _ uploads: Page<Upload>, limit: Int, _ request: WebRequest, problems: [FieldProblem] = []
    ) -> HTML {
        let content: HTML = """
            \(UI.heading("我的上传", note: "网络中断也不用重来：再选一次同一个文件，会从断开的地方继续。"))
            \(UI.card("上传文件", form(limit: limit, request.page, problems: problems)))
            \(UI.card("最近的文件", table(request.page).html(uploads, path: path, query: request.query)))
            """
        let isMoving = uploads.items.contains { $0.state == .checking }
        return UI.layout(
            "我的上传", request.page, isFailed: !problems.isEmpty, refreshSeconds: isMoving ? 5 : nil, content)
    }

    private static func form(limit: Int, _ page: PageContext, problems: [FieldProblem]) -> HTML {
        let hint = "可以一次选多个文件，也可以把文件或文件夹拖到这里。每个文件不超过 \(FileSize.text(limit))。"
        let fields = UI.fileField(
            "file", label: "文件", hint: hint, multiple: true, required: true, problems: problems)
        return UploadField.around(
            UI.form(action: path, page: page, submit: "上传", multipart: true, problems: problems, fields), limit: limit)
    }

    static func table(_ page: PageContext) -> DataTable<Upload> {
        DataTable(
            caption: "我上传的文件",
            columns: [
                DataColumn("文件", value: { .text($0.name) }),
                DataColumn("大小", value: { .text(FileSize.text($0.length)) }),
                DataColumn("状态", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
                DataColumn("进度", value: { .text(progress($0)) }),
                DataColumn("说明", value: { .text($0.remark) }),
                DataColumn("开始时间", value: { .text($0.createdAt.text) }),
                DataColumn("保留到", value: { .text($0.expiresAt.text) }),
                DataColumn("操作", cell: { cancel($0, page) }),
            ], isExportable: false, empty: UI.emptyState("还没有上传文件", "在上面选择文件。传完并检查通过的文件，可以在新建资源时选用。"))
    }

    private static func progress(_ upload: Upload) -> String {
        // Rounded down: 100 % is only said of what is all there.
        "\(upload.received * 100 / max(upload.length, 1))%"
    }

    private static func cancel(_ upload: Upload, _ page: PageContext) -> HTML {
        let isOpen = upload.state == .uploading
        return UI.postButton(
            isOpen ? "取消" : "移除", action: "/uploads/\(upload.id)/cancel", page: page,
            confirm: isOpen ? "取消后，已经上传的部分会删除。" : nil)
    }

    private static func tone(_ state: Upload.State) -> Tone {
        switch state {
        case .uploading, .checking: .info
        case .quarantined: .warn
        case .ready: .ok
        case .refused: .bad
        case .claimed: .muted
        }
    }
}

/// A file field that sends its files piece by piece while the rest of the form is filled in.
package enum UploadField {
    /// Makes the file fields inside resumable where scripts run; everywhere else they are what they were. A form of another
    /// page gets a hidden field `name` with the key of each upload; `MediaUploads.claim` takes it.
    /// - Parameter limit: bytes of one file, told before anything is sent.
    package static func around(_ content: HTML, limit: Int, name: String? = nil) -> HTML {
        #"""
        <div class="uploader" data-resumable="/uploads" data-limit="\#(limit)"\#(attribute: "data-name", name)>
        \#(content)
        <ul class="upload-queue" aria-label="上传进度" hidden></ul>
        <p class="visually-hidden" role="status" data-upload-news></p>
        </div>
        """#
    }
}
