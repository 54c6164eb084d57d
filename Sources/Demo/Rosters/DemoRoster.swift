import Directory

/// Which classes and how many teachers the schools of the cast have.
struct DemoRoster: Sendable {
    struct Class: Sendable {
        let stage: ClassStage
        /// School years that have begun, this one included.
        let ordinal: Int
        let number: Int
        let pupils: Int

        init(_ stage: ClassStage, _ ordinal: Int, _ number: Int, pupils: Int = 40) {
            (self.stage, self.ordinal, self.number, self.pupils) = (stage, ordinal, number, pupils)
        }
    }

    /// A member of the cast who works or learns at the school.
    struct Duty: Sendable {
        let login: String
        /// 岗位职业码
        let post: String
        /// The place in `classes` of the class she leads.
        let leads: Int?
    }

    let school: String
    let classes: [Class]
    let cast: [Duty]
    /// Besides the cast.
    let teachers: Int

    /// 孙同学 and a parent of hers, both with an account, in the class of 王老师.
    static let (pupil, guardian) = ("sun", "sunjia")

    static let all = [
        DemoRoster(
            school: DemoSchool.experimental,
            classes: [
                Class(.primary, 6, 1), Class(.primary, 6, 2), Class(.primary, 5, 1), Class(.primary, 3, 1),
                Class(.primary, 1, 1),
            ],
            cast: [Duty(login: "li", post: "31", leads: nil), Duty(login: "wang", post: "23", leads: 0)], teachers: 10),
        DemoRoster(
            school: DemoSchool.border,
            classes: [Class(.primary, 6, 1), Class(.primary, 4, 1), Class(.primary, 1, 1)],
            cast: [Duty(login: "zhao", post: "23", leads: 0)], teachers: 6),
        DemoRoster(
            school: DemoSchool.bridgePoint,
            classes: [Class(.primary, 1, 1, pupils: 9), Class(.primary, 2, 1, pupils: 11)],
            cast: [Duty(login: "shiqiao", post: "10", leads: 0)], teachers: 1),
        DemoRoster(
            school: DemoSchool.junior, classes: [Class(.junior, 1, 1), Class(.junior, 1, 2)], cast: [], teachers: 9),
    ]
}
