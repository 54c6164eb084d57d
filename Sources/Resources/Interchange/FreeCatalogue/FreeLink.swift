import Directory
import Kernel
import Platform
import Web

/// Columns of a workbook of free public resources.
enum FreeLinkColumn: String, MetadataColumn {
    case title, link, description, stage, subject, node, licence, provider, keywords, audience, ignored

    var title: String {
        switch self {
        case .title: "标题"
        case .link: "网址"
        case .description: "简介"
        case .stage: "学段"
        case .subject: "学科"
        case .node: "节点代码"
        case .licence: "授权方式"
        case .provider: "提供者"
        case .keywords: "关键词"
        case .audience: "谁能找到"
        case .ignored: "不导入"
        }
    }

    var synonyms: [String] {
        switch self {
        case .title: ["名称", "资源名称", "资源标题"]
        case .link: ["链接", "地址", "网址(链接)", "URL"]
        case .description: ["说明", "描述", "内容简介"]
        case .stage: ["适用学段", "阶段"]
        case .subject: ["科目", "课程", "适用学科"]
        case .node: ["教材节点", "课的代码"]
        case .licence: ["授权", "许可", "许可协议", "版权"]
        case .provider: ["来源", "提供单位", "网站", "作者"]
        case .keywords: ["标签", "关键字"]
        case .audience: ["范围", "可见范围"]
        case .ignored: ["序号", "备注"]
        }
    }

    static let needed: Set<FreeLinkColumn> = [.title, .link]
}

/// An entry of the city's catalogue of free public resources as a form or a row tells it.
struct FreeLink: Sendable, Equatable {
    var content: ExternalContent
    var audience: ExternalAudience
    /// Codes of lessons and units in the catalogue of textbooks.
    var nodes: [String]

    /// Rows of one workbook.
    static let mostRows = 2_000
    private static let mostNodes = 20

    init(_ form: FormValues) {
        content = ExternalContent(
            title: ChineseText.normalised(form["title"] ?? ""),
            description: FormValuesText.paragraphs(form["description"] ?? ""),
            subjects: FreeLink.parts(form["keywords"] ?? ""), stage: form["stage"] ?? "",
            subject: form["subject"] ?? "",
            link: form["link"] ?? "", provider: ChineseText.normalised(form["provider"] ?? ""),
            licence: form["licence"] ?? "")
        audience = ExternalAudience(rawValue: form["audience"] ?? "") ?? .everybody
        nodes = FreeLink.parts(form["nodes"] ?? "")
    }

    private static func parts(_ text: String) -> [String] {
        var seen: Set<String> = []
        return text.split { "、,，;； \n".contains($0) || $0.isNewline }.map { ChineseText.normalised(String($0)) }
            .filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    /// What the form shows.
    static func values(_ entry: ExternalEntry, nodes: [String]) -> FormValues {
        let content = entry.content
        return FormValues(
            [
                ("title", content.title), ("link", content.link), ("description", content.description),
                ("keywords", content.subjects.joined(separator: "、")), ("stage", content.stage),
                ("subject", content.subject), ("provider", content.provider), ("licence", content.licence),
                ("audience", entry.audience.rawValue), ("nodes", nodes.joined(separator: "、")),
                ("revision", String(entry.revision)),
            ].map { (name: $0.0, value: $0.1) })
    }

    /// A row of a workbook, with every reason why it cannot be taken.
    static func read(_ row: MetadataSheet<FreeLinkColumn>.Row) -> (link: FreeLink, reasons: [String]) {
        var reasons = row.faults
        var link = FreeLink(FormValues())
        link.content.title = row.text(.title)
        link.content.description = row.text(.description)
        link.content.link = row.text(.link)
        link.content.provider = row.text(.provider)
        link.content.subjects = row.list(.keywords)
        link.nodes = row.list(.node)
        let stageText = row.text(.stage)
        if !stageText.isEmpty {
            let stage = ClassStage.allCases.first { $0.title == stageText }
            if let stage {
                link.content.stage = stage.rawValue
            } else {
                reasons.append(row.fault(.stage, "不认识“\(ChineseText.quoted(stageText))”，写小学、初中或高中"))
            }
        }
        let subjectText = row.text(.subject)
        if !subjectText.isEmpty {
            let stage = ClassStage(rawValue: link.content.stage) ?? .primary
            if let code = TextbookSubject.code(matching: subjectText, stage: stage) {
                link.content.subject = code
            } else {
                reasons.append(row.fault(.subject, "不认识“\(ChineseText.quoted(subjectText))”"))
            }
        }
        let licenceText = row.text(.licence)
        if !licenceText.isEmpty {
            link.content.licence = MetadataWords.licence(licenceText) ?? licenceText
        }
        let audienceText = row.text(.audience)
        if !audienceText.isEmpty {
            if let audience = ExternalAudience.allCases.first(where: { $0.title == audienceText }) {
                link.audience = audience
            } else {
                reasons.append(row.fault(.audience, "写“所有人”或“教师”"))
            }
        }
        for problem in link.problems {
            let column = FreeLinkColumn(rawValue: problem.field == "nodes" ? "node" : problem.field)
            reasons.append(column.map { row.fault($0, problem.message) } ?? problem.message)
        }
        return (link.taken, reasons)
    }

    /// Brought into order; the link as it is sent.
    var taken: FreeLink {
        var link = self
        if case .success(let content) = content.taken() { link.content = content }
        return link
    }

    /// What keeps it from being saved, each with its field.
    var problems: [FieldProblem] {
        var problems: [FieldProblem] = []
        func add(_ field: String, _ text: String) { problems.append(FieldProblem(field: field, message: text)) }
        if content.title.isEmpty { add("title", "填写标题") }
        if content.title.unicodeScalars.count > 100 { add("title", "标题不能超过 100 个字") }
        if content.link.isEmpty {
            add("link", "填写网址")
        } else if WebLink(content.link) == nil {
            add("link", "网址以 http:// 或 https:// 开头")
        }
        if content.description.unicodeScalars.count > 1_000 { add("description", "简介不能超过 1000 个字") }
        if !content.stage.isEmpty, ClassStage(rawValue: content.stage) == nil { add("stage", "选择学段") }
        if !content.subject.isEmpty, CodeLists.subject[content.subject] == nil { add("subject", "选择学科") }
        if content.provider.unicodeScalars.count > 60 { add("provider", "提供者不能超过 60 个字") }
        if content.licence.unicodeScalars.count > 60 { add("licence", "授权方式不能超过 60 个字") }
        if content.subjects.count > 10 || content.subjects.contains(where: { $0.unicodeScalars.count > 20 }) {
            add("keywords", "最多 10 个关键词，每个不超过 20 个字")
        }
        if nodes.count > FreeLink.mostNodes { add("nodes", "最多写 \(FreeLink.mostNodes) 个节点代码") }
        return problems
    }
}
