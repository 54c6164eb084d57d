/// The files of a bundle as the CSV binding 1.2 orders their columns, and from where in a record each column comes.
struct BundleFile: Sendable {
    let name: String
    let collection: OneRosterCollection
    let columns: [(header: String, path: [String])]

    init(_ name: String, _ collection: OneRosterCollection, _ columns: String) {
        (self.name, self.collection) = (name, collection)
        self.columns = ("sourcedId status dateLastModified " + columns).split(separator: " ").map { word in
            let parts = word.split(separator: "=").map(String.init)
            return (parts[0], (parts.count > 1 ? parts[1] : parts[0]).split(separator: ".").map(String.init))
        }
    }

    /// All that are written, in the order in which one refers to the other.
    static let all = [
        BundleFile("orgs", .orgs, "name type identifier parentSourcedId=parent"),
        BundleFile(
            "academicSessions", .academicSessions, "title type startDate endDate parentSourcedId=parent schoolYear"),
        BundleFile(
            "courses", .courses,
            "schoolYearSourcedId=schoolYear title courseCode grades orgSourcedId=org subjects subjectCodes"),
        BundleFile(
            "classes", .classes,
            "title grades courseSourcedId=course classCode classType location schoolSourcedId=school termSourcedIds=terms subjects subjectCodes periods"
        ),
        BundleFile(
            "users", .users,
            "enabledUser username userIds givenName familyName middleName identifier email sms phone agentSourcedIds=agents grades password userMasterIdentifier resourceSourcedIds=resources preferredGivenName preferredMiddleName preferredFamilyName primaryOrgSourcedId=primaryOrg pronouns"
        ),
        BundleFile(
            "enrollments", .enrollments,
            "classSourcedId=class schoolSourcedId=school userSourcedId=user role primary beginDate endDate"),
        BundleFile(
            "demographics", .demographics,
            "birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus"
        ),
    ]

    /// Roles stand in a file of their own, though a user's record has them within.
    static let roles = "roles"
    static let roleHeaders = [
        "sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "beginDate", "endDate",
        "orgSourcedId", "userProfileSourcedId",
    ]

    /// All that are read, in the order in which one refers to the other.
    static let read = all.map(\.name).flatMap { $0 == "users" ? [$0, roles] : [$0] }

    /// Those that the binding knows and the platform has nothing for.
    static let absent = [
        "categories", "classResources", "courseResources", "lineItemLearningObjectiveIds", "lineItems",
        "lineItemScoreScales", "resources", "resultLearningObjectiveIds", "results", "resultScoreScales", "scoreScales",
        "userProfiles", "userResources",
    ]

    func row(_ record: OneRosterRecord, isDelta: Bool) -> [String] {
        columns.map { header, path in
            if !isDelta && (header == "status" || header == "dateLastModified") { return "" }
            return record.texts(at: path).joined(separator: ",")
        }
    }

    /// The roles of a user, each with a key that stays the same.
    static func roleRows(_ user: OneRosterRecord, isDelta: Bool) -> [[String]] {
        guard case .list(let roles)? = user.members.first(where: { $0.name == "roles" })?.value else { return [] }
        let ends = isDelta ? [user.status, user.modified.rfc3339] : ["", ""]
        return roles.map { role in
            let wrapped = OneRosterRecord(
                user.id, isActive: true, modified: user.modified, [OneRosterMember("role", role)])
            func text(_ path: String...) -> String { wrapped.texts(at: ["role"] + path).first ?? "" }
            let key = [user.id, text("role"), text("org")].joined(separator: "-")
            return [key] + ends + [
                user.id, text("roleType"), text("role"), text("beginDate"), text("endDate"), text("org"), "",
            ]
        }
    }

    /// A line of RFC 4180. Spreadsheets take what begins like a formula for one, so such texts get an apostrophe no more
    /// than the standard allows: none; consumers of bundles are programs.
    static func line(_ fields: [String]) -> [UInt8] {
        var out: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0 { out.append(0x2C) }
            let isPlain = !field.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
            if isPlain {
                out.append(contentsOf: field.utf8)
            } else {
                out.append(0x22)
                for byte in field.utf8 { out.append(contentsOf: byte == 0x22 ? [0x22, 0x22] : [byte]) }
                out.append(0x22)
            }
        }
        out.append(contentsOf: [0x0D, 0x0A])
        return out
    }
}
