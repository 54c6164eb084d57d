import Kernel

/// Every component with examples, among them long names, problems and empty states. For development, and for the tests
/// that check markup and contrast.
package enum ComponentGallery {
    package static func page(_ page: PageContext) -> HTML {
        let contents: HTML = #"""
            \#(UI.heading("组件", note: "每个组件的样例，含长名称、填写错误和空列表", actions: UI.printButton()))
            \#(UI.tabs([("全部组件", "#main", true), ("表单", "#forms", false), ("图表", "#charts", false)]))
            \#(notices)\#(figures)\#(tags)\#(buttons(page))
            \#(GalleryForms.examples(page))
            \#(GalleryData.examples)
            \#(GalleryPlan.example)
            """#
        return UI.layout("组件", page, breadcrumbs: [Crumb("开发"), Crumb("组件")], wide: true, contents)
    }

    private static var notices: HTML {
        let long = "防城港市防城区那良镇高林村中心小学附属里火教学点（原里火小学）的带宽登记与上月实测相差超过一半，请核对。"
        return UI.card(
            "提示",
            #"""
            \#(UI.notice(.ok, "已保存。"))
            \#(UI.notice(.warn, HTML(text: long)))
            \#(UI.notice(.bad, #"第 17 行没有导入：学校代码重复。<a href="/">查看原因</a>"#))
            \#(UI.notice(.info, "数据截至 2015-09-30。"))
            \#(UI.notice(.muted, "这个指标还没有接入数据。"))
            \#(UI.emptyState("还没有导入记录", "上传各县的登记表后，这里列出每次导入的结果。",
                action: UI.linkButton("导入登记表", url: "/", style: .primary)))
            \#(UI.details("为什么不达标", "<p>接入带宽 20 Mbps，低于校均 30 Mbps。</p>"))
            \#(UI.progressBar(done: 128, total: 412, label: "正在核对学校"))
            \#(UI.progressBar(done: 0, total: 0, label: "正在读取工作表"))
            """#)
    }

    private static var figures: HTML {
        UI.statistics([
            UI.statistic("412", label: "学校", note: "含教学点 96 个"),
            UI.statistic("86.47%", label: "宽带接入率", note: "目标 100%", tone: .warn, url: "/"),
            UI.statistic("97.10%", label: "多媒体教室比例", tone: .ok),
            UI.statistic("41.03%", label: "师生网络学习空间开通率", note: "目标 90%", tone: .bad, url: "/"),
            UI.statistic("无数据", label: "录播教室", tone: .muted),
        ])
    }

    private static var tags: HTML {
        let words: [(Tone, String)] = [
            (.ok, "已达标"), (.warn, "部分达标"), (.bad, "未达标"), (.info, "待审核"), (.muted, "无数据"),
        ]
        let rows: [(String, HTML)] = [
            ("标签", "\(each: words, { UI.tag($0.1, $0.0) + " " })"),
            ("指示灯", "\(each: words, { UI.light($0.0, $0.1) + " " })"),
            ("学校", "东兴市马路镇平丰小学"),
            ("很长的名称", HTML(text: "防城港市防城区扶隆镇那果村民族中心小学附属百鸟教学点（2014年并入，保留一至三年级）")),
            ("没有填写", "—"),
        ]
        return UI.card("标签与摘要", actions: UI.linkButton("修改", url: "/"), UI.summaryList(rows))
    }

    private static func buttons(_ page: PageContext) -> HTML {
        UI.card(
            "按钮",
            #"""
            <div class="actions">\#(UI.linkButton("新建学校", url: "/", style: .primary))
            \#(UI.linkButton("返回列表", url: "/"))
            \#(UI.postButton("重新计算", action: "/", page: page))
            \#(UI.postButton("撤销导入", action: "/", page: page, style: .danger, confirm: "撤销后 395 所学校恢复导入前的数据。"))
            </div>
            """#)
    }
}
