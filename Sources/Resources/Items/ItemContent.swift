import Database
import Kernel

/// Who finds a published resource.
package enum ItemVisibility: String, Column, Codable, Sendable, CaseIterable {
    case school, county, city, `public`

    package var title: String {
        switch self {
        case .school: "本校"
        case .county: "本县(市、区)"
        case .city: "全市"
        case .public: "公开"
        }
    }
}

/// What is told of a resource; each version keeps its own. Codes are those of `ResourceLists`.
package struct ItemContent: Codable, Sendable, Equatable {
    package var title: String
    package var type: String
    /// Ids of the units and lessons it belongs to.
    package var nodes: [String]
    package var summary: String
    package var tags: [String]
    package var language: String
    package var audience: [String]
    /// How long it plays or takes, in minutes; `nil` when not told.
    package var minutes: Int?
    package var licence: String
    package var origin: String
    /// Where it comes from, and who allowed it, unless it is original.
    package var source: String
    /// The author states that it is hers and hurts nobody's rights.
    package var isStated: Bool
    package var visibility: ItemVisibility
    /// What it shows of pupils, as `PupilUse`; `nil` or empty for nothing.
    package var pupilUses: [String]?

    package init(
        title: String, type: String, nodes: [String], summary: String = "", tags: [String] = [],
        language: String = "zh-CN", audience: [String] = ["teacher"], minutes: Int? = nil, licence: String = "cc-by",
        origin: String = "original", source: String = "", isStated: Bool = false,
        visibility: ItemVisibility = .school, pupilUses: [String]? = nil
    ) {
        (self.title, self.type, self.nodes, self.summary, self.tags) = (title, type, nodes, summary, tags)
        (self.language, self.audience, self.minutes, self.licence) = (language, audience, minutes, licence)
        (self.origin, self.source, self.isStated, self.visibility) = (origin, source, isStated, visibility)
        self.pupilUses = pupilUses
    }

    /// What keeps it from being handed in, each with its field.
    /// - Parameters:
    ///   - files: how many it has.
    ///   - licence: of the resource it was made from.
    func problems(files: Int, adapting parent: Licence?) -> [FieldProblem] {
        var problems = draftProblems(adapting: parent)
        func add(_ field: String, _ message: String) { problems.append(FieldProblem(field: field, message: message)) }
        if files == 0 { add("file", "至少要有一个文件") }
        if nodes.isEmpty { add("node", "至少选择一课") }
        if origin == "original" || origin == "adapted", !isStated { add("stated", "请确认原创声明") }
        if origin == "licensed" || origin == "public-domain", source.isEmpty { add("source", "写明出处和授权") }
        return problems
    }

    /// What keeps it from being saved.
    func draftProblems(adapting parent: Licence?) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        func add(_ field: String, _ message: String) { problems.append(FieldProblem(field: field, message: message)) }
        if title.isEmpty { add("title", "填写标题") }
        if title.unicodeScalars.count > 100 { add("title", "标题不能超过 100 个字") }
        if ResourceGroup(type: type) == nil { add("type", "选择类型") }
        if nodes.count > 20 { add("node", "最多选择 20 课") }
        if summary.unicodeScalars.count > 1000 { add("summary", "简介不能超过 1000 个字") }
        if tags.count > 10 || tags.contains(where: { $0.unicodeScalars.count > 20 }) {
            add("tags", "最多 10 个标签，每个不超过 20 个字")
        }
        if ResourceLists.language[language] == nil { add("language", "选择语种") }
        if audience.isEmpty || audience.contains(where: { ResourceLists.audience[$0] == nil }) {
            add("audience", "选择使用对象")
        }
        if let minutes, !(1...600).contains(minutes) { add("minutes", "时长在 1 到 600 分钟之间") }
        if ResourceLists.origin[origin] == nil { add("origin", "选择来源") }
        if (origin == "adapted") != (parent != nil) {
            add("origin", parent == nil ? "改编请从原资源的页面开始" : "由别的资源改编，来源应是“改编”")
        }
        if source.unicodeScalars.count > 300 { add("source", "出处不能超过 300 个字") }
        problems += licenceProblems(parent)
        return problems
    }

    private func licenceProblems(_ parent: Licence?) -> [FieldProblem] {
        guard let chosen = ResourceLists.licence(licence) else {
            return [FieldProblem(field: "licence", message: "选择授权方式")]
        }
        var problems: [FieldProblem] = []
        if let parent, !parent.keeps.contains(licence) {
            let allowed = parent.keeps.compactMap { ResourceLists.licence($0)?.name }.joined(separator: "、")
            problems.append(FieldProblem(field: "licence", message: "原资源是“\(parent.name)”，改编后只能用：\(allowed)"))
        }
        if visibility == .public, !chosen.isPublic {
            problems.append(FieldProblem(field: "visibility", message: "“\(chosen.name)”不能公开，改选授权方式或范围"))
        }
        return problems
    }
}
