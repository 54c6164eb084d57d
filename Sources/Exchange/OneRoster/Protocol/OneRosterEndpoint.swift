/// A door of the services: where it stands, what it gives and to whom.
struct OneRosterEndpoint: Sendable {
    /// Below the base of the service; the segments that begin with a colon say which records are meant.
    let path: String
    let collection: OneRosterCollection
    /// One record instead of a list.
    let isSingle: Bool
    /// The selection without what the address says.
    let selection: OneRosterSelection

    init(
        _ path: String, _ collection: OneRosterCollection, schools: Bool = false,
        session: OneRosterSelection.Session? = nil, role: OneRosterSelection.Role? = nil
    ) {
        (self.path, self.collection, isSingle) = (path, collection, path.hasSuffix("/:id"))
        var selection = OneRosterSelection()
        (selection.areSchools, selection.session, selection.role) = (schools, session, role)
        self.selection = selection
    }

    /// Whether it is about records that belong to another one.
    var isNested: Bool { path.utf8.count { $0 == 0x2F } > (isSingle ? 2 : 1) }

    /// The collection that a parameter of the address is a key of.
    static func parent(_ parameter: String) -> OneRosterCollection? {
        switch parameter {
        case "school": .orgs
        case "class": .classes
        case "course": .courses
        case "term": .academicSessions
        case "user": .users
        case "lineItem": .lineItems
        default: nil
        }
    }

    /// What the address says, put into the selection.
    func selection(_ parameters: [String: String]) -> OneRosterSelection {
        var selection = selection
        (selection.school, selection.classKey) = (parameters["school"], parameters["class"])
        (selection.course, selection.term) = (parameters["course"], parameters["term"])
        (selection.user, selection.lineItem) = (parameters["user"], parameters["lineItem"])
        return selection
    }

    /// Scopes of OAuth 2.0, any of which opens the door for reading.
    var scopes: [String] {
        switch collection {
        case .demographics: ["roster-demographics.readonly"]
        case _ where collection.isGradebook: ["gradebook.readonly"]
        default: isNested ? ["roster.readonly"] : ["roster.readonly", "roster-core.readonly"]
        }
    }

    static func addresses(_ scopes: [String]) -> [String] {
        scopes.flatMap { scope in
            ["v1p2", "v1p1"].map { "https://purl.imsglobal.org/spec/or/\($0)/scope/\(scope)" }
        }
    }

    /// Each collection as a list and one by one.
    private static func pair(
        _ name: String, _ collection: OneRosterCollection, schools: Bool = false,
        session: OneRosterSelection.Session? = nil, role: OneRosterSelection.Role? = nil
    ) -> [OneRosterEndpoint] {
        ["/\(name)", "/\(name)/:id"].map {
            OneRosterEndpoint($0, collection, schools: schools, session: session, role: role)
        }
    }

    static let rostering: [OneRosterEndpoint] =
        pair("orgs", .orgs) + pair("schools", .orgs, schools: true) + pair("academicSessions", .academicSessions)
        + pair("terms", .academicSessions, session: .term)
        + pair("gradingPeriods", .academicSessions, session: .gradingPeriod) + pair("courses", .courses)
        + pair("classes", .classes) + pair("enrollments", .enrollments) + pair("users", .users)
        + pair("students", .users, role: .student) + pair("teachers", .users, role: .teacher)
        + pair("demographics", .demographics)
        + [
            OneRosterEndpoint("/schools/:school/classes", .classes),
            OneRosterEndpoint("/schools/:school/courses", .courses),
            OneRosterEndpoint("/schools/:school/enrollments", .enrollments),
            OneRosterEndpoint("/schools/:school/students", .users, role: .student),
            OneRosterEndpoint("/schools/:school/teachers", .users, role: .teacher),
            OneRosterEndpoint("/schools/:school/terms", .academicSessions, session: .term),
            OneRosterEndpoint("/schools/:school/classes/:class/enrollments", .enrollments),
            OneRosterEndpoint("/schools/:school/classes/:class/students", .users, role: .student),
            OneRosterEndpoint("/schools/:school/classes/:class/teachers", .users, role: .teacher),
            OneRosterEndpoint("/classes/:class/students", .users, role: .student),
            OneRosterEndpoint("/classes/:class/teachers", .users, role: .teacher),
            OneRosterEndpoint("/courses/:course/classes", .classes),
            OneRosterEndpoint("/terms/:term/classes", .classes),
            OneRosterEndpoint("/terms/:term/gradingPeriods", .academicSessions, session: .gradingPeriod),
            OneRosterEndpoint("/students/:user/classes", .classes, role: .student),
            OneRosterEndpoint("/teachers/:user/classes", .classes, role: .teacher),
            OneRosterEndpoint("/users/:user/classes", .classes),
        ]

    static let gradebook: [OneRosterEndpoint] =
        pair("categories", .categories) + pair("lineItems", .lineItems) + pair("results", .results)
        + pair("scoreScales", .scoreScales)
        + [
            OneRosterEndpoint("/classes/:class/categories", .categories),
            OneRosterEndpoint("/classes/:class/lineItems", .lineItems),
            OneRosterEndpoint("/classes/:class/results", .results),
            OneRosterEndpoint("/classes/:class/scoreScales", .scoreScales),
            OneRosterEndpoint("/classes/:class/lineItems/:lineItem/results", .results),
            OneRosterEndpoint("/classes/:class/students/:user/results", .results),
            OneRosterEndpoint("/schools/:school/lineItems", .lineItems),
            OneRosterEndpoint("/schools/:school/scoreScales", .scoreScales),
        ]

    /// Where many records are entered at once.
    static let posts = [
        OneRosterEndpoint("/lineItems/:lineItem/results", .results),
        OneRosterEndpoint("/classes/:class/lineItems", .lineItems),
        OneRosterEndpoint("/schools/:school/lineItems", .lineItems),
    ]

    /// The parameter of the address, which is also the property that names the place.
    var place: String { path.split(separator: "/").first { $0.hasPrefix(":") }.map { String($0.dropFirst()) } ?? "" }

    /// Both services in one, without what came later.
    static let old: [OneRosterEndpoint] = rostering + gradebook.filter { $0.collection != .scoreScales }
}
