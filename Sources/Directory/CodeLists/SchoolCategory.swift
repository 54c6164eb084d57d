/// A set of school types that the plan or the statistics speak of by one word. Computed from the 办学类型 code, never
/// stored. The sets are the reading rules of the bureau's register; the national code names none of them.
package struct SchoolCategory: Sendable, Hashable {
    /// The word of the plan.
    package let title: String
    /// 办学类型 codes.
    package let types: Set<String>

    /// Whether a school of this 办学类型 code belongs to the set.
    package func contains(_ type: String) -> Bool { types.contains(type) }

    /// 中小学: primary and secondary schools, teaching points and vocational high schools; no kindergarten.
    /// 345 is not in the bureau's register, but a 中学 must be a 中小学.
    package static let primaryAndSecondary = SchoolCategory(
        title: "中小学", types: ["211", "218", "311", "312", "341", "342", "345", "365"])

    /// 义务教育阶段学校: schools that teach compulsory grades only.
    package static let compulsory = SchoolCategory(title: "义务教育阶段学校", types: ["211", "218", "311", "312"])

    /// 中学, as in 中学、中心校接入带宽达30M以上; without vocational schools.
    package static let secondary = SchoolCategory(title: "中学", types: ["311", "312", "341", "342", "345"])

    /// 高中阶段学校: general high schools, complete secondary schools and secondary vocational schools.
    package static let senior = SchoolCategory(
        title: "高中阶段学校", types: ["341", "342", "345", "361", "362", "363", "364", "365", "366"])

    /// 中职: the group 36 of the code.
    package static let vocational = SchoolCategory(
        title: "中职", types: ["361", "362", "363", "364", "365", "366", "368", "369"])

    /// 幼儿园
    package static let kindergarten = SchoolCategory(title: "幼儿园", types: ["111", "119"])

    /// 特教
    package static let special = SchoolCategory(title: "特教", types: ["511", "512", "513", "514", "519"])

    /// 教学点
    package static let teachingPoint = SchoolCategory(title: "教学点", types: ["218"])

    /// Schools of one stage whose pupils per computer can be told. Computers of schools with several stages (312, 341,
    /// 345) are not split by stage in the register; those schools are listed as 未分学段.
    package static let primaryStage = SchoolCategory(title: "小学", types: ["211", "218"])
    package static let juniorStage = SchoolCategory(title: "初中", types: ["311"])
    package static let seniorStage = SchoolCategory(title: "高中(中职)", types: ["342", "365"])
    package static let severalStages = SchoolCategory(title: "未分学段", types: ["312", "341", "345"])

    /// 中心校以上学校: central schools, 中学 and vocational high schools (自动录播教室).
    package static func isCentralOrAbove(type: String, isCentral: Bool) -> Bool {
        isCentral || secondary.contains(type) || type == "365"
    }
}
