import Directory
import Kernel
import Platform

/// Compares rows of a roster with what is known, in the order of the file. Pure: what is known comes in a `RosterLookup`.
struct RosterComparison {
    let roster: RosterKind
    let schools: RosterSchools
    /// From which new people are in their class or post, and changes hold; of another system's roster when it was made.
    let day: LocalDate
    let today: LocalDate
    /// For whose data the sender answers; empty = for all that a roster holds.
    let owners: Set<PersonField.Owner>

    struct ClassKey: Hashable { let school: OrganisationID, stage: ClassStage, entryYear: Int, number: Int }
    private struct Name: Hashable { let school: OrganisationID, name: String, birthDate: String }

    private(set) var loadedSchools: Set<OrganisationID> = []
    private var classes: [ClassKey: ClassGroup] = [:]
    private var classNames: [OrganisationID: [String: ClassGroup]] = [:]
    private var classIDs: [ID<ClassGroup>: ClassGroup] = [:]
    private struct Spelling: Hashable { let grade: String, classGroup: String, stages: [ClassStage] }
    private var spellings: [Spelling: ClassWords] = [:]
    private var seenNumbers: [RosterNumber: String] = [:]
    private var seenPeople: [ID<Person>: String] = [:]
    private var seenNames: [Name: String] = [:]
    private(set) var number = 0
    /// Classes that accepting would make.
    private(set) var newClasses: Set<ClassKey> = []

    init(
        roster: RosterKind, schools: RosterSchools, day: LocalDate, today: LocalDate,
        owners: Set<PersonField.Owner> = []
    ) {
        (self.roster, self.schools, self.day, self.today, self.owners) = (roster, schools, day, today, owners)
    }

    /// A row with the school it means; the school is missing when the row is refused.
    struct Prepared: Sendable {
        var row: RosterRow
        let layout: RosterSheet
        var school: Organisation?
        var identifiers: [PersonIdentifier] = []

        /// `nil` without a school.
        var candidate: PersonCandidate? {
            guard let school else { return nil }
            let phone = row.guardians.lazy.flatMap(\.numbers).first { $0.kind == .phone }
            return PersonCandidate(
                name: row.name, sex: row.values["sex"],
                birthDate: row.values["birthDate"].flatMap { LocalDate(iso: $0) },
                school: school.id, identifiers: identifiers, guardianPhone: phone?.identifier)
        }
    }

    /// Finds the school of a row and what is wrong with the row by itself and within the file.
    mutating func prepare(_ row: RosterRow, _ layout: RosterSheet) -> Prepared {
        var prepared = Prepared(row: row, layout: layout)
        switch schools.find(code: row.school.code, name: row.school.name, county: row.school.county) {
        case .school(let school): prepared.school = school
        case .problem(let target, let message):
            prepared.row.problems.append(ImportProblem(column: layout.column(of: target), message: message))
        }
        let place = RosterLine.place(sheet: layout.name, row: row.number)
        for number in row.numbers {
            if let other = seenNumbers[number] {
                prepared.row.problems.append(
                    ImportProblem(
                        column: RosterComparison.column(of: number.kind, layout),
                        message: "\(number.kind.title)与\(other)重复"))
            } else {
                seenNumbers[number] = place
            }
        }
        prepared.identifiers = row.numbers.map(\.identifier)
        if let school = prepared.school {
            let name = Name(school: school.id, name: row.name, birthDate: row.values["birthDate"] ?? row.classGroup)
            if row.numbers.isEmpty, let other = seenNames[name] {
                prepared.row.problems.append(
                    ImportProblem(column: layout.column(of: .name), message: "与\(other)姓名、生日相同，填写学籍号或证件号以区分"))
            } else if seenNames[name] == nil {
                seenNames[name] = place
            }
        }
        return prepared
    }

    static func column(of kind: PersonIdentifierKind, _ layout: RosterSheet) -> Int? {
        switch kind {
        case .studentNumber: layout.column(of: .studentNumber)
        case .citizenNumber, .document: layout.column(of: .documentNumber)
        case .staffNumber: layout.column(of: .staffNumber)
        case .phone: layout.column(of: .phone)
        }
    }

    /// Takes in the classes of schools that were met for the first time.
    mutating func take(_ groups: [ClassGroup], of asked: [OrganisationID]) {
        loadedSchools.formUnion(asked)
        for group in groups {
            for year in group.entryYears {
                classes[
                    ClassKey(school: group.school, stage: group.stage, entryYear: year, number: group.number)] = group
            }
            classIDs[group.id] = group
            for name in [group.alias, group.name(on: day), group.cohortName] where !name.isEmpty {
                classNames[group.school, default: [:]][ChineseText.matchingKey(name)] = group
            }
        }
    }

    // MARK: One row

