import Kernel

/// On what a datum of a person is kept (个人信息保护法, art. 13).
package enum ProcessingBasis: String, Sendable {
    /// What a law gives the bureau and the schools to do: the roster, compulsory education, statistics.
    case duty
    case consent
    case contract
    case publicInterest = "public_interest"

    package var title: String {
        switch self {
        case .duty: "法定职责"
        case .consent: "同意"
        case .contract: "使用平台所必需"
        case .publicInterest: "公共利益"
        }
    }
}

/// One thing that is kept about a person, as she reads it.
package struct PersonalDatum: Sendable, Equatable {
    /// What stands together: 基本信息, 班级经历.
    package let group: String
    package let label: String
    /// In full.
    package let value: String
    /// What is shown in place of a sealed value until she asks for it; `nil` when the value is not sealed.
    package let mask: String?
    /// Who told it: 全国学籍系统.
    package let source: String
    /// The day it was recorded; `nil` when that is not known.
    package let since: LocalDate?
    package let basis: ProcessingBasis
    /// Whether it goes when she asks for it.
    package let isErasable: Bool

    package init(
        group: String, label: String, value: String, mask: String? = nil, source: String, since: LocalDate? = nil,
        basis: ProcessingBasis = .duty, isErasable: Bool = false
    ) {
        (self.group, self.label, self.value, self.mask) = (group, label, value, mask)
        (self.source, self.since, self.basis, self.isErasable) = (source, since, basis, isErasable)
    }
}

/// Another system that is told something of a person.
package struct DataRecipient: Sendable, Equatable {
    package let name: String
    /// What it is told, in words.
    package let what: String
    package let since: LocalDate?
    /// Where she can take it back; empty when she cannot.
    package let path: String

    package init(name: String, what: String, since: LocalDate?, path: String = "") {
        (self.name, self.what, self.since, self.path) = (name, what, since, path)
    }
}

/// The offer of a context that keeps something about people: to show it to them, and to let it go.
package protocol PersonalDataSource: Sendable {
    /// Chinese name of the module: 花名册.
    var name: String { get }
    func items(of person: ID<Person>) async throws -> [PersonalDatum]
    func recipients(of person: ID<Person>) async throws -> [DataRecipient]
    /// Erases what is kept for her sake alone; with `wholly` also what names somebody who never was a pupil or an
    /// employee. Says in words what went, without any value; nothing the second time.
    /// - Parameter handler: who decided it, for the audit log.
    func erase(_ person: ID<Person>, wholly: Bool, by handler: String) async throws -> [String]
}

/// The offer of a context whose records end some day.
package protocol RetentionSource: Sendable {
    /// Names of the kinds of records, as the list of retention periods has them.
    var kinds: [String] { get }
    /// How many records of the kind are older than the moment, without those about the people named.
    func overdue(_ kind: String, before: Timestamp, sparing people: Set<ID<Person>>) async throws -> Int
    /// Deletes at most so many of them, the oldest first, and returns how many. Called until it returns 0.
    func delete(_ kind: String, before: Timestamp, sparing people: Set<ID<Person>>, atMost: Int) async throws -> Int
}
