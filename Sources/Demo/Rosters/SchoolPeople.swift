import Directory
import Kernel

/// Everybody at a school of a whole city before they are entered, besides the cast.
struct SchoolPeople: Sendable {
    struct One: Sendable {
        let id: ID<Person>
        let name: String
        /// By the ids of the fields, the name among them.
        let values: [String: String]
        let numbers: [PersonIdentifier]
    }
    struct StaffMember: Sendable {
        let person: One
        /// 岗位职业码
        let post: String
        /// 课程码
        let subject: String
    }
    struct Pupil: Sendable {
        let person: One
        let entryYear: Int
        let guardian: Guardian?
    }
    struct Guardian: Sendable {
        let person: One
        /// 监护人关系
        let relation: String
    }
    struct Class: Sendable {
        let plan: SchoolRoster.Class
        let entry: SchoolYear
        let pupils: [Pupil]
    }

    private(set) var staff: [StaffMember] = []
    private(set) var classes: [Class] = []
    private let school: DemoSchool
    private let year: SchoolYear

    /// Numbers that nobody gives out are few: only so many parents of a school have one.
    private static let parents = 18
    /// What is taught, the subjects with most lessons first.
    private static let subjects = ["13", "14", "13", "14", "41", "22", "25", "24", "15", "26", "20", "21", "18"]
    private static let seniorSubjects = ["13", "14", "41", "16", "17", "18", "21", "20", "12", "22", "26"]

    /// - Parameters:
    ///   - phones: the first number for a parent, and after the call the next free one.
    ///   - staffNumber: the same of 工号.
    init(
        _ school: DemoSchool, _ roster: SchoolRoster, in year: SchoolYear, _ birthdays: inout Birthdays,
        _ phones: inout Int, _ staffNumber: inout Int
    ) throws {
        (self.school, self.year) = (school, year)
        var generator = SeededGenerator(school.name + "/people")
        for index in 0..<(roster.teachers + roster.others) {
            staff.append(try member(index, of: roster, &generator, staffNumber))
            staffNumber += 1
        }
        for (index, plan) in roster.classes.enumerated() {
            let entry = SchoolYear(start: year.start - plan.ordinal + 1)
            var pupils: [Pupil] = []
            for place in 0..<plan.pupils {
                let isSecond = plan.secondOrdinal != nil && place >= (plan.pupils + 1) / 2
                let began = isSecond ? SchoolYear(start: year.start - plan.secondOrdinal! + 1) : entry
                let hasParent = index == 0 && place < SchoolPeople.parents
                pupils.append(try pupil(plan.stage, began, &generator, &birthdays, hasParent ? phones : nil))
                if hasParent { phones += 1 }
            }
            classes.append(Class(plan: plan, entry: entry, pupils: pupils))
        }
    }

    private func pupil(
        _ stage: ClassStage, _ entry: SchoolYear, _ generator: inout SeededGenerator, _ birthdays: inout Birthdays,
        _ phone: Int?
    ) throws -> Pupil {
        let isMale = generator.fraction() < 0.525
        let (name, ethnicity) = CityNames.draw(&generator, isMale: isMale)
        let born = DemoPupil.birthday(stage, entry, &generator)
        let citizen = DemoNames.citizenNumber(
            born: born.year, month: born.month, day: born.day, sequence: birthdays.take(born), isMale: isMale)
        var numbers = [try PersonIdentifier(.citizenNumber, citizen)]
        // Kindergartens are outside the system that gives 学籍号 out.
        if stage != .kindergarten { numbers.append(try PersonIdentifier(.studentNumber, "G" + citizen)) }
        let facts = PupilFacts(isMale: isMale, born: born, stage: stage, entry: entry, school: school)
        var values = facts.values(ethnicity, &generator)
        values["name"] = name
        let parent = try phone.map { try guardian(of: name, phone: $0, &generator) }
        return Pupil(
            person: One(id: .new(), name: name, values: values, numbers: numbers), entryYear: entry.start,
            guardian: parent)
    }

    /// Most have the pupil's family name.
    private func guardian(of child: String, phone: Int, _ generator: inout SeededGenerator) throws -> Guardian {
        let isMale = generator.fraction() < 0.5
        let drawn = CityNames.draw(&generator, isMale: isMale).name
        let name = isMale ? String(child.prefix(1) + drawn.dropFirst()) : drawn
        let numbers = [try PersonIdentifier(.phone, DemoNames.phone(phone))]
        return Guardian(
            person: One(id: .new(), name: name, values: [:], numbers: numbers), relation: isMale ? "1" : "2")
    }

    private func member(
        _ index: Int, of roster: SchoolRoster, _ generator: inout SeededGenerator, _ staffNumber: Int
    ) throws -> StaffMember {
        let isTeacher = index < roster.teachers
        let isMale = generator.fraction() < 0.34
        let (name, ethnicity) = CityNames.draw(&generator, isMale: isMale)
        let age = generator.number(in: 24...58)
        let born = LocalDate(
            year: year.start - age, month: generator.number(in: 1...12), day: generator.number(in: 1...28))!
        let start = min(born.year + generator.number(in: 21...24), year.start)
        var values = [
            "name": name, "sex": isMale ? "1" : "2", "birthDate": born.iso, "ethnicity": ethnicity,
            "nationality": "CHN", "establishment": generator.fraction() < 0.93 ? "1" : "0",
            "staffKind": isTeacher ? "1" : index - roster.teachers < 2 ? "2" : "3", "workStart": "\(start)-09",
            "education": generator.pick(["14", "21", "21", "21", "21", "31"]),
            "householdPlace": "防城港市",
        ]
        let subject = subject(index)
        if isTeacher {
            values["teachingStart"] = "\(start)-09"
            values["title"] = generator.pick(age < 32 ? ["4", "4", "5", "9"] : ["2", "3", "3", "3", "4"])
            if !subject.isEmpty { values["mainSubject"] = subject }
        }
        let numbers = [try PersonIdentifier(.staffNumber, "T\(staffNumber)")]
        return StaffMember(
            person: One(id: .new(), name: name, values: values, numbers: numbers), post: post(index, of: roster),
            subject: subject)
    }

    /// Class teachers come first, as many as there are classes.
    private func post(_ index: Int, of roster: SchoolRoster) -> String {
        if index < roster.teachers { return index < roster.classes.count ? "23" : "10" }
        let others = ["31", "33", "45", "31", "47", "61", "32", "41", "60", "33", "61", "46"]
        return others[(index - roster.teachers) % others.count]
    }

    private func subject(_ index: Int) -> String {
        if school.sort == .kindergarten { return "" }
        let list = school.sort.isSenior ? SchoolPeople.seniorSubjects : SchoolPeople.subjects
        return list[index % list.count]
    }
}
