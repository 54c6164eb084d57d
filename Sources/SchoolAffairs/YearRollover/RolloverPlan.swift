import Directory
import Kernel

/// What the new school year will look like in one unit, computed from its classes, the defaults and what was decided.
struct RolloverPlan: Sendable {
    /// What becomes of the pupils of one grade of a class.
    struct Part: Sendable {
        let key: RolloverPartKey
        let classGroup: ClassGroup
        let pupils: Int
        /// Whether a person decided it.
        let isDecided: Bool
        let decision: RolloverDecision
        /// Where they go on; `nil` when they stay in their class or leave.
        var target: RollMove.Target?
        /// What keeps it from being done.
        var problem: String?

        /// Their grade in the new year; `nil` when the stage is over.
        func grade(in year: SchoolYear) -> Grade? { classGroup.grade(ofEntry: key.entryYear, on: year.firstDay) }
        var staysInClass: Bool { decision.action == .promote }
    }

    /// A class that opens.
    struct Opening: Sendable {
        let id: ID<ClassGroup>
        let school: OrganisationID
        var draft: ClassDraft
        /// The classes whose pupils it takes; none for a new first class.
        var from: [ID<ClassGroup>]
        var postsFrom: ID<ClassGroup>?
    }

    let year: SchoolYear
    let unit: RolloverUnit
    private(set) var parts: [RolloverPartKey: Part] = [:]
    private(set) var openings: [Opening] = []
    private(set) var closings: [ClassGroup] = []
    private(set) var singles: [(single: RolloverSingle, target: RollMove.Target?, problem: String?)] = []

    init(_ unit: RolloverUnit, _ year: SchoolYear) {
        (self.unit, self.year) = (unit, year)
        for school in unit.schools { decide(school) }
        closings = unit.allClasses.filter { classGroup in
            let own = parts(of: classGroup)
            return !own.isEmpty && own.allSatisfy { !$0.staysInClass }
        }
        form()
        for school in unit.schools { openFirstClasses(of: school) }
        for key in parts.keys.sorted() { join(key) }
        singles = unit.singles.map(place)
    }

    /// The parts of the class, the lower grade first; none for a class that is new in the year.
    func parts(of classGroup: ClassGroup) -> [Part] {
        classGroup.entryYears.compactMap { parts[RolloverPartKey(classGroup: classGroup.id, entryYear: $0)] }
    }

    // MARK: Deciding

    private mutating func decide(_ school: Organisation) {
        let classes = unit.classes[school.id] ?? []
        let last = lastGrade(of: school, classes)
        for classGroup in classes where isDue(classGroup) {
            var own = classGroup.entryYears.map { entry -> Part in
                let key = RolloverPartKey(classGroup: classGroup.id, entryYear: entry)
                let decided = unit.decisions[key]
                let decision =
                    decided ?? RolloverDecision(action: usualAction(classGroup, entry, in: school, until: last))
                return Part(
                    key: key, classGroup: classGroup, pupils: unit.pupils[key] ?? 0, isDecided: decided != nil,
                    decision: decision)
            }
            // What a 复式班 was named after stays true of its past: when a grade leaves it, the other forms a new class.
            if own.contains(where: { !$0.staysInClass }) {
                let action: RolloverAction = school.kind == .teachingPoint ? .combine : .separate
                own = own.map { part in
                    guard part.staysInClass, part.key.entryYear < year.start || classGroup.isMultigrade else {
                        return part
                    }
                    let decision = RolloverDecision(action: action, keepsPosts: part.decision.keepsPosts)
                    return Part(
                        key: part.key, classGroup: classGroup, pupils: part.pupils, isDecided: part.isDecided,
                        decision: decision)
                }
            }
            for part in own { parts[part.key] = checked(part, in: school) }
        }
    }

    /// Whether the class is one of the old school year: those opened for the new one are as they shall be.
    private func isDue(_ classGroup: ClassGroup) -> Bool {
        let years = classGroup.entryYears
        if years.contains(where: { ordinal($0) > classGroup.years }) { return true }
        return classGroup.openedOn < year.firstDay && years.contains { $0 < year.start }
    }

    private func ordinal(_ entry: Int) -> Int { year.start - entry + 1 }

    /// A teaching point teaches up to the third grade, unless it has taught a higher one already.
    private func lastGrade(of school: Organisation, _ classes: [ClassGroup]) -> Int {
        guard school.kind == .teachingPoint, unit.root.id != school.id else { return .max }
        let taught = classes.flatMap { $0.entryYears.map { ordinal($0) - 1 } }.max() ?? 0
        return taught > RolloverPlan.usualLastGrade ? .max : RolloverPlan.usualLastGrade
    }

    private static let usualLastGrade = 3

    private func usualAction(
        _ classGroup: ClassGroup, _ entry: Int, in school: Organisation, until last: Int
    ) -> RolloverAction {
        if ordinal(entry) > classGroup.years { return .graduate }
        return classGroup.stage == .primary && ordinal(entry) > last ? .central : .promote
    }

