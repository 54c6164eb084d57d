import Directory
import Kernel
import Web

/// The page of one of a school's staff.
enum StaffRecordPages {
    static func path(_ school: OrganisationID, _ person: ID<Person>) -> String {
        "\(StaffPages.path(school))/\(person)"
    }

    static func crumbs(_ record: StaffRecord) -> [Crumb] {
        [
            Crumb("学校", "/schools"), Crumb(record.school.name, "/schools/\(record.school.id)"),
            Crumb("教职工", StaffPages.path(record.school.id)),
        ]
    }

    static func show(_ record: StaffRecord, _ user: CurrentUser, _ page: PageContext) -> HTML {
        let mayEdit = user.may(.staffEdit, at: record.school.path), name = record.person.name
        let content: HTML = """
            \(UI.heading(name, note: "\(record.school.name) · \(state(record))", actions: actions(record, mayEdit)))
            \(notices(record))
            \(if: record.isHere, UI.card("基本信息", id: "facts", facts(record)))
            \(UI.card("岗位", id: "posts", posts(record, mayEdit)))
            \(UI.card("任课", id: "duties", duties(record)))
            \(UI.card("三支队伍", id: "teams", teams(record)))
            \(UI.card("请假", id: "leaves", leaves(record, mayEdit)))
            """
        return UI.layout(name, page, breadcrumbs: crumbs(record) + [Crumb(name)], content)
    }

    private static func state(_ record: StaffRecord) -> String {
        guard record.isHere else { return "已离开" }
        guard let leave = record.leave, leave.from <= record.today else { return "在岗" }
        return "请假中"
    }

    private static func actions(_ record: StaffRecord, _ mayEdit: Bool) -> HTML {
        guard mayEdit else { return "" }
        let deeds = StaffDeed.allCases.filter { $0 != .change && $0 != .end && $0.isOpen(for: record) }
        let here = path(record.school.id, record.person.id)
        return "\(each: deeds, { UI.linkButton($0.title, url: here + "/" + $0.rawValue) })"
    }

    private static func notices(_ record: StaffRecord) -> HTML {
        guard let transfer = record.transfer else { return "" }
        let url = StaffTransferPages.path(transfer.id), words = "\(transfer.from.name) → \(transfer.to.name)"
        return UI.notice(.info, #"<p>正在办理<a href="\#(url: url)">调动</a>：\#(words)，\#(transfer.state.title)。</p>"#)
    }

    /// Sealed values are told to be there, not shown.
    private static func facts(_ record: StaffRecord) -> HTML {
        var rows: [(String, HTML)] = PersonIdentifierKind.allCases.compactMap { kind in
            record.numbers[kind].map { (kind.title, HTML(text: $0)) }
        }
        for field in StaffFacts.fields where field.id != "name" {
            guard let fact = record.facts?.values[field.id] else { continue }
            let text = field.isSensitive ? "已登记，不显示" : field.text(fact.value)
            let origin = "\(fact.source.kind.title)，\(fact.source.at.day.iso)"
            rows.append((field.label, #"\#(text) <span class="muted">\#(origin)</span>"#))
        }
        guard !rows.isEmpty else { return UI.emptyState("还没有登记信息", "导入教师系统的工作簿，或用“编辑信息”填写。") }
        return UI.summaryList(rows)
    }

    private static func posts(_ record: StaffRecord, _ mayEdit: Bool) -> HTML {
        let here = path(record.school.id, record.person.id)
        var columns: [DataColumn<Appointment>] = [
            DataColumn("岗位", value: { .text($0.postTitle) }), DataColumn("学校", value: { .text($0.schoolName) }),
            DataColumn("任职方式", value: { .text($0.kind.title) }),
            DataColumn("工作量", value: { .text("\($0.share)%") }), DataColumn("开始", value: { .date($0.from) }),
            DataColumn("结束", value: { $0.until.map(TableValue.date) ?? .empty }),
            DataColumn("原因", value: { $0.reason.map { .text($0.title) } ?? .empty }),
        ]
        if mayEdit {
            columns.append(
                DataColumn("操作") { post in
                    guard record.open.contains(post) else { return "" }
                    let change = "\(here)/\(StaffDeed.change.rawValue)?appointment=\(post.id)"
                    let end = "\(here)/\(StaffDeed.end.rawValue)?appointment=\(post.id)"
                    let ending: HTML = #" <a href="\#(url: end)">结束</a>"#
                    return #"<a href="\#(url: change)">调整</a>\#(if: StaffDeed.end.isOpen(for: record), ending)"#
                })
        }
        return table("岗位", columns, record.appointments, here, "没有岗位")
    }

    private static func duties(_ record: StaffRecord) -> HTML {
        let today = record.today
        let columns: [DataColumn<(post: ClassPost, classGroup: ClassGroup)>] = [
            DataColumn("班级", value: { .text($0.classGroup.name(on: min(today, $0.post.until ?? today))) }),
            DataColumn("任务", value: { .text($0.post.title) }), DataColumn("开始", value: { .date($0.post.from) }),
            DataColumn("结束", value: { $0.post.until.map(TableValue.date) ?? .empty }),
        ]
        return table("任课", columns, record.duties, path(record.school.id, record.person.id), "没有任课")
    }

    private static func teams(_ record: StaffRecord) -> HTML {
        let columns: [DataColumn<TeamMember>] = [
            DataColumn("队伍", value: { .text($0.team.title) }), DataColumn("开始", value: { .date($0.from) }),
            DataColumn("结束", value: { $0.until.map(TableValue.date) ?? .empty }),
        ]
        return table("三支队伍", columns, record.teams, path(record.school.id, record.person.id), "不在三支队伍中")
    }

    /// Why somebody is away, only those see who keep the records.
    private static func leaves(_ record: StaffRecord, _ mayEdit: Bool) -> HTML {
        var columns: [DataColumn<StaffLeave>] = [
            DataColumn("类别", value: { .text(mayEdit ? $0.kind.title : "请假") }),
            DataColumn("开始", value: { .date($0.from) }),
            DataColumn("预计返岗", value: { $0.expected.map(TableValue.date) ?? .empty }),
            DataColumn("返岗", value: { $0.until.map(TableValue.date) ?? .empty }),
            DataColumn("代课", value: { leave in .text(substitutes(record.substitutions[leave.id] ?? [])) }),
        ]
        if mayEdit { columns.append(DataColumn("说明", value: { .text($0.reason) })) }
        return table("请假", columns, record.leaves, path(record.school.id, record.person.id), "没有请假记录")
    }

    private static func substitutes(_ all: [Substitution]) -> String {
        all.map { "\($0.title) \($0.substituteName)" }.joined(separator: "、")
    }

    private static func table<Row: Sendable>(
        _ caption: String, _ columns: [DataColumn<Row>], _ rows: [Row], _ path: String, _ empty: String
    ) -> HTML {
        let table = DataTable<Row>(
            caption: caption, columns: columns, isExportable: false, empty: #"<p class="muted">\#(empty)</p>"#)
        return table.html(Page(items: rows, total: rows.count, next: nil), path: path, query: FormValues())
    }
}
