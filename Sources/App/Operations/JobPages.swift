import Kernel
import Platform
import Web

enum JobPages {
    static func path(_ job: ID<Job>) -> String { Job.path(job) }

    static func show(_ job: Job, isOwn: Bool, _ page: PageContext) -> HTML {
        let label = job.message.isEmpty ? job.state.title : job.message
        let progress = UI.progressBar(
            done: job.done, total: job.total, label: label, events: job.hasEnded ? nil : path(job.id) + "/events")
        let ending = UI.notice(job.state == .failed ? .bad : .ok, "<p>\(label)</p>")
        let next: HTML = job.result.isEmpty || !isOwn ? "" : "<p>\(UI.linkButton("查看结果", url: job.result))</p>"
        let content: HTML = """
            \(UI.heading(job.title, note: job.state.title))
            \(UI.card(nil, "\(if: job.hasEnded, ending, else: progress)\(if: job.hasEnded, next)"))
            """
        return UI.layout(job.title, page, refreshSeconds: job.hasEnded ? nil : 3, content)
    }

    /// What `progress.js` reads.
    static func event(_ job: Job, isOwn: Bool) -> String {
        let label = job.message.isEmpty ? job.state.title : job.message
        let url = job.state == .done && isOwn ? job.result : ""
        return #"""
            {"done":\#(job.done),"total":\#(job.total),"label":\#(JSONText.quote(label)),"finished":\#(job.hasEnded),\#
            "url":\#(JSONText.quote(url))}
            """#
    }

    static func table(_ page: PageContext) -> DataTable<Job> {
        DataTable(
            caption: "后台任务",
            columns: [
                DataColumn(
                    "任务", value: { .text($0.title) }, cell: { #"<a href="\#(url: path($0.id))">\#($0.title)</a>"# }),
                DataColumn("状态", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
                DataColumn("进度", value: { .text($0.total > 0 ? "\($0.done) / \($0.total)" : "") }),
                DataColumn("说明", value: { .text($0.message) }),
                DataColumn("发起人", value: { .text($0.createdBy) }),
                DataColumn("开始时间", value: { .text($0.createdAt.text) }),
                DataColumn("操作", cell: { retry($0, page) }),
            ], empty: UI.emptyState("没有任务", "导入、重算等耗时的工作会列在这里。"))
    }

    private static func retry(_ job: Job, _ page: PageContext) -> HTML {
        guard job.state == .failed else { return "" }
        return UI.postButton("重新运行", action: "/operations/jobs/\(job.id)/retry", page: page)
    }

    static func list(_ jobs: Page<Job>, _ counts: [(state: Job.State, count: Int)], _ request: WebRequest) -> HTML {
        let figures = Job.State.all.map { state in
            let count = counts.first { $0.state == state }?.count ?? 0
            return UI.statistic(String(count), label: state.title, tone: count > 0 ? tone(state) : nil)
        }
        let content: HTML = """
            \(UI.heading("后台任务"))
            \(UI.statistics(figures))
            \(UI.card(nil, table(request.page).html(jobs, path: "/operations/jobs", query: request.query)))
            """
        return UI.layout("后台任务", request.page, wide: true, content)
    }

    private static func tone(_ state: Job.State) -> Tone {
        switch state {
        case .waiting: .muted
        case .running: .info
        case .done: .ok
        case .failed: .bad
        }
    }
}

extension Job.State {
    static let all: [Job.State] = [.waiting, .running, .done, .failed]
}
