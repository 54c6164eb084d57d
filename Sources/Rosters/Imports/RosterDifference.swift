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
        content.values = row.values.filter { id, _ in
            guard let field = PersonField.named(id), !answers(for: field.owner) else { return true }
            // Who somebody is has to be told by whoever enters her.
            if field.isKey { return true }
            content.notes.append(notTheirs(field.label, field.owner, prepared.layout.column(of: .field(field))))
            return false
        }
        content.values["name"] = row.name
        content.numbers = row.numbers
        content.classWords = words
        content.classGroup = words.flatMap { existing($0, at: school.id)?.id }
        content.from = firstDay
        if roster == .staff { content.post = post(of: row) }
        addGuardians(row, nil, known, &content)
        if row.numbers.isEmpty, row.values["birthDate"] == nil {
            content.notes.append(ImportProblem(column: nil, message: "没有学籍号、证件号和出生日期，以后只能按姓名核对"))
        }
    }

    /// Who answers for whether somebody is on the roster at all.
    private var base: PersonField.Owner { roster == .pupils ? .roll : .teacher }

    /// Whether the sender may enter somebody new, move her or end her post.
    var answersForRoster: Bool { answers(for: base) }

    /// Why somebody new of whom the sender may not tell is not entered.
    var rosterNotTheirs: ImportProblem {
        ImportProblem(column: nil, message: "平台没有这个人；\(roster == .pupils ? "学生" : "教职工")由\(base.title)负责，没有登记")
    }

    /// Since when somebody is here of whom nothing was known: another system tells late of the people it always had.
    private var firstDay: LocalDate { owners.isEmpty ? day : SchoolYear(containing: day).firstDay }

    /// What both rosters hold of a person belongs, for staff, to the system of the teachers.
    private func effective(_ owner: PersonField.Owner) -> PersonField.Owner {
        roster == .staff && owner == .roll ? .teacher : owner
    }

    /// Whether the word of the sender counts for data of the owner.
    private func answers(for owner: PersonField.Owner) -> Bool {
        owners.isEmpty || owners.contains(effective(owner))
    }

    private func notTheirs(_ label: String, _ owner: PersonField.Owner, _ column: Int?) -> ImportProblem {
        ImportProblem(column: column, message: "\(label)由\(effective(owner).title)负责，没有登记")
    }

    /// Who answers for a number.
    private func owner(of kind: PersonIdentifierKind) -> PersonField.Owner {
        switch kind {
        case .studentNumber: .roll
        case .staffNumber: .teacher
        case .citizenNumber, .document: roster == .pupils ? .roll : .teacher
        case .phone: .own
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
                if facts?[id] == nil, answers(for: field.owner) { content.values[id] = value }
                continue
            }
            guard answers(for: field.owner) else {
                let column = prepared.layout.column(of: .field(field))
                content.notes.append(notTheirs(field.label, field.owner, column))
                continue
            }
            if field.isKey, let old, !old.isEmpty {
                let column = prepared.layout.column(of: .field(field))
                content.problems.append(ImportProblem(column: column, message: locked(field, old)))
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

    /// What is registered is not told to other systems.
    private func locked(_ field: PersonField, _ old: String) -> String {
        let known = owners.isEmpty ? "“\(RosterComparison.shown(field, old))”" : "其他内容"
        return "\(field.label)已登记为\(known)，导入不改关键信息；确有变化请办理“关键信息变更”"
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
            guard answers(for: owner(of: number.kind)) else {
                content.notes.append(notTheirs(number.kind.title, owner(of: number.kind), column))
                continue
            }
            let old = known.texts[person]?[number.kind]
            let mask = old.flatMap { try? PersonIdentifier(number.kind, $0, documentType: number.documentType).masked }
            if number.kind == .citizenNumber, old != nil {
                content.problems.append(
                    ImportProblem(
                        column: column,
                        message: "身份证号已登记为\(owners.isEmpty ? " \(mask ?? "***")" : "其他号码")，导入不改关键信息；确有变化请办理“关键信息变更”"))
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
        if let standing, standing.classGroup == target?.id { return nil }
        guard answersForRoster else {
            content.notes.append(notTheirs("班级", base, column))
            return nil
        }
        if let standing {
            content.leaves = standing.classGroup
            content.from = day > standing.from ? day : max(today, standing.from)
        } else {
            content.from = known.left[person].map { max(day, $0) } ?? firstDay
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
        guard answersForRoster else {
            let isOther = here.isEmpty || !row.post.isEmpty && !here.contains { $0.post == row.post }
            if isOther { content.notes.append(notTheirs("任职", base, nil)) }
            return
        }
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
        if let last = here.compactMap(\.until).max(), here.allSatisfy({ $0.until != nil }) {
            content.notes.append(ImportProblem(column: nil, message: "\(last.chinese)起不在这里任职，岗位没有更改"))
            return
        }
        content.post = row.post
        content.endsPosts = true
        content.from = max(today, here.map(\.from).max() ?? today)
        content.changes.append(RosterChange(label: "岗位", old: name(first.post), new: name(row.post)))
    }

    private func addGuardians(
        _ row: RosterRow, _ child: ID<Person>?, _ known: RosterLookup, _ content: inout RosterContent
    ) {
        guard !row.guardians.isEmpty else { return }
        guard answersForRoster else {
            content.notes.append(notTheirs("家长", base, nil))
            return
        }
        let all = child.flatMap { known.guardians[$0] } ?? [],
            closed = child.flatMap { known.closedGuardians[$0] } ?? []
        let present = all.filter(\.isConfirmed)
        var taken = Set(row.numbers), met: Set<ID<Guardianship>> = []
        for var guardian in row.guardians {
            guardian.numbers.removeAll { number in
                guard !taken.insert(number).inserted else { return false }
                content.notes.append(
                    ImportProblem(column: nil, message: "\(guardian.name)的\(number.kind.title)与同一行的其他人相同，没有登记"))
                return true
            }
            let holders = guardian.numbers.compactMap { known.holders[$0.identifier] }
            // A place that somebody has of whom the row does not tell stays hers.
            let isTaken = present.contains { $0.order == guardian.order && !isTold($0, row, known) }
            if isTaken { guardian.order = nil }
            let match =
                present.first { holders.contains($0.guardian) }
                ?? present.first { $0.guardianName == guardian.name }
            if let match {
                // Told twice, she is what she was told to be first.
                if met.insert(match.id).inserted { compare(guardian, match, &content) }
                continue
            }
            if let reason = undecided(guardian, holders, all, closed) {
                content.notes.append(ImportProblem(column: nil, message: reason))
                continue
            }
            for holder in holders {
                guard let other = known.people[holder], !RosterGuardian.isSame(other.name, guardian.name) else {
                    continue
                }
                content.notes.append(ImportProblem(column: nil, message: "\(guardian.name)的号码登记在别人名下，这个号码没有登记"))
            }
            content.guardians.append(guardian)
            if child != nil { content.changes.append(RosterChange(label: "家长", old: nil, new: guardian.name)) }
        }
        if !owners.isEmpty, !content.guardians.isEmpty || !content.guardianChanges.isEmpty {
            content.problems.append(
                ImportProblem(column: nil, message: "家长由其他系统提供，登记后待学校确认，不会自动接收"))
        }
    }
}

extension RosterComparison {
    private func isTold(_ present: Guardianship, _ row: RosterRow, _ known: RosterLookup) -> Bool {
        row.guardians.contains { told in
            told.name == present.guardianName
                || told.numbers.contains { known.holders[$0.identifier] == present.guardian }
        }
    }

    /// Why a parent is left to the school, in Chinese: she waits for its word, or it has ended or refused the relation.
    private func undecided(
        _ told: RosterGuardian, _ holders: [ID<Person>], _ all: [Guardianship], _ closed: [Guardianship]
    ) -> String? {
        let waits = all.contains { one in
            // What another system has told once is not entered again.
            let isSame = !owners.isEmpty && holders.isEmpty && one.guardianName == told.name
            return !one.isConfirmed && (holders.contains(one.guardian) || isSame)
        }
        if waits {
            return "家长\(told.name)待确认，请在学生页面核对，没有登记"
        }
        let isClosed = closed.contains { former in
            holders.contains(former.guardian) || (holders.isEmpty && former.guardianName == told.name)
        }
        return isClosed ? "学校已结束家长\(told.name)的登记，没有恢复" : nil
    }

    /// What the row tells of a parent who is known.
    private func compare(_ told: RosterGuardian, _ present: Guardianship, _ content: inout RosterContent) {
        let old = RosterGuardianChange.Value(relation: present.relation, order: present.order)
        var new = old
        if !told.relation.isEmpty { new.relation = told.relation }
        if let order = told.order { new.order = order }
        guard new != old else { return }
        content.guardianChanges.append(RosterGuardianChange(guardianship: present.id, old: old, new: new))
        content.changes.append(
            RosterChange(label: "家长\(present.guardianName)", old: words(old), new: words(new) ?? ""))
    }

    private func words(_ value: RosterGuardianChange.Value) -> String? {
        let words = [
            value.relation.map(CodeLists.guardianRelation.name), value.order.map { "第\($0)监护人" },
        ].compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: "，")
    }
}

extension RosterGuardian {
    /// Whether a person of the city can be the parent: the same name, or one entered by phone only, as 韦小明家长.
    static func isSame(_ known: String, _ told: String) -> Bool {
        known == told || known.hasSuffix("家长") || told.hasSuffix("家长")
    }
}
