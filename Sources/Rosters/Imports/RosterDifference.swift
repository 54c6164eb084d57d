import Directory
import Kernel
import Platform

/// What a row tells that is not known yet.
extension RosterComparison {
    /// Somebody new: everything the row tells.
    func fill(
        _ content: inout RosterContent, new prepared: Prepared, _ school: Organisation, _ words: ClassWords?,
        _ known: RosterLookup
    ) {
        let row = prepared.row
        content.values = row.values
        content.values["name"] = row.name
        content.numbers = row.numbers
        content.classWords = words
        content.classGroup = words.flatMap { existing($0, at: school.id)?.id }
        content.from = day
        if roster == .staff { content.post = post(of: row) }
        addGuardians(row, nil, known, &content)
        if row.numbers.isEmpty, row.values["birthDate"] == nil {
            content.notes.append(ImportProblem(column: nil, message: "没有学籍号、证件号和出生日期，以后只能按姓名核对"))
        }
    }

    /// 岗位职业 as told, or what the 教职工类别 stands for.
    private func post(of row: RosterRow) -> String {
        if !row.post.isEmpty { return row.post }
        switch row.values["staffKind"] {
        case "2": return "30"
        case "3": return "40"
        case "4": return "60"
        case "5": return "70"
        case "9": return "80"
        default: return "10"
        }
    }

    func compare(
        _ prepared: Prepared, _ person: ID<Person>, _ school: Organisation, _ words: ClassWords?,
        _ known: RosterLookup, _ begun: RosterContent, _ place: String
    ) -> RosterLine {
        var content = begun
        let row = prepared.row
        compareValues(prepared, person, known, &content)
        compareNumbers(prepared, person, known, &content)
        if roster == .pupils {
            if let problem = comparePlace(prepared, person, school, words, known, &content) {
                content = RosterContent(school: school.id, notes: content.notes, problems: [problem])
                return made(prepared, .refused, person, content, place)
            }
            addGuardians(row, person, known, &content)
        } else {
            comparePosts(row, person, school, known, &content)
        }
        let kind: RosterLineKind =
            !content.changes.isEmpty ? .changed : content.problems.isEmpty ? .unchanged : .refused
        if kind != .changed { content.values = [:] }
        return made(prepared, kind, person, content, place)
    }

    private func made(
        _ prepared: Prepared, _ kind: RosterLineKind, _ person: ID<Person>, _ content: RosterContent, _ place: String
    ) -> RosterLine {
        RosterLine(
            id: Identifiers.next(), number: number, sheet: prepared.layout.name, sheetIndex: prepared.layout.sheet,
            row: prepared.row.number, kind: kind, person: person, name: prepared.row.name, place: place,
            content: content)
    }

    private func compareValues(
        _ prepared: Prepared, _ person: ID<Person>, _ known: RosterLookup, _ content: inout RosterContent
    ) {
        let facts = known.facts[person], record = known.people[person]
        var told = prepared.row.values
        told["name"] = prepared.row.name
        for (id, value) in told.sorted(by: { $0.key < $1.key }) {
            guard let field = PersonField.named(id) else { continue }
            let projected: String? =
                switch id {
                case "name": record?.name
                case "sex": record?.sex
                case "birthDate": record?.birthDate
                default: nil
                }
            let old = facts?[id] ?? projected
            if old == value || id == "name" && RosterComparison.isSameName(old, value) {
                // Known of the person but not among her facts yet: goes along with the next change.
                if facts?[id] == nil { content.values[id] = value }
                continue
            }
            if field.isKey, let old, !old.isEmpty {
                let column = prepared.layout.column(of: .field(field))
                content.problems.append(ImportProblem(column: column, message: RosterComparison.locked(field, old)))
                continue
            }
            content.values[id] = value
            content.changes.append(
                RosterChange(
                    label: field.label, old: old.map { RosterComparison.shown(field, $0) },
                    new: RosterComparison.shown(field, value)))
        }
    }

    /// The kind of dot in a name does not matter, nor white space.
    private static func isSameName(_ known: String?, _ told: String) -> Bool {
        func key(_ name: String) -> String {
            ChineseText.matchingKey(name).filter { !["·", "•", "・", ".", "‧"].contains($0) }
        }
        return known.map { key($0) == key(told) } ?? false
    }

    private static func locked(_ field: PersonField, _ old: String) -> String {
        "\(field.label)已登记为“\(shown(field, old))”，导入不改关键信息；确有变化请办理“关键信息变更”"
    }

    /// A value as the change set shows it; of sensitive ones only the first character.
    static func shown(_ field: PersonField, _ value: String) -> String {
        let text = field.text(value)
        guard field.isSensitive else { return text }
        return field.kind == .text && text.count > 3 ? String(text.prefix(1)) + "***" : "***"
    }

