import Kernel
import Web

/// The guardians of a pupil for her school: a card on the pupil's page, and a page for each of them.
enum GuardianPages {
    /// A guardian relation as schools see it.
    struct Line: Sendable {
        let guardianship: Guardianship
        /// Masked; `nil` when it is not known.
        let phone: String?
    }

    static func path(of pupil: ID<Person>, in classGroup: ID<ClassGroup>) -> String {
        PupilPages.path(pupil, in: classGroup) + "/guardians"
    }

    static func state(_ guardianship: Guardianship, on day: LocalDate) -> HTML {
        if guardianship.state == .pending { return UI.tag(guardianship.state.title, .warn) }
        if guardianship.isOfAge(on: day) { return UI.tag("已成年", .info) }
        return UI.tag(guardianship.state.title, .ok)
    }

    /// 母亲，第一监护人
    static func relation(_ guardianship: Guardianship) -> String {
        [guardianship.relation.map { _ in guardianship.relationTitle } ?? "关系未填", guardianship.orderTitle]
            .compactMap { $0 }.joined(separator: "，")
    }

    /// The card on the page of a pupil.
    static func card(_ model: PupilModel) -> HTML {
        let root = path(of: model.enrolment.person, in: model.classGroup.id), day = model.day
        let mayEdit = model.mayManageGuardians
        var columns: [DataColumn<Line>] = [
            DataColumn(
                "姓名", value: { .text($0.guardianship.guardianName) },
                cell: { line in
                    guard mayEdit else { return HTML(text: line.guardianship.guardianName) }
                    let url = root + "/" + line.guardianship.id.rawValue
                    return #"<a href="\#(url: url)">\#(line.guardianship.guardianName)</a>"#
                }),
            DataColumn("关系", value: { .text(relation($0.guardianship)) }),
            DataColumn("手机号", value: { .text($0.phone ?? "未填") }),
        ]
        columns.append(
            DataColumn(
                "状态", value: { .text($0.guardianship.state.title) }, cell: { state($0.guardianship, on: day) }))
        let empty = UI.emptyState("还没有家长", mayEdit ? "添加家长后，可以为家长开通账号。" : "由学校添加。")
        let table = DataTable<Line>(caption: "家长", columns: columns, isExportable: false, empty: empty)
        let rows = table.html(
            Page(items: model.guardians, total: model.guardians.count, next: nil), path: root, query: FormValues())
        let actions: HTML = mayEdit ? UI.linkButton("添加家长", url: root + "/new") : ""
        return UI.card("家长", id: "guardians", actions: actions, rows)
    }

    private static func crumbs(_ model: PupilModel, _ title: String) -> [Crumb] {
        let pupil = model.enrolment
        return ClassPages.crumbs(model.classGroup, on: model.day, isOwnPage: false) + [
            Crumb(pupil.name, PupilPages.path(pupil.person, in: model.classGroup.id)), Crumb(title),
        ]
    }

    private static func layout(
        _ title: String, _ model: PupilModel, _ page: PageContext, isFailed: Bool, _ content: HTML
    ) -> HTML {
        let note = "\(model.enrolment.name) · \(model.classGroup.schoolName) · \(model.classGroup.name(on: model.day))"
        return UI.layout(
            title, page, breadcrumbs: crumbs(model, title), isFailed: isFailed, UI.heading(title, note: note), content)
    }

    // MARK: A new one

    /// - Parameter known: when somebody is known by the numbers, her children at the school; the school has to say that she
    ///   is meant.
    static func new(
        _ model: PupilModel, known: [String]?, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let root = path(of: model.enrolment.person, in: model.classGroup.id)
        let form = UI.form(
            action: root + "/new", page: page, submit: known == nil ? "添加" : "重新查找",
            cancel: PupilPages.path(model.enrolment.person, in: model.classGroup.id), problems: problems,
            fields(values, problems))
        let offered: HTML = known.map { offer($0, values, root, page) } ?? ""
        return layout("添加家长", model, page, isFailed: !problems.isEmpty, offered + UI.card(nil, form))
    }

