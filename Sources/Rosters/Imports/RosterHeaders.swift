import Directory
import Platform

/// The header words of roster workbooks: labels of the national forms, their usual other words, and the field names of
/// the ministry's exchange files.
struct RosterHeaders: Sendable {
    typealias Match = HeaderRecognition<RosterTarget>.Match

    private let words: [String: Match]
    private let longWords: [String]

    static let pupils = RosterHeaders(.pupils)
    static let staff = RosterHeaders(.staff)
    static func of(_ kind: RosterKind) -> RosterHeaders { kind == .pupils ? pupils : staff }

    private init(_ kind: RosterKind) {
        let known = RosterTarget.all(of: kind)
        var words: [String: Match] = [:]
        func add(_ texts: [String], _ target: RosterTarget, _ certainty: ColumnCertainty) {
            for text in texts where words[HeaderText.key(text)] == nil && !HeaderText.key(text).isEmpty {
                words[HeaderText.key(text)] = Match(target: target, certainty: certainty)
            }
        }
        for target in known where target != .ignored { add([target.title], target, .exact) }
        for (target, texts) in RosterHeaders.identity where known.contains(target) { add(texts, target, .synonym) }
        for target in known {
            if case .field(let field) = target { add([field.moe] + field.aliases, target, .synonym) }
        }
        add(RosterHeaders.unkept, .ignored, .synonym)
        self.words = words
        longWords = words.filter { $0.key.count >= 3 && $0.value.target != .ignored }.keys
            .sorted { ($1.count, $0) < ($0.count, $1) }
    }

    func match(_ header: String, groups: [String], isLoose: Bool) -> Match? {
        if let guardian = RosterHeaders.guardian(in: groups.reversed().joined() + header) {
            return words.values.contains { if case .guardian = $0.target { true } else { false } } ? guardian : nil
        }
        let leaf = HeaderText.key(header)
        guard !leaf.isEmpty else { return nil }
        for group in groups.map(HeaderText.key) where !group.isEmpty {
            for joined in [leaf + group, group + leaf] {
                if let found = words[joined] { return found }
            }
        }
        if let found = words[leaf] { return found }
        guard isLoose, let word = longWords.first(where: { leaf.contains($0) }) else { return nil }
        return words[word].map { Match(target: $0.target, certainty: .contained) }
    }

    /// A column about a guardian: 监护人1姓名, 家庭成员二 / 联系电话, 家长手机, 母亲姓名.
    private static func guardian(in text: String) -> Match? {
        let key = ChineseText.matchingKey(text)
        guard let word = ["监护人", "家庭成员", "成员", "家长", "父亲", "母亲"].first(where: key.contains),
            key != "是否监护人" || key.contains("成员")
        else { return nil }
        let isSecond = key.contains("2") || key.contains("二") || (word == "母亲" && !key.contains("1"))
        let match = { (part: RosterTarget.GuardianPart) in
            Match(target: .guardian(isSecond ? 2 : 1, part), certainty: .synonym)
        }
        if key.contains("说明") || key.contains("是否") { return Match(target: .ignored, certainty: .synonym) }
        if key.contains("类型") { return match(.documentType) }
        if key.contains("证件") || key.contains("身份证") { return match(.documentNumber) }
        if key.contains("电话") || key.contains("手机") { return match(.phone) }
        if key.contains("关系") { return match(.relation) }
        if key.contains("姓名") || key.hasSuffix(word) { return match(.name) }
        return Match(target: .ignored, certainty: .synonym)
    }

    private static let identity: [(RosterTarget, [String])] = [
        (.schoolCode, ["学校代码", "学校机构标识码", "标识码", "单位代码", "XXBSM"]),
        (.schoolName, ["学校", "所在学校", "就读学校", "任职学校", "单位", "单位名称", "工作单位", "XXMC"]),
        (.county, ["县区", "所在县区", "所属县区", "县市区", "区县"]),
        (.grade, ["年级名称", "所在年级", "就读年级", "NJ", "年级码"]),
        (.classGroup, ["班级名称", "班号", "所在班级", "就读班级", "行政班", "班", "BJ", "班级编号"]),
        (.studentNumber, ["全国学籍号", "学籍号码", "学籍主号", "国家学籍号", "XJH"]),
        (.documentType, ["证件类型", "身份证件类型码", "SFZJLXM", "证件类别"]),
        (.documentNumber, ["身份证号", "身份证号码", "身份证件号码", "证件号", "证件号码", "身份证", "公民身份号码", "SFZJH"]),
        (.staffNumber, ["教职工号", "职工号", "GH"]),
        (.phone, ["手机", "手机号码", "移动电话", "SJH"]),
        (.post, ["岗位", "职务", "岗位职业码", "GWZYM", "现任职务"]),
    ]

    /// Columns of the national forms that are known and not kept.
    private static let unkept = [
        "序号", "编号", "行号", "照片", "ZP", "备注", "退回原因", "省", "市", "学段", "学生状态", "学籍状态", "在校状态", "关系说明",
        "年龄", "教龄",
    ]
}