    /// The same with what keeps it from being done.
    private func checked(_ part: Part, in school: Organisation) -> Part {
        let isOver = ordinal(part.key.entryYear) > part.classGroup.years
        var part = part
        switch part.decision.action {
        case .promote, .separate, .combine, .merge, .central:
            if isOver, part.pupils > 0 || part.staysInClass { part.problem = "已读完最后一个年级，选择毕业或升学" }
            if part.decision.action == .central, unit.root.id == school.id { part.problem = "上级没有中心校，选择其他去向" }
            if part.decision.action == .combine, part.classGroup.stage.multigradeKind == nil {
                part.problem = "只有小学和初中有复式班"
            }
        case .graduate: if !isOver { part.problem = "还没有读完最后一个年级，不能毕业" }
        case .nextStage:
            if !isOver { part.problem = "还没有读完最后一个年级，不能升入下一学段" }
            if nextStage(of: part.classGroup, in: school) == nil { part.problem = "本校没有下一学段" }
        }
        return part
    }

    private func nextStage(of classGroup: ClassGroup, in school: Organisation) -> ClassStage? {
        let stages = ClassStage.stages(ofSchoolType: school.profile?.schoolType ?? "")
        guard let index = stages.firstIndex(of: classGroup.stage), index + 1 < stages.count else { return nil }
        return stages[index + 1]
    }
}

extension RolloverPlan {
    // MARK: Forming classes

    /// Opens the classes that pupils of the unit form.
    private mutating func form() {
        for key in parts.keys.sorted() {
            guard let part = parts[key], part.problem == nil else { continue }
            let school = part.classGroup.school, number = part.decision.number ?? part.classGroup.number
            switch part.decision.action {
            case .separate: open(part, at: school, part.classGroup.stage, entry: key.entryYear, number)
            case .central: open(part, at: unit.root.id, part.classGroup.stage, entry: key.entryYear, number)
            case .nextStage:
                guard let home = unit.school(school), let stage = nextStage(of: part.classGroup, in: home) else {
                    continue
                }
                open(part, at: school, stage, entry: year.start, number)
            case .combine: combine(part, number)
            case .promote, .graduate, .merge: break
            }
        }
        for index in openings.indices where openings[index].draft.kind == openings[index].draft.stage.multigradeKind {
            let draft = openings[index].draft
            // Alone it is taught together with the new first grade.
            if draft.secondEntryYear == nil, draft.entryYear < year.start {
                openings[index].draft.secondEntryYear = draft.entryYear
                openings[index].draft.entryYear = year.start
            }
            // Up to here the number told which grades come together.
            openings[index].draft.number = free(
                openings[index].draft.number, openings[index].school, openings[index].draft.stage,
                openings[index].draft.entryYear, besides: openings[index].id)
        }
    }

    private mutating func open(
        _ part: Part, at school: OrganisationID, _ stage: ClassStage, entry: Int, _ number: Int
    ) {
        let old = part.classGroup, years = stage == old.stage ? old.years : stage.usualYears
        let draft = ClassDraft(
            stage: stage, entryYear: entry, number: free(number, school, stage, entry),
            alias: stage == old.stage ? old.alias : "", openedOn: year.firstDay, years: years,
            kind: kind(of: school, stage, keeping: stage == old.stage ? old.kind : nil))
        let opening = Opening(
            id: .new(), school: school, draft: draft, from: [old.id], postsFrom: part.decision.keepsPosts ? old.id : nil
        )
        openings.append(opening)
        parts[part.key]?.target = RollMove.Target(opening.id)
    }

    private mutating func combine(_ part: Part, _ number: Int) {
        let old = part.classGroup, kind = old.stage.multigradeKind, entry = part.key.entryYear
        let index = openings.firstIndex {
            $0.school == old.school && $0.draft.stage == old.stage && $0.draft.kind == kind && $0.draft.number == number
        }
        guard let index else {
            let draft = ClassDraft(
                stage: old.stage, entryYear: entry, number: number, openedOn: year.firstDay, years: old.years,
                kind: kind)
            openings.append(
                Opening(
                    id: .new(), school: old.school, draft: draft, from: [old.id],
                    postsFrom: part.decision.keepsPosts ? old.id : nil))
            parts[part.key]?.target = RollMove.Target(openings[openings.count - 1].id, entryYear: entry)
            return
        }
        let known = [openings[index].draft.entryYear] + (openings[index].draft.secondEntryYear.map { [$0] } ?? [])
        if !known.contains(entry) {
            guard known.count == 1 else {
                parts[part.key]?.problem = "一个复式班最多两个年级"
                return
            }
            openings[index].draft.entryYear = max(known[0], entry)
            openings[index].draft.secondEntryYear = min(known[0], entry)
        }
        openings[index].from.append(old.id)
        parts[part.key]?.target = RollMove.Target(openings[index].id, entryYear: entry)
    }

