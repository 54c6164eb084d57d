import Database
import Directory
import Identity
import Kernel

/// What an application may know of a person, by scope. Asked anew each time, so that it is true today.
enum PersonClaims {
    static func of(
        _ account: ID<Account>, subject: String, _ scopes: [String], at now: Timestamp, on db: Connection
    ) throws -> ClaimValue {
        var claims: [(name: String, value: ClaimValue)] = [("sub", .text(subject))]
        let hasProfile = scopes.contains(ApplicationScope.profile.rawValue)
        let hasEdu = scopes.contains(ApplicationScope.edu.rawValue)
        guard hasProfile || hasEdu else { return .object(claims) }
        let profile = try AccountStore(db).profile(of: account, at: now)
        if hasProfile {
            claims += [("name", .text(profile.name)), ("preferred_username", .text(profile.login))]
        }
        if hasEdu { claims.append(("edu", try education(profile, on: now.day, db))) }
        return .object(claims)
    }

    /// `edu`: her roles, where she has them, and the classes she learns in or teaches.
    private static func education(
        _ profile: AccountProfile, on day: LocalDate, _ db: Connection
    ) throws -> ClaimValue {
        let posts = profile.posts.map { post -> ClaimValue in
            var organisation: [(name: String, value: ClaimValue)] = [
                ("id", .text(post.organisation.id.rawValue)), ("name", .text(post.organisation.name)),
                ("kind", .text(post.organisation.kind.rawValue)),
            ]
            if let code = post.organisation.code { organisation.append(("code", .text(code))) }
            return .object([
                ("role", .text(post.role.rawValue)), ("role_name", .text(post.role.title)),
                ("organisation", .object(organisation)),
            ])
        }
        let groups = ClassGroupStore(db)
        var classes: [ClaimValue] = []
        for period in try EnrolmentStore(db).history(of: profile.person) where period.enrolment.holds(on: day) {
            classes.append(claim(period.classGroup, as: "student", on: day))
        }
        let led = try groups.classes(of: profile.person, as: .homeroom, on: day)
        classes += led.map { claim($0, as: "homeroom_teacher", on: day) }
        let taught = try groups.classes(of: profile.person, on: day).filter { group in
            !led.contains { $0.id == group.id }
        }
        classes += taught.map { claim($0, as: "teacher", on: day) }
        return .object([("posts", .list(posts)), ("classes", .list(classes))])
    }

    private static func claim(_ group: ClassGroup, as role: String, on day: LocalDate) -> ClaimValue {
        .object([
            ("id", .text(group.id.rawValue)), ("name", .text(group.name(on: day))), ("role", .text(role)),
            ("organisation_id", .text(group.school.rawValue)),
        ])
    }
}
