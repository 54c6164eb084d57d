import Database
import Kernel

/// How somebody holds a post at a school.
package enum AppointmentKind: String, Column, Sendable, CaseIterable {
    /// 在编
    case established
    /// 聘用: without a place in the establishment
    case contract
    /// 走教: teaches here and at her own school
    case itinerant
    /// 支教
    case support
    /// 借调
    case secondment
    /// 交流
    case rotation

    package var title: String {
        switch self {
        case .established: "在编"
        case .contract: "聘用"
        case .itinerant: "走教"
        case .support: "支教"
        case .secondment: "借调"
        case .rotation: "交流"
        }
    }

    /// Whether it makes the school her own: statistics count a person there and nowhere else.
    package var isMain: Bool { self == .established || self == .contract }

    /// The kinds by which statistics count people.
    static let main: [AppointmentKind] = allCases.filter(\.isMain)
}

/// Why a post ended.
package enum AppointmentEnd: String, Column, Sendable, CaseIterable {
    case postChange = "post_change"
    case transfer, expiry, retirement, resignation, dismissal, death, other

    package var title: String {
        switch self {
        case .postChange: "岗位调整"
        case .transfer: "调动"
        case .expiry: "期满返回"
        case .retirement: "退休"
        case .resignation: "辞职"
        case .dismissal: "解聘"
        case .death: "去世"
        case .other: "其他"
        }
    }

    /// What a school chooses from when somebody leaves it otherwise than by a transfer.
    package static let leaving: [AppointmentEnd] = [.retirement, .resignation, .expiry, .dismissal, .death, .other]
}

/// 任职: a person holds a post at a school from a day on. She may hold several, at one school or at more.
package struct Appointment: Sendable, Equatable {
    package let id: ID<Appointment>
    package let person: ID<Person>
    package let personName: String
    package let school: OrganisationID
    package let schoolName: String
    package let path: OrganisationPath
    /// 岗位职业码, GB/T 33782-2017
    package let post: String
    package let kind: AppointmentKind
    /// Share of full work, in percent.
    package let share: Int
    package let from: LocalDate
    /// The first day on which it no longer holds; `nil` while open.
    package let until: LocalDate?
    /// `nil` while open, and for what ended before reasons were kept.
    package let reason: AppointmentEnd?

    /// For statements over `directory_appointment a` with `directory_person p` and `directory_organisation o`.
    static let columns: SQL =
        """
        a.id, a.person_id, p.name, a.organisation_id, o.name, o.path, a.post, a.kind, a.share, a.valid_from, a.valid_to,
        a.end_reason
        """

    init(_ row: borrowing Row) throws {
        (id, person, personName) = (try row.get(0), try row.get(1), try row.get(2))
        (school, schoolName, path) = (try row.get(3), try row.get(4), try row.get(5))
        (post, kind, share) = (try row.get(6), try row.get(7), try row.get(8))
        (from, until, reason) = (try row.get(9), try row.get(10), try row.get(11))
    }

    package func holds(on day: LocalDate) -> Bool { from <= day && (until.map { $0 > day } ?? true) }
    package var postTitle: String { CodeLists.post.name(of: post) }
}

/// What a post needs.
package struct AppointmentDraft: Sendable, Equatable {
    package var post: String
    package var kind: AppointmentKind
    package var share: Int
    package var from: LocalDate

    package init(post: String, kind: AppointmentKind = .established, share: Int = 100, from: LocalDate) {
        (self.post, self.kind, self.share, self.from) = (post, kind, share, from)
    }

    /// Throws `DomainError.invalid` for `post`, `share` and `from`.
    func check(today: LocalDate) throws {
        var problems: [FieldProblem] = []
        if CodeLists.post[post] == nil { problems.append(FieldProblem(field: "post", message: "选择岗位")) }
        if !(1...100).contains(share) {
            problems.append(FieldProblem(field: "share", message: "工作量应在 1 到 100 之间"))
        }
        problems += ClassRules.collected { try ClassRules.check(day: from, field: "from", today: today) }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
    }
}

/// 岗位 by what statistics ask of it.
package enum PostGroup: String, CaseIterable, Sendable {
    /// 教师, 教师兼行政: counted as 专任教师
    case teaching
    case administration, support, service, other

    package var title: String {
        switch self {
        case .teaching: "专任教师"
        case .administration: "行政人员"
        case .support: "教辅人员"
        case .service: "工勤人员"
        case .other: "其他人员"
        }
    }

    /// By the first digit of the 岗位职业码.
    package init(post: String) {
        switch post.first {
        case "1", "2": self = .teaching
        case "3": self = .administration
        case "4": self = .support
        case "6": self = .service
        default: self = .other
        }
    }
}
