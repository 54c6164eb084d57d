import Directory
import Kernel
import Platform

/// Columns of the workbook that tells of the resources of a folder.
enum FolderColumn: String, MetadataColumn {
    case title, files, type, summary, node, lesson, stage, subject, grade, volume, tags, language, audience, minutes
    case licence, origin, source, visibility, authors, ignored

    var title: String {
        switch self {
        case .title: "标题"
        case .files: "文件"
        case .type: "类型"
        case .summary: "简介"
        case .node: "节点代码"
        case .lesson: "课"
        case .stage: "学段"
        case .subject: "学科"
        case .grade: "年级"
        case .volume: "册次"
        case .tags: "关键词"
        case .language: "语种"
        case .audience: "使用对象"
        case .minutes: "时长"
        case .licence: "授权方式"
        case .origin: "来源"
        case .source: "出处"
        case .visibility: "谁能看到"
        case .authors: "其他作者"
        case .ignored: "不导入"
        }
    }

    var synonyms: [String] {
        switch self {
        case .title: ["名称", "资源名称", "资源标题", "题目"]
        case .files: ["文件名", "文件名称", "附件", "资源文件", "文件路径"]
        case .type: ["资源类型", "类别"]
        case .summary: ["说明", "描述", "内容简介"]
        case .node: ["节点编码", "教材节点"]
        case .lesson: ["课题", "课文", "课名", "所属课"]
        case .stage: ["适用学段"]
        case .subject: ["科目", "课程"]
        case .grade: ["适用年级", "使用年级"]
        case .volume: ["分册", "册别"]
        case .tags: ["标签", "关键字"]
        case .language: ["语言"]
        case .audience: ["适用对象", "用户类型"]
        case .minutes: ["时长(分钟)", "分钟"]
        case .licence: ["授权", "许可", "许可协议"]
        case .origin: ["资源来源"]
        case .source: ["出处和授权", "授权说明"]
        case .visibility: ["可见范围", "范围", "公开范围"]
        case .authors: ["作者", "合作者"]
        case .ignored: ["序号", "备注"]
        }
    }

    static let needed: Set<FolderColumn> = [.title, .files]
}

/// One row of the workbook as a resource, before its files and lessons are looked up.
struct FolderRow: Sendable {
    let number: Int
    var content: ItemContent
    /// Names of files as they stand in the cell, one a piece.
    let files: [String]
    /// The whole cell, for a name that holds a mark which usually parts names.
    let filesText: String
    let codes: [String]
    /// Titles of lessons, looked up among the textbooks of `key`.
    let lessons: [String]
    let key: TextbookKey
    let authors: [String]
    var reasons: [String]
    let row: MetadataSheet<FolderColumn>.Row

    init(_ row: MetadataSheet<FolderColumn>.Row) {
        self.row = row
        number = row.number
        var reasons = row.faults
        var content = ItemContent(
            title: row.text(.title), type: "", nodes: [],
            summary: FormValuesText.paragraphs(row.cells[.summary]?.text ?? ""), tags: row.list(.tags), licence: "city")
        func read(_ column: FolderColumn, _ words: String, _ take: (String) -> Bool) {
            let text = row.text(column)
            if !text.isEmpty, !take(text) {
                reasons.append(row.fault(column, "不认识“\(ChineseText.quoted(text))”，\(words)"))
            }
        }
        func code(_ list: CodeList, _ text: String) -> String? { list[text]?.code ?? list.code(matching: text)?.code }
        let types = ResourceLists.type.codes.filter { $0.parent != nil }
        read(.type, "写\(types.prefix(4).map(\.name).joined(separator: "、"))等类型") { text in
            content.type = code(ResourceLists.type, text) ?? ""
            return ResourceGroup(type: content.type) != nil
        }
        read(.language, "写汉语、壮语或英语") { text in
            content.language = code(ResourceLists.language, text) ?? ""
            return !content.language.isEmpty
        }
        read(.licence, "写资源授权方式的名称") { text in
            content.licence = MetadataWords.licence(text) ?? ""
            return !content.licence.isEmpty
        }
        read(.origin, "写原创、转载或公有领域") { text in
            content.origin = code(ResourceLists.origin, text) ?? ""
            return !content.origin.isEmpty && content.origin != "adapted"
        }
        read(.visibility, "写本校、本县(市、区)、全市或公开") { text in
            guard let visibility = MetadataWords.visibility(text) else { return false }
            content.visibility = visibility
            return true
        }
        read(.minutes, "写分钟数") { text in
            content.minutes = Int(text)
            return content.minutes != nil
        }
        content.source = row.text(.source)
        let audience = row.list(.audience)
        if !audience.isEmpty {
            content.audience = audience.compactMap { code(ResourceLists.audience, $0) }
            if content.audience.count < audience.count { reasons.append(row.fault(.audience, "写教师、学生、家长或管理者")) }
        }
        var key = TextbookKey(stage: "", subject: "", edition: "", grade: "", volume: "")
        read(.stage, "写小学、初中或高中") { text in
            key.stage = ClassStage.allCases.first { $0.title == text }?.rawValue ?? ""
            return !key.stage.isEmpty
        }
        let stage = ClassStage(rawValue: key.stage) ?? .primary
        read(.subject, "写学科的名称") { text in
            key.subject = TextbookSubject.code(matching: text, stage: stage) ?? ""
            return !key.subject.isEmpty
        }
        read(.grade, "写三年级、七年级等") { text in
            let stages = key.stage.isEmpty ? [.primary, .junior, .senior] : [stage]
            key.grade = stages.lazy.compactMap { TextbookGrade.code(matching: text, stage: $0) }.first ?? ""
            return !key.grade.isEmpty
        }
        read(.volume, "写上册、下册或全一册") { text in
            key.volume = TextbookVolume.code(matching: text) ?? ""
            return !key.volume.isEmpty
        }
        filesText = row.text(.files)
        files = (row.cells[.files]?.text ?? "").split { ";；|".contains($0) || $0.isNewline }
            .map { ChineseText.normalised(String($0)) }.filter { !$0.isEmpty }
        (codes, lessons, authors) = (row.list(.node), row.list(.lesson), row.list(.authors))
        self.key = key
        if content.type.isEmpty, row.text(.type).isEmpty { reasons.append(row.fault(.type, "写资源的类型")) }
        (self.content, self.reasons) = (content, reasons)
    }

    /// The rules of a draft, told at the cells; what a cell said already is not said twice.
    mutating func check() {
        let columns: [String: FolderColumn] = [
            "title": .title, "summary": .summary, "tags": .tags, "language": .language, "audience": .audience,
            "minutes": .minutes, "licence": .licence, "visibility": .visibility, "origin": .origin, "source": .source,
            "node": .node,
        ]
        for problem in content.draftProblems(adapting: nil) where problem.field != "type" {
            guard let column = columns[problem.field] else {
                reasons.append(problem.message)
                continue
            }
            let start = row.fault(column, "")
            if !reasons.contains(where: { $0.hasPrefix(start) }) { reasons.append(row.fault(column, problem.message)) }
        }
    }
}
