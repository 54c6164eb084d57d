import Database
import Directory
import Kernel

/// A unit with its plan and what is doubtful, as lists show it.
struct RolloverUnitRow: Sendable {
    let root: Organisation
    let county: Organisation?
    let schools: Int
    let state: RolloverUnitState
    let totals: RolloverTotals
    /// Pupils about whom something is doubtful, counted once for each doubt, and classes without a teacher.
    let warnings: Int
}

/// The city, county or school as its overview shows it.
struct RolloverOverview: Sendable {
    let year: SchoolYear
    let rows: [RolloverUnitRow]
    let runs: [RolloverRun]
    /// For which places the viewer may run it, from the city down.
    let places: [Organisation]

    init(_ year: SchoolYear, within scope: DataScope, _ db: Connection) throws {
        self.year = year
        let source = RolloverSourceStore(db, year), organisations = OrganisationStore(db)
        let all = try organisations.all(within: scope)
        places = all.filter { !$0.kind.isSchool && $0.kind != .town }
        let counties = try organisations.places().filter { $0.kind == .county || $0.kind == .municipal }
        let (warnings, without) = (try source.warnings(within: scope), try source.withoutTeacher(within: scope))
        rows = try source.units(within: scope).map { unit in
            let plan = RolloverPlan(unit, year), staying = RolloverWarnings(plan, warnings, without)
            return RolloverUnitRow(
                root: unit.root, county: counties.first { $0.path.contains(unit.root.path) },
                schools: unit.schools.count, state: unit.state, totals: plan.totals,
                warnings: unit.state.run == nil ? staying.count : 0)
        }
        runs = try RolloverRunStore(db).list(year, within: scope)
    }

    func totals(of county: Organisation?) -> RolloverTotals {
        rows.filter { county == nil || $0.county?.id == county?.id }.map(\.totals).reduce(RolloverTotals(), +)
    }
}

/// What is doubtful in a plan: only in classes that go over.
struct RolloverWarnings: Sendable {
    let ofClass: [ID<ClassGroup>: [RolloverWarning: Int]]
    let withoutTeacher: Set<ID<ClassGroup>>

    init(
        _ plan: RolloverPlan, _ warnings: [ID<ClassGroup>: [RolloverWarning: Int]],
        _ withoutTeacher: Set<ID<ClassGroup>>
    ) {
        let classes = plan.unit.allClasses.filter { !plan.parts(of: $0).isEmpty }
        let closing = Set(plan.closings.map(\.id))
        var found: [ID<ClassGroup>: [RolloverWarning: Int]] = [:]
        for classGroup in classes { found[classGroup.id] = warnings[classGroup.id] }
        ofClass = found
        self.withoutTeacher = Set(classes.map(\.id)).intersection(withoutTeacher).subtracting(closing)
    }

    var count: Int { withoutTeacher.count + ofClass.values.flatMap(\.values).reduce(0, +) }
}

/// A school with its teaching points, as far as the viewer may see them.
struct RolloverSchoolModel: Sendable {
    let year: SchoolYear
    let school: Organisation
    let plan: RolloverPlan
    let warnings: RolloverWarnings
    let suspended: Int
    let schools: [Organisation]
    /// Whether the viewer may give the school's word.
    let mayConfirm: Bool
    let isOpen: Bool

    init(
        _ id: OrganisationID, _ year: SchoolYear, within scope: DataScope, on day: LocalDate, _ db: Connection
    ) throws {
        let school = try OrganisationStore(db).find(id, within: scope)
        let unit = try RolloverService.unit(of: school, year, db), own = DataScope([unit.root.path])
        let source = RolloverSourceStore(db, year)
        (self.year, self.school, plan) = (year, school, RolloverPlan(unit, year))
        warnings = RolloverWarnings(
            plan, try source.warnings(within: own), try source.withoutTeacher(within: own))
        schools = unit.schools.filter { scope.contains($0.path) }
        suspended = try source.suspended(within: own).values.reduce(0, +)
        mayConfirm = scope.contains(unit.root.path)
        isOpen = RolloverSeason.isOpen(year, on: day)
    }

    var isEditable: Bool { isOpen && plan.unit.state.run == nil && plan.unit.state.confirmedAt == nil }
}

/// A class with its pupils.
struct RolloverClassModel: Sendable {
    let year: SchoolYear
    let classGroup: ClassGroup
    let plan: RolloverPlan
    let parts: [RolloverPlan.Part]
    let pupils: [RolloverPupil]
    let isEditable: Bool

    /// Throws `DomainError.notFound` when the class is closed or outside the scope.
    init(
        _ id: ID<ClassGroup>, _ year: SchoolYear, for user: CurrentUser, on day: LocalDate, _ db: Connection
    ) throws {
        let scope = user.scope(of: .rolloverRun)
        let classGroup = try ClassGroupStore(db).find(id, within: .everything)
        guard scope.contains(classGroup.path), classGroup.closedOn == nil else { throw DomainError.notFound }
        let school = try OrganisationStore(db).find(classGroup.school, within: scope)
        let unit = try RolloverService.unit(of: school, year, db)
        (self.year, self.classGroup, plan) = (year, classGroup, RolloverPlan(unit, year))
        parts = plan.parts(of: classGroup)
        pupils = try RolloverSourceStore(db, year).pupils(of: classGroup, within: DataScope([unit.root.path]))
        isEditable =
            RolloverSeason.isOpen(year, on: day) && unit.state.run == nil && unit.state.confirmedAt == nil
    }

    /// The name in the school year that ends.
    var name: String { classGroup.name(on: year.firstDay.adding(days: -1)) }

    /// The classes a grade of it may join.
    func targets(of part: RolloverPlan.Part) -> [ClassGroup] {
        let closing = Set(plan.closings.map(\.id))
        return plan.unit.allClasses.filter {
            $0.id != classGroup.id && !closing.contains($0.id) && $0.stage == classGroup.stage
                && $0.entryYears.contains(part.key.entryYear)
        }
    }
}

/// A run with its schools and what keeps it from being taken back.
struct RolloverRunModel: Sendable {
    let run: RolloverRun
    let schools: [RolloverRunSchool]
    let obstacles: [RolloverObstacle]
    let mayUndo: Bool

    init(_ id: ID<RolloverRun>, within scope: DataScope, on day: LocalDate, _ db: Connection) throws {
        let run = try RolloverRunStore(db).find(id, within: scope)
        self.run = run
        schools = try RolloverRunStore(db).schools(of: id)
        mayUndo = run.mayBeUndone(on: day)
        let kept = mayUndo ? try RolloverRunService.obstacles(to: run, db) : []
        obstacles = try kept.flatMap(\.obstacles).map { obstacle in
            let classGroup = try ClassGroupStore(db).find(obstacle.classGroup, within: .everything)
            return RolloverObstacle(
                school: classGroup.schoolName, name: classGroup.cohortName, reason: obstacle.reason)
        }
    }
}

struct RolloverObstacle: Sendable {
    let school: String
    let name: String
    let reason: String
}