    /// One person is guardian of all her children: bound, not entered twice.
    private static func offer(_ children: [String], _ values: FormValues, _ root: String, _ page: PageContext) -> HTML {
        let kept = ["name", "relation", "order", "phone", "documentType", "documentNumber"]
        let bind = UI.postButton(
            "是同一人，登记为家长", action: root + "/new", page: page, style: .primary,
            hidden: kept.compactMap { name in values[name].map { (name, $0) } } + [("same", "1")])
        let whose = children.isEmpty ? "平台里已有这位家长。" : "平台里已有这位家长，是本校\(children.joined(separator: "、"))的家长。"
        let text: HTML = """
            <p>\(whose)核对姓名和号码后登记，不会重复建人，原来的号码不变。</p>
            \(bind)
            """
        return UI.card("已有的家长", id: "known", text)
    }

    private static func fields(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let types = CodeLists.idDocument.codes.map { SelectOption($0.code, $0.name) }
        return UI.textField(
            "name", label: "姓名", value: values["name"], required: true, autocomplete: "off", problems: problems)
            + relationFields(values, problems)
            + UI.textField(
                "phone", label: "手机号", value: values["phone"], hint: "家长用它登录。", type: "tel", autocomplete: "off",
                problems: problems)
            + UI.select(
                "documentType", label: "证件类型", options: types,
                selected: values["documentType"] ?? PersonIdentifier.citizenDocument, problems: problems)
            + UI.textField(
                "documentNumber", label: "证件号", value: values["documentNumber"], hint: "有手机号可不填。",
                autocomplete: "off", problems: problems)
    }

    static func relationField(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let relations = CodeLists.guardianRelation.codes.map { SelectOption($0.code, $0.name) }
        return UI.select(
            "relation", label: "与学生的关系", options: [SelectOption("", "选择关系")] + relations,
            selected: values["relation"], required: true, problems: problems)
    }

    private static func relationFields(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let orders = [SelectOption("", "未定"), SelectOption("1", "第一监护人"), SelectOption("2", "第二监护人")]
        return relationField(values, problems)
            + UI.select("order", label: "监护人顺序", options: orders, selected: values["order"], problems: problems)
    }

    // MARK: One of them

    static func show(
        _ line: Line, of model: PupilModel, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let guardianship = line.guardianship
        let root = path(of: model.enrolment.person, in: model.classGroup.id) + "/" + guardianship.id.rawValue
        let back = PupilPages.path(model.enrolment.person, in: model.classGroup.id)
        var facts: [(String, HTML)] = [
            ("关系", HTML(text: relation(guardianship))), ("手机号", HTML(text: line.phone ?? "未填")),
            ("状态", state(guardianship, on: model.day)), ("来源", HTML(text: guardianship.origin.title)),
            (guardianship.state == .pending ? "登记日期" : "开始日期", HTML(text: guardianship.from.chinese)),
        ]
        if let by = guardianship.decidedBy, let at = guardianship.decidedAt {
            facts.append(("确认人", HTML(text: "\(by)，\(at.day.chinese)")))
        }
        let isPending = guardianship.state == .pending
        let content: HTML = """
            \(if: !problems.isEmpty, UI.errorSummary(problems))
            \(UI.card("登记", id: "facts", UI.summaryList(facts)))
            \(if: isPending, UI.card("核对申报", id: "decision", decision(root, page, values, problems)))
            \(if: !isPending, UI.card("更正", id: "correction",
                UI.form(action: root, page: page, submit: "保存", cancel: back, relationFields(values, problems))))
            \(if: !isPending, UI.card("结束", id: "end", ending(guardianship, root, page)))
            """
        return layout(guardianship.guardianName, model, page, isFailed: !problems.isEmpty, content)
    }

    private static func decision(
        _ root: String, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let reason = UI.textField(
            "reason", label: "不确认的原因", value: values["reason"], hint: "家长会看到。不要写其他人的信息。", required: true,
            autocomplete: "off", problems: problems)
        return """
            <p>还没有核对。与户口簿等材料核对后再确认；确认前，家长看不到学生的任何信息。</p>
            \(UI.postButton("确认", action: root + "/confirmation", page: page, style: .primary))
            \(UI.form(action: root + "/refusal", page: page, submit: "不确认", reason))
            """
    }

    private static func ending(_ guardianship: Guardianship, _ root: String, _ page: PageContext) -> HTML {
        let button = UI.postButton(
            "结束登记", action: root + "/end", page: page, style: .danger,
            confirm: "从今天起，\(guardianship.guardianName)不再是\(guardianship.childName)的家长，看不到学生的信息。")
        return "<p>结束后家长不能再看到这名学生的信息，登记记录保留。</p>\(button)"
    }
}
