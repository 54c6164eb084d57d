import Database
import Directory
import Kernel
import Web

/// The register on a school's page and in its file (一校一档).
struct FacilityPanels: SchoolPanelSource {
    let database: Database
    let counts = RosterCountCache()
    let order = 10

    func panels(
        for school: Organisation, viewer: CurrentUser, on day: LocalDate, page: PageContext
    ) async throws -> [SchoolPanel] {
        guard viewer.may(.registerView, at: school.path) else { return [] }
        let imports = viewer.scope(of: .importView), counts = counts
        let (values, files, state, count) = try await database.read(snapshot: true) { db in
            let state = try RosterCompletionStore(db).state(of: school.id, on: day)
            let count = try counts.count(of: school.id, on: day, at: .now, db)
            let values = try FacilityStore(db).values(of: school.id, on: day, state, count)
            let batches = Set(values.compactMap(\.batch))
            let files = try ImportStore(db).fileNames(of: batches, visibleTo: viewer, scope: imports)
            return (values, files, state, count)
        }
        let edit = UI.linkButton("填报", url: FacilityPages.editPath(school.id))
        let history = UI.linkButton("登记历史", url: FacilityPages.historyPath(school.id))
        let mayEdit = school.closedOn == nil && viewer.may(.registerEdit, at: school.path)
        let record = FacilityRecord(Dictionary(uniqueKeysWithValues: values.map { ($0.field, $0.value) }))
        return FacilityPanels.roster(of: school, state, count) + [
            SchoolPanel(title: "线路与带宽", id: "lines", content: FacilityPanels.lines(record)),
            SchoolPanel(
                title: "设施登记", id: "facilities", actions: mayEdit ? edit + history : history,
                content: FacilityPanels.facilities(values, files)),
        ]
    }

    /// Whether the roster is whole, for a school that keeps one.
    private static func roster(
        of school: Organisation, _ state: RosterCompletion?, _ count: RosterCount?
    ) -> [SchoolPanel] {
        guard state != nil || count?.hasPupils == true else { return [] }
        let link = UI.linkButton("学籍录入", url: RosterCompletionPages.path(school.id))
        return [
            SchoolPanel(title: "学籍录入", id: "roster", actions: link, content: RosterCompletionPages.state(state))
        ]
    }

    private static func lines(_ record: FacilityRecord) -> HTML {
        func figure(_ field: FacilityField) -> HTML {
            UI.statistic(record[field].map(field.textWithUnit) ?? "无数据", label: field.label)
        }
        func word(_ field: FacilityField) -> (String, HTML) {
            (field.label, HTML(text: record[field].map(field.textWithUnit) ?? "无数据"))
        }
        let bandwidths = UI.statistics([
            figure(.access), figure(.egress), figure(.measured),
            UI.statistic(perClass(record), label: "班均出口带宽", note: "出口带宽 ÷ 班级数"),
        ])
        return bandwidths
            + UI.summaryList([word(.lines), word(.accessKind), word(.carrier), word(.campusNetwork), word(.rent)])
    }

    private static func perClass(_ record: FacilityRecord) -> String {
        if record.isConnected == false { return "未接入" }
        guard let egress = record[.egress], let classes = record[.classes], classes > 0 else { return "无数据" }
        return TableValue.decimal(egress / classes, places: 2).text + " Mbit/s"
    }

    private static func facilities(_ values: [FacilityValue], _ files: [String: String]) -> HTML {
        guard !values.isEmpty else {
            return UI.emptyState("还没有登记", "由学校填报，或导入区县的统计工作簿。")
        }
        var rows: [FacilityField.Block: [(String, HTML)]] = [:]
        for value in values {
            guard let field = FacilityField.named(value.field) else { continue }
            let source = FacilityHistoryPages.origin(value, files), text = field.textWithUnit(value.value)
            let told: HTML = #"\#(text) <span class="muted">\#(source)，\#(value.validFrom.iso)</span>"#
            rows[field.block, default: []].append((field.label, told))
        }
        var html = HTML()
        for block in FacilityField.Block.allCases {
            if let rows = rows[block] { html += "<h3>\(block.rawValue)</h3>" + UI.summaryList(rows) }
        }
        return html
    }

    func dossier(for school: Organisation, viewer: CurrentUser, on day: LocalDate) async throws -> [DossierSection] {
        guard viewer.may(.registerView, at: school.path) else { return [] }
        let found = try await database.read(snapshot: true) { db in
            let store = FacilityStore(db)
            return (
                values: try store.values(of: school.id, on: day),
                history: try store.history(of: school.id, limit: TableQuery.exportLimit)
            )
        }
        let known = Dictionary(uniqueKeysWithValues: found.values.map { ($0.field, $0) })
        let rows = FacilityField.all.map { field -> [TableValue] in
            let name: [TableValue] = [.text(field.block.rawValue), .text(field.label)]
            guard let value = known[field.id] else {
                return name + [.empty, .text(field.unit), .empty, .empty, .empty]
            }
            return name + [
                field.tableValue(value.value), .text(field.unit), .date(value.validFrom), .text(value.origin),
                .text(value.recordedBy),
            ]
        }
        let history = found.history.filter { $0.validFrom <= day }.map(FacilityPanels.historyRow)
        return [
            DossierSection(
                title: "设施登记", header: ["类别", "登记项", "数值", "单位", "起始日期", "来源", "登记人"], rows: rows),
            DossierSection(
                title: "登记历史", header: ["登记项", "数值", "起始日期", "来源", "登记人", "登记时间", "状态", "说明"],
                rows: history),
        ]
    }

    private static func historyRow(_ value: FacilityValue) -> [TableValue] {
        [
            .text(value.label), .text(value.text), .date(value.validFrom), .text(value.origin), .text(value.recordedBy),
            .text(value.recordedAt.text), .text(value.state.title), .text(value.note),
        ]
    }
}
