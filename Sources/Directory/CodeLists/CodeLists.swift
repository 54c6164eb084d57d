import Foundation

/// The code lists of the house, each read once from its file at first use.
package enum CodeLists {
    /// 行政区划: GB/T 2260 to the county, statistics codes for the towns. See `Divisions`.
    package static let divisions = load("divisions")
    /// 办学类型. See `SchoolCategory` for the sets the plan speaks of.
    package static let schoolType = load("school-type", matching: .leaves)
    /// 所在地城乡类型. See `UrbanRural` for what is urban.
    package static let urbanRural = load("urban-rural", matching: .leaves)
    /// 学校办别
    package static let schoolRunBy = load("school-run-by")
    /// 任课学段
    package static let stage = load("stage")
    /// 班级类型
    package static let classKind = load("class-kind")
    /// 中小学课程
    package static let subject = load("subject")

    /// 性别
    package static let sex = load("sex")
    /// 民族
    package static let ethnicity = load("ethnicity")
    /// 身份证件类型
    package static let idDocument = load("id-document")
    /// 政治面貌
    package static let politicalStatus = load("political-status")
    /// 学历
    package static let education = load("education")
    /// 健康状况
    package static let health = load("health")
    /// 教职工类别
    package static let staffKind = load("staff-kind")
    /// 岗位职业
    package static let post = load("post")
    /// 学籍异动类别
    package static let enrolmentChange = load("enrolment-change")

    /// 国籍/地区
    package static let nationality = load("nationality")
    /// 港澳台侨外
    package static let overseas = load("overseas")
    /// 血型
    package static let bloodType = load("blood-type")
    /// 户口性质
    package static let householdKind = load("household-kind")
    /// 入学方式
    package static let entryWay = load("entry-way")
    /// 就读方式
    package static let attendance = load("attendance")
    /// 学生类别
    package static let studentCategory = load("student-category")
    /// 留守儿童
    package static let leftBehind = load("left-behind")
    /// 残疾人类型
    package static let disability = load("disability")
    /// 学位
    package static let degree = load("degree")
    /// 教师职称
    package static let teacherTitle = load("teacher-title")
    /// 骨干教师级别
    package static let backbone = load("backbone")
    /// 婚姻状况
    package static let maritalStatus = load("marital-status")
    /// 监护人关系
    package static let guardianRelation = load("guardian-relation")
    /// 查看个人完整信息的原因
    package static let lookReason = load("look-reason")

    /// 网络接入方式
    package static let networkAccess = load("network-access")
    /// 运营商
    package static let carrier = load("carrier")
    /// 校园网; every code but `none` means that there is one.
    package static let campusNetwork = load("campus-network")
    /// 教室类别
    package static let roomKind = load("room-kind")
    /// 教室多媒体等级, `0` to `3`.
    package static let mediaLevel = load("media-level")
    /// 行动计划分档; its codes are the raw values of `PlanTier`.
    package static let planTier = load("plan-tier")

    /// Every list by the name of its file; reads those that were not read yet.
    package static var all: [(name: String, list: CodeList)] {
        [
            ("divisions", divisions), ("school-type", schoolType), ("urban-rural", urbanRural),
            ("school-run-by", schoolRunBy), ("stage", stage), ("class-kind", classKind), ("subject", subject),
            ("sex", sex), ("ethnicity", ethnicity), ("id-document", idDocument),
            ("political-status", politicalStatus), ("education", education), ("health", health),
            ("staff-kind", staffKind), ("post", post), ("enrolment-change", enrolmentChange),
            ("nationality", nationality), ("overseas", overseas), ("blood-type", bloodType),
            ("household-kind", householdKind), ("entry-way", entryWay), ("attendance", attendance),
            ("student-category", studentCategory), ("left-behind", leftBehind), ("disability", disability),
            ("degree", degree), ("teacher-title", teacherTitle), ("backbone", backbone),
            ("marital-status", maritalStatus), ("guardian-relation", guardianRelation),
            ("look-reason", lookReason),
            ("network-access", networkAccess), ("carrier", carrier), ("campus-network", campusNetwork),
            ("room-kind", roomKind), ("media-level", mediaLevel), ("plan-tier", planTier),
        ]
    }

    /// The list whose file has the name; `nil` when there is none.
    package static func named(_ name: String) -> CodeList? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.list) })

    private static func load(_ name: String, matching: CodeList.Matching = .all) -> CodeList {
        guard let url = Bundle.module.url(forResource: name, withExtension: "csv", subdirectory: "Data"),
            let data = try? Data(contentsOf: url)
        else { fatalError("code list \(name) is missing from the build") }
        do {
            return try CodeList(csv: String(decoding: data, as: UTF8.self), matching: matching)
        } catch {
            fatalError("code list \(name), line \(error.line): \(error.reason)")
        }
    }
}
