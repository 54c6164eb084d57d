import Kernel
import Web

/// 告知书 for a class, made to be printed, signed and brought back.
enum ConsentNoticePages {
    static func show(_ consents: ClassConsents, _ told: [ConsentPurpose], _ page: PageContext) -> HTML {
        let path = ClassConsentPages.path(consents.classGroup.id)
        let content: HTML = #"""
            \#(UI.heading("学生个人信息使用告知书", note: "\(consents.classGroup.schoolName) · \(consents.name)",
                actions: UI.printButton("打印")))
            <p>学校想在下面几件事里使用孩子的个人信息。每一项都可以不同意，以后也可以随时撤回。不同意或撤回，不影响入学、学籍、上课、考试和评价。\#
            未满十四周岁由家长决定，年满十四周岁由学生本人决定。</p>
            \#(UI.card("要征求的事项", UI.summaryList(consents.purposes.map(purpose))))
            \#(UI.card("共同的说明", "\(each: common(consents.purposes), { "<p>\($0)</p>" })"))
            \#(UI.card("依法办理，不需要同意", "\(each: told, { "<p><strong>\($0.title)</strong>：\($0.version.text[.aim])</p>" })"))
            <div class="new-sheet">\#(slip(consents))</div>
            <p class="no-print">\#(UI.linkButton("返回", url: path))</p>
            """#
        return UI.layout("学生个人信息使用告知书", page, content)
    }

    private static let own: [ConsentText.Part] = [.data, .place, .term, .refusal]

    private static func purpose(_ purpose: ConsentPurpose) -> (String, HTML) {
        let text = purpose.version.text
        let words: HTML = """
            <p>\(text[.aim])</p>
            <p class="small">\(each: own, { "\($0.label)：\(text[$0]) " })\(purpose.version.stamp)。</p>
            """
        return (purpose.title, words)
    }

    /// What most purposes say in the same words is said once.
    private static func common(_ purposes: [ConsentPurpose]) -> [String] {
        var seen: Set<String> = []
        return [ConsentText.Part.safety, .withdrawal, .complaint].flatMap { part in
            purposes.map { "\(part.label)：\($0.version.text[part])" }.filter { seen.insert($0).inserted }
        }
    }

    /// The part that comes back.
    private static func slip(_ consents: ClassConsents) -> HTML {
        let content: HTML = #"""
            <div class="table-wrap" role="region" aria-label="回执" tabindex="0"><table>
            <thead><tr><th scope="col">事项</th><th scope="col">同意</th><th scope="col">不同意</th></tr></thead>
            <tbody>\#(each: consents.purposes, line)</tbody></table></div>
            <p>学生姓名：______________　班级：\#(consents.name)</p>
            <p>家长签字：______________　与学生的关系：__________　日期：______年____月____日</p>
            <p>学生签字（年满十四周岁）：______________　日期：______年____月____日</p>
            <p>班主任（见证）签字：______________</p>
            """#
        return UI.card("回执（每项选一个打√）", content)
    }

    private static func line(_ purpose: ConsentPurpose) -> HTML {
        #"<tr><th scope="row">\#(purpose.title)（第 \#(purpose.version.number) 版）</th><td>□</td><td>□</td></tr>"#
    }
}