    mutating func compare(_ prepared: Prepared, _ match: PersonMatch?, _ known: RosterLookup) -> RosterLine {
        number += 1
        var content = RosterContent(school: prepared.school?.id)
        content.notes = prepared.row.notes
        content.problems = prepared.row.problems
        guard let school = prepared.school, let match, content.problems.isEmpty else {
            return line(prepared, .refused, nil, content, prepared.school?.name ?? "")
        }
        let words = roster == .pupils ? classWords(of: prepared, school, &content) : nil
        let place = placeName(school, words)
        switch match {
        case .doubtful(let people, let doubt):
            guard content.problems.isEmpty else { break }
            content.candidates = people
            content.notes.append(ImportProblem(column: nil, message: doubt.title))
            return line(prepared, .doubtful, people.first, content, place)
        case .unknown:
            if roster == .pupils, words == nil, content.problems.isEmpty {
                content.problems.append(
                    ImportProblem(column: prepared.layout.column(of: .classGroup), message: "缺少班级"))
            }
            if content.problems.isEmpty, !answersForRoster { content.problems.append(rosterNotTheirs) }
            guard content.problems.isEmpty else { break }
            fill(&content, new: prepared, school, words, known)
            return line(prepared, .new, .new(), content, place)
        case .known(let person, _) where !owners.isEmpty && content.problems.isEmpty && !isOurs(person, known):
            content.candidates = [person]
            content.notes.append(ImportProblem(column: nil, message: "平台上可能已有这个人，请学校核对后办理"))
            return line(prepared, .doubtful, person, content, place)
        case .known(let person, _):
            if let other = seenPeople[person] {
                content.problems.append(ImportProblem(column: nil, message: "与\(other)是同一个人"))
            }
            guard content.problems.isEmpty else { break }
            seenPeople[person] = RosterLine.place(sheet: prepared.layout.name, row: prepared.row.number)
            return compare(prepared, person, school, words, known, content, place)
        }
        return line(prepared, .refused, nil, content, place)
    }

    private func line(
        _ prepared: Prepared, _ kind: RosterLineKind, _ person: ID<Person>?, _ content: RosterContent, _ place: String
    ) -> RosterLine {
        RosterLine(
            id: Identifiers.next(), number: number, sheet: prepared.layout.name, sheetIndex: prepared.layout.sheet,
            row: prepared.row.number, kind: kind, person: person, name: prepared.row.name, place: place,
            content: content)
    }

    /// Whether somebody learns or works where the sender may tell of people. Of others it hears nothing.
    private func isOurs(_ person: ID<Person>, _ known: RosterLookup) -> Bool {
        switch roster {
        case .pupils: known.standings[person].map { schools[$0.school] != nil } ?? false
        case .staff: (known.posts[person] ?? []).contains { schools[$0.school] != nil }
        }
    }

    private func placeName(_ school: Organisation, _ words: ClassWords?) -> String {
        var parts: [String] = []
        if schools.own?.id != school.id { parts.append(school.name) }
        if let words {
            let key = ClassKey(
                school: school.id, stage: words.stage, entryYear: words.entryYear, number: words.number)
            parts.append(classes[key]?.name(on: day) ?? words.title(on: day))
        }
        return parts.joined(separator: "，")
    }

    /// The class a row means; `nil` without one. A class that cannot be told is a problem of the row.
    private mutating func classWords(
        of prepared: Prepared, _ school: Organisation, _ content: inout RosterContent
    ) -> ClassWords? {
        let row = prepared.row
        if row.classGroup.isEmpty, row.grade.isEmpty { return nil }
        if let named = classNames[school.id]?[ChineseText.matchingKey(row.classGroup)] {
            return ClassWords(
                stage: named.stage, entryYear: named.entryYear, number: named.number, years: named.years)
        }
        let column = prepared.layout.column(of: .classGroup) ?? prepared.layout.column(of: .grade)
        do {
            let stages = ClassStage.stages(ofSchoolType: school.profile?.schoolType ?? "")
            let words = try meaning(of: row, stages)
            let current = SchoolYear(containing: today.adding(days: 120)).start
            guard stages.contains(words.stage) else {
                throw ClassWords.Problem(message: "\(school.name)没有\(words.stage.title)")
            }
            guard (current - words.stage.possibleYears.upperBound...current).contains(words.entryYear) else {
                throw ClassWords.Problem(message: "\(words.entryYear)级的班应该已经毕业或还没有入学")
            }
            let key = ClassKey(
                school: school.id, stage: words.stage, entryYear: words.entryYear, number: words.number)
            if classes[key] == nil { newClasses.insert(key) }
            if let birth = row.values["birthDate"],
                let odd = RosterChecks.oddAge(birthDate: birth, in: words, on: today)
            {
                let column = prepared.layout.column(of: .field("birthDate"))
                content.notes.append(ImportProblem(column: column, message: odd))
            }
            return words
        } catch let problem as ClassWords.Problem {
            content.problems.append(ImportProblem(column: column, message: problem.message))
        } catch {
            content.problems.append(ImportProblem(column: column, message: "班级填写有误"))
        }
        return nil
    }

    /// The pupils of a class stand one below the other and spell it alike.
    private mutating func meaning(of row: RosterRow, _ stages: [ClassStage]) throws -> ClassWords {
        let spelling = Spelling(grade: row.grade, classGroup: row.classGroup, stages: stages)
        if let known = spellings[spelling] { return known }
        let words = try ClassWords.read(grade: row.grade, classGroup: row.classGroup, stages: stages, on: day)
        spellings[spelling] = words
        return words
    }

    func existing(_ words: ClassWords, at school: OrganisationID) -> ClassGroup? {
        classes[
            ClassKey(school: school, stage: words.stage, entryYear: words.entryYear, number: words.number)]
    }

    func classGroup(_ id: ID<ClassGroup>) -> ClassGroup? { classIDs[id] }
}

extension ClassWords {
    /// The name the class gets: 七年级(3)班.
    func title(on day: LocalDate) -> String {
        let grade = Grade(stage, SchoolYear(containing: day).start - entryYear + 1, years: years)
        return "\(grade?.title ?? "\(entryYear)级\(stage.title)")(\(number))班"
    }
}