    /// 班级类型: teaching points have their own.
    private func kind(of school: OrganisationID, _ stage: ClassStage, keeping old: String?) -> String? {
        if let old, old != stage.multigradeKind { return old }
        guard unit.school(school)?.kind == .teachingPoint else { return stage.usualKind }
        return stage == .primary ? "13" : stage == .junior ? "23" : stage.usualKind
    }

    /// The classes of the new year that are there already and go on.
    private func standing(_ school: OrganisationID) -> [ClassGroup] {
        let closing = Set(closings.map(\.id))
        return (unit.classes[school] ?? []).filter { !closing.contains($0.id) }
    }

    /// The number, or the next that nobody has.
    private func free(
        _ number: Int, _ school: OrganisationID, _ stage: ClassStage, _ entry: Int, besides own: ID<ClassGroup>? = nil
    ) -> Int {
        let taken = numbers(school, stage, entry, besides: own)
        return taken.contains(number) ? (1...99).first { !taken.contains($0) } ?? number : number
    }

    private func numbers(
        _ school: OrganisationID, _ stage: ClassStage, _ entry: Int, besides own: ID<ClassGroup>? = nil
    ) -> Set<Int> {
        let there = standing(school).filter { $0.stage == stage && $0.entryYears.contains(entry) }.map(\.number)
        let new = openings.filter { opening in
            opening.id != own && opening.school == school && opening.draft.stage == stage
                && (opening.draft.entryYear == entry || opening.draft.secondEntryYear == entry)
        }
        return Set(there + new.map(\.draft.number))
    }

    /// How many first classes the stage has in the new year: as many as a year before, unless told.
    func intake(_ key: RolloverIntakeKey) -> Int {
        if let told = unit.intakes[key] { return told }
        let before = (unit.classes[key.school] ?? []).filter {
            $0.stage == key.stage && $0.entryYears.contains(year.start - 1)
        }
        let plain = before.filter { !$0.isMultigrade }.count
        return max(plain, before.isEmpty ? 0 : 1)
    }

    private mutating func openFirstClasses(of school: Organisation) {
        for stage in ClassStage.stages(ofSchoolType: school.profile?.schoolType ?? "") {
            let wanted = intake(RolloverIntakeKey(school: school.id, stage: stage))
            var there = numbers(school.id, stage, year.start), number = 1
            while there.count < wanted, number <= 99 {
                if there.insert(number).inserted {
                    let draft = ClassDraft(
                        stage: stage, entryYear: year.start, number: number, openedOn: year.firstDay,
                        kind: kind(of: school.id, stage, keeping: nil))
                    openings.append(Opening(id: .new(), school: school.id, draft: draft, from: [], postsFrom: nil))
                }
                number += 1
            }
        }
    }

    // MARK: Placing pupils

    /// Pupils who join a class that goes on.
    private mutating func join(_ key: RolloverPartKey) {
        guard let part = parts[key], part.decision.action == .merge, part.problem == nil else { return }
        let going = unit.schools.flatMap { standing($0.id) }
        let target = going.first { $0.id == part.decision.target }
        guard let target, target.id != part.classGroup.id, target.stage == part.classGroup.stage,
            target.entryYears.contains(key.entryYear)
        else {
            parts[key]?.problem = "选择一个同年级、继续开设的班"
            return
        }
        let entry = second(key.entryYear, in: target.entryYear)
        parts[key]?.target = RollMove.Target(target.id, entryYear: entry)
    }

    private func second(_ entry: Int, in first: Int) -> Int? { entry == first ? nil : entry }

    private func place(
        _ single: RolloverSingle
    ) -> (single: RolloverSingle, target: RollMove.Target?, problem: String?) {
        guard single.action != .withdraw else { return (single, nil, nil) }
        guard let old = unit.allClasses.first(where: { $0.id == single.part.classGroup }) else {
            return (single, nil, "原来的班已经结束")
        }
        let entry = single.part.entryYear + single.action.shift
        let standing = standing(old.school).first {
            $0.stage == old.stage && $0.number == single.number && $0.entryYears.contains(entry)
        }
        if let standing {
            guard standing.id != old.id || entry != single.part.entryYear else { return (single, nil, "选择另一个班") }
            return (single, RollMove.Target(standing.id, entryYear: second(entry, in: standing.entryYear)), nil)
        }
        let opening = openings.first {
            $0.school == old.school && $0.draft.stage == old.stage && $0.draft.number == single.number
                && ($0.draft.entryYear == entry || $0.draft.secondEntryYear == entry)
        }
        guard let opening else {
            let grade = Grade(old.stage, ordinal(entry), years: old.years)?.title ?? "\(entry)级"
            return (single, nil, "新学年没有\(grade)(\(single.number))班")
        }
        return (single, RollMove.Target(opening.id, entryYear: second(entry, in: opening.draft.entryYear)), nil)
    }
}