    private func compareNumbers(
        _ prepared: Prepared, _ person: ID<Person>, _ known: RosterLookup, _ content: inout RosterContent
    ) {
        for (number, identifier) in zip(prepared.row.numbers, prepared.identifiers) {
            let holder = known.holders[identifier]
            if holder == person { continue }
            let column = RosterComparison.column(of: number.kind, prepared.layout)
            if holder != nil {
                content.problems.append(
                    ImportProblem(column: column, message: "这个\(number.kind.title)登记在别人名下，核对后再填"))
                continue
            }
            let old = known.texts[person]?[number.kind]
            let mask = old.flatMap { try? PersonIdentifier(number.kind, $0, documentType: number.documentType).masked }
            if number.kind == .citizenNumber, old != nil {
                content.problems.append(
                    ImportProblem(
                        column: column, message: "身份证号已登记为 \(mask ?? "***")，导入不改关键信息；确有变化请办理“关键信息变更”"))
                continue
            }
            content.numbers.append(number)
            if let former = old.flatMap({ try? RosterNumber(number.kind, $0, documentType: number.documentType) }) {
                content.formerNumbers.append(former)
            }
            content.changes.append(RosterChange(label: number.kind.title, old: mask, new: identifier.masked))
        }
    }

    /// A pupil's class; the problem when she stands on the roll of another school.
    private func comparePlace(
        _ prepared: Prepared, _ person: ID<Person>, _ school: Organisation, _ words: ClassWords?,
        _ known: RosterLookup, _ content: inout RosterContent
    ) -> ImportProblem? {
        let column = prepared.layout.column(of: .classGroup) ?? prepared.layout.column(of: .schoolName)
        let standing = known.standings[person]
        if let standing, standing.school != school.id {
            return ImportProblem(column: column, message: "还在其他学校的班里，先办转学")
        }
        guard let words else {
            return standing == nil ? ImportProblem(column: column, message: "缺少班级") : nil
        }
        let target = existing(words, at: school.id)
        if let standing {
            if standing.classGroup == target?.id { return nil }
            content.leaves = standing.classGroup
            content.from = day > standing.from ? day : max(today, standing.from)
        } else {
            content.from = max(day, known.left[person] ?? day)
        }
        content.classWords = words
        content.classGroup = target?.id
        let old = standing.flatMap { classGroup($0.classGroup)?.name(on: day) }
        content.changes.append(
            RosterChange(label: "班级", old: old, new: target?.name(on: day) ?? words.title(on: day)))
        return nil
    }

    private func comparePosts(
        _ row: RosterRow, _ person: ID<Person>, _ school: Organisation, _ known: RosterLookup,
        _ content: inout RosterContent
    ) {
        let all = known.posts[person] ?? [], here = all.filter { $0.school == school.id }
        let name = CodeLists.post.name
        guard let first = here.first else {
            content.post = post(of: row)
            content.from = day
            content.changes.append(RosterChange(label: "任职", old: nil, new: name(content.post)))
            if !all.isEmpty {
                content.notes.append(ImportProblem(column: nil, message: "同时在另一所学校任职，请核对"))
            }
            return
        }
        guard !row.post.isEmpty, !here.contains(where: { $0.post == row.post }) else { return }
        content.post = row.post
        content.endsPosts = true
        content.from = max(today, here.map(\.from).max() ?? today)
        content.changes.append(RosterChange(label: "岗位", old: name(first.post), new: name(row.post)))
    }

    private func addGuardians(
        _ row: RosterRow, _ child: ID<Person>?, _ known: RosterLookup, _ content: inout RosterContent
    ) {
        let present = child.flatMap { known.guardians[$0] } ?? []
        var taken = Set(row.numbers)
        for var guardian in row.guardians {
            guardian.numbers.removeAll { number in
                guard !taken.insert(number).inserted else { return false }
                content.notes.append(
                    ImportProblem(column: nil, message: "\(guardian.name)的\(number.kind.title)与同一行的其他人相同，没有登记"))
                return true
            }
            let holders = guardian.numbers.compactMap { known.holders[$0.identifier] }
            let isPresent = present.contains { $0.name == guardian.name || holders.contains($0.id) }
            if isPresent { continue }
            for holder in holders {
                guard let other = known.people[holder], !RosterGuardian.isSame(other.name, guardian.name) else {
                    continue
                }
                content.notes.append(ImportProblem(column: nil, message: "\(guardian.name)的号码登记在别人名下，这个号码没有登记"))
            }
            content.guardians.append(guardian)
            if child != nil { content.changes.append(RosterChange(label: "家长", old: nil, new: guardian.name)) }
        }
    }
}

extension RosterGuardian {
    /// Whether a person of the city can be the parent: the same name, or one entered by phone only, as 韦小明家长.
    static func isSame(_ known: String, _ told: String) -> Bool {
        known == told || known.hasSuffix("家长") || told.hasSuffix("家长")
    }
}
