import Platform

/// The header words of counties' workbooks and what they mean. Words are compared without spaces, brackets, units and
/// punctuation; a word that alone could mean two things is settled by the group header above it.
enum HeaderWords {
    typealias Match = HeaderRecognition<ColumnTarget>.Match

    /// What a column means by its own header and those above it, nearest first.
    /// - Parameter isLoose: also look for known words inside a longer header.
    static func match(_ header: String, groups: [String], isLoose: Bool = true) -> Match? {
        let leaf = key(header)
        guard !leaf.isEmpty else { return nil }
        for group in groups.map(key) where !group.isEmpty {
            for joined in [leaf + group, group + leaf] {
                if let found = words[joined] { return found }
            }
        }
        if let found = words[leaf] ?? modest[leaf] { return found }
        return isLoose ? contained(in: leaf) : nil
    }

    /// Bandwidth columns may say that their bare numbers are Gbit/s or kbit/s; 1 otherwise.
    static func scale(of header: String) -> Double {
        let text = ChineseText.matchingKey(header)
        if ["(g)", "(gb)", "(gbps)", "(gbit/s)", "(千兆)"].contains(where: text.hasSuffix) { return 1000 }
        if ["(k)", "(kb)", "(kbps)", "(kbit/s)"].contains(where: text.hasSuffix) { return 0.001 }
        return 1
    }

    private static func key(_ text: String) -> String { HeaderText.key(text) }

    /// The longest known word inside a longer header: `本校在校学生数合计`. Rates and plans are no figures of today.
    private static func contained(in leaf: String) -> Match? {
        if others.contains(where: leaf.contains) { return nil }
        let found = longWords.first { leaf.contains($0) }
        return found.flatMap { words[$0] }.map { Match(target: $0.target, certainty: .contained) }
    }

    /// Longest first.
    private static let longWords: [String] = words.filter { $0.key.count >= 3 && $0.value.target != .ignored }.keys
        .sorted { ($1.count, $0) < ($0.count, $1) }

    private static let others = ["比例", "占比", "百分", "%", "覆盖率", "生机比", "师机比", "上年", "去年", "计划", "目标", "拟", "新增", "费用"]

    /// Exact labels first; the first meaning of a word stands.
    private static let words: [String: Match] = {
        var words: [String: Match] = [:]
        func add(_ texts: [String], _ target: ColumnTarget, _ certainty: ColumnCertainty) {
            for text in texts where words[key(text)] == nil {
                words[key(text)] = Match(target: target, certainty: certainty)
            }
        }
        for target in ColumnTarget.all where target != .ignored { add([target.title], target, .exact) }
        for (target, texts) in identity { add(texts, target, .synonym) }
        for field in FacilityField.all { add(field.headers, .field(field), .synonym) }
        for (field, texts) in figures { add(texts, .field(field), .synonym) }
        return words
    }()

    private static let identity: [(ColumnTarget, [String])] = [
        (
            .code,
            [
                "标识码", "学校代码", "学校编码", "机构代码", "机构标识码", "学校机构标识码", "学校识别码", "学校标识代码", "单位代码", "代码",
            ]
        ),
        (.name, ["学校", "校名", "单位名称", "学校全称", "名称", "学校名", "学校机构名称", "教学点名称", "学校单位", "单位"]),
        (
            .county,
            [
                "县区", "所属县区", "县", "区县", "所在县区", "县市区", "所属县市区", "所在县市区", "所属区县", "所在区县", "所属县", "所在县", "县级单位",
                "行政区", "管理单位",
            ]
        ),
        (
            .town,
            ["乡镇", "乡镇街道", "所属乡镇", "所在乡镇", "所在乡镇街道", "所属乡镇街道", "乡", "镇", "镇街", "街道", "乡镇名称", "所属镇", "所在镇"]
        ),
        (.type, ["学校类型", "学校类别", "类型", "办学类别", "学校办学类型", "办学层次", "办学类型码", "办学类型代码"]),
        (
            .urbanRural,
            [
                "城乡分类代码", "城乡分类码", "城乡类型", "城乡代码", "城乡", "所在地城乡类型", "所在地城乡分类", "城乡类别", "城乡属性", "所在地城乡类型码", "城乡类型代码",
            ]
        ),
        (.isCentral, ["中心校", "中心学校", "是否为中心校", "是否中心学校", "是否中心小学", "中心小学"]),
        (.remark, ["说明", "备考", "附注"]),
        (.ignored, ["序号", "编号", "行号", "退回原因", "联系人", "联系电话", "填表人", "负责人", "校长", "no"]),
    ]

    private static let figures: [(FacilityField, [String])] = [
        (.students, ["在校生", "在校学生人数", "学生总人数"]),
        (.access, ["接入速率", "宽带接入带宽", "互联网接入带宽", "网络接入带宽", "宽带速率"]),
        (.egress, ["互联网出口带宽", "总出口带宽", "校园出口带宽"]),
        (.campusNetwork, ["是否建有校园网", "校园网建设", "是否建成校园网"]),
        (.ordinaryRooms, ["普通教室间数", "教室间数", "教室总数"]),
        (.multimediaRooms, ["多媒体教室间数", "其中多媒体", "配备多媒体教室"]),
        (.onlineRooms, ["联网教室", "接入网络", "已接入网络", "联网"]),
        (.studentComputers, ["学生用机数", "学生用电脑", "学生计算机数", "学生用计算机台数", "学生用计算机数"]),
        (.teacherComputers, ["教师用电脑", "教师计算机数", "教师用机数", "教师用计算机台数", "教师用计算机数"]),
        (.recordingRooms, ["录播室", "录播", "自动录播", "自动录播室"]),
    ]

    /// Words that mean something only where no group says otherwise.
    private static let modest: [String: Match] = [
        "学生": Match(target: .field(.students), certainty: .synonym),
        "教师": Match(target: .field(.teachers), certainty: .synonym),
        "接入": Match(target: .field(.access), certainty: .synonym),
        "出口": Match(target: .field(.egress), certainty: .synonym),
        "多媒体": Match(target: .field(.multimediaRooms), certainty: .synonym),
    ]
}
