import Directory
import Kernel

extension RolloverPlan {
    /// What is to be done for the unit as one move.
    var move: RollMove {
        var move = RollMove(on: year.firstDay, at: unit.root.path)
        move.openings = openings.map {
            RollMove.Opening(id: $0.id, school: $0.school, draft: $0.draft, postsFrom: $0.postsFrom)
        }
        for part in parts.values.sorted(by: { $0.key < $1.key }) where !part.staysInClass {
            move.parts.append(
                RollMove.Part(
                    part.key.classGroup, entryYear: part.key.entryYear, reason(of: part.decision.action),
                    to: part.target))
        }
        move.singles = singles.map { RollMove.Single($0.single.enrolment, $0.single.action.reason, to: $0.target) }
        move.closings = closings.map(\.id)
        move.subjectEndings = unit.allClasses.filter { classGroup in
            let own = parts(of: classGroup)
            return own.contains { $0.staysInClass && !$0.decision.keepsPosts }
        }.map(\.id)
        return move
    }

    private func reason(of action: RolloverAction) -> LeavingReason {
        switch action {
        case .graduate, .nextStage: .graduation
        case .central: .transfer
        case .promote, .merge, .combine, .separate: .classChange
        }
    }

    /// What keeps the unit from being run, in words, each with the class it is about.
    var problems: [(classGroup: ID<ClassGroup>, text: String)] {
        let classes = Dictionary(uniqueKeysWithValues: unit.allClasses.map { ($0.id, $0) })
        func name(_ id: ID<ClassGroup>) -> String {
            classes[id].map { $0.name(on: year.firstDay.adding(days: -1)) } ?? ""
        }
        let ofParts = parts.values.sorted { $0.key < $1.key }.compactMap { part in
            part.problem.map { (part.key.classGroup, "\(name(part.key.classGroup))：\($0)") }
        }
        let ofSingles = singles.compactMap { entry in
            entry.problem.map {
                (entry.single.part.classGroup, "\(name(entry.single.part.classGroup))的例外学生：\($0)")
            }
        }
        return ofParts + ofSingles
    }

    var totals: RolloverTotals {
        var totals = RolloverTotals()
        let alone = Dictionary(grouping: singles, by: \.single.part).mapValues(\.count)
        for part in parts.values {
            let together = part.pupils - (alone[part.key] ?? 0)
            totals.pupils += part.pupils
            switch part.decision.action {
            case .promote: totals.promoted += together
            case .graduate: totals.graduates += together
            case .nextStage, .central, .merge, .combine, .separate: totals.moved += together
            }
        }
        totals.exceptions = singles.count
        totals.classes = Set(parts.keys.map(\.classGroup)).count
        (totals.opened, totals.closed, totals.problems) = (openings.count, closings.count, problems.count)
        return totals
    }
}

/// What a rollover does, in figures.
struct RolloverTotals: Sendable, Equatable {
    var classes = 0
    var pupils = 0
    var promoted = 0
    var graduates = 0
    /// Who goes on in another class, with her grade.
    var moved = 0
    /// Pupils who do not go with their class.
    var exceptions = 0
    var opened = 0
    var closed = 0
    var problems = 0

    static func + (a: RolloverTotals, b: RolloverTotals) -> RolloverTotals {
        RolloverTotals(
            classes: a.classes + b.classes, pupils: a.pupils + b.pupils, promoted: a.promoted + b.promoted,
            graduates: a.graduates + b.graduates, moved: a.moved + b.moved, exceptions: a.exceptions + b.exceptions,
            opened: a.opened + b.opened, closed: a.closed + b.closed, problems: a.problems + b.problems)
    }
}
