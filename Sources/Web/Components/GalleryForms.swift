import Kernel

/// The part of the gallery that shows forms.
enum GalleryForms {
    private static let problems = [
        FieldProblem(field: "gallery-name", message: "请填写学校名称"),
        FieldProblem(field: "gallery-classes", message: "班级数不能超过 200"),
        FieldProblem(field: "gallery-stage", message: "请选择学段"),
    ]
    private static let stages = [
        SelectOption("primary", "小学"), SelectOption("junior", "初中"), SelectOption("nine-year", "九年一贯制学校"),
    ]

    static func examples(_ page: PageContext) -> HTML {
        #"""
        \#(UI.card("筛选", filter))
        <div class="columns" id="forms">
        \#(UI.card("有错误的表单", failedForm(page)))
        \#(UI.card("表单", form(page)))
        </div>
        """#
    }

    private static var filter: HTML {
        let counties = [SelectOption("", "全部县区"), SelectOption("450602", "港口区"), SelectOption("450603", "防城区")]
        let fields: HTML = #"""
            \#(UI.searchField("gallery-q", label: "学校", placeholder: "名称、代码或拼音首字母"))
            \#(UI.select("gallery-county", label: "县区", options: counties, selected: ""))
            \#(UI.select("gallery-filter-stage", label: "学段", options: [SelectOption("", "全部")] + stages))
            \#(UI.dateField("gallery-date", label: "日期", value: LocalDate(iso: "2015-09-30")))
            """#
        return UI.filterBar(action: "/", query: FormValues([("sort", "-name")]), keep: ["sort"], fields)
    }

    private static func failedForm(_ page: PageContext) -> HTML {
        let fields: HTML = #"""
            \#(UI.textField("gallery-name", label: "学校名称", value: "", hint: "写全称，与公章一致", required: true, problems: problems))
            \#(UI.fieldRow(numbers))
            \#(UI.radios("gallery-stage", label: "学段", options: stages, required: true, problems: problems))
            """#
        return UI.form(action: "/", page: page, submit: "保存", cancel: "/", problems: problems, fields)
    }

    private static var numbers: HTML {
        UI.textField(
            "gallery-classes", label: "班级数", value: "2400", suffix: "个", inputmode: "numeric", problems: problems)
            + UI.textField("gallery-bandwidth", label: "接入带宽", value: "100", suffix: "Mbps", inputmode: "decimal")
    }

    private static func form(_ page: PageContext) -> HTML {
        let kinds = [
            SelectOption("computer", "计算机教室"), SelectOption("media", "多媒体教室"), SelectOption("recording", "录播教室"),
        ]
        let fields: HTML = #"""
            \#(UI.checkboxes("gallery-rooms", label: "教室", options: kinds, selected: ["media"], hint: "可以选多项"))
            \#(UI.checkbox("gallery-network", label: "已建校园网", isOn: true))
            \#(UI.textArea("gallery-note", label: "说明", value: "2015年春季学期更换光猫。", rows: 3))
            \#(UI.fileField("gallery-file", label: "登记表", accept: ".xlsx,.csv", hint: "Excel 或 CSV，不超过 32 MB"))
            """#
        return UI.form(
            action: "/", page: page, submit: "提交", multipart: true,
            UI.fieldGroup("设施", hint: "按 9 月 30 日的情况填写", fields))
    }
}
