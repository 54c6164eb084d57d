import Database
import Kernel
import Platform

/// A guardian as a school enters her.
package struct NewGuardian: Sendable {
    package var name: String
    /// Code of 监护人关系.
    package var relation: String
    /// 1 or 2; `nil` when it is not told.
    package var order: Int?
    /// Her phone and her document, at most one of a kind.
    package var numbers: [PersonIdentifier]

    package init(name: String, relation: String, order: Int? = nil, numbers: [PersonIdentifier] = []) {
        (self.name, self.relation, self.order, self.numbers) = (name, relation, order, numbers)
    }
}

/// Who a guardian is among the people the city knows.
enum GuardianMatch: Sendable, Equatable {
    case unknown
    /// The school says whether she is meant: one person is guardian of all her children. With the names of those of them
    /// who are at the school.
    case known(ID<Person>, children: [String])
}

/// What stands for the name of a guardian of whom only a phone is known: 韦小明家长.
enum GuardianName {
    private static let word = "家长"
    static func ofChild(_ name: String) -> String { name + word }
    static func isStandIn(_ name: String) -> Bool { name.hasSuffix(word) }
}

/// Finds a guardian by her numbers over the whole city, so that nobody is entered twice for two children. What it answers
/// tells a school no more than it has told itself.
struct GuardianMatcher {
    let db: Connection
    let crypto: any CryptoProvider
    let day: LocalDate

    /// Throws `DomainError.invalid` for `phone` and `documentNumber` when a number belongs to somebody else.
    func match(_ new: NewGuardian, for child: GuardianshipService.Child) throws -> GuardianMatch {
        let found = try PersonMatcher(db, crypto).match(PersonCandidate(name: new.name, identifiers: new.numbers))
        switch found {
        case .known(let person, _): return try known(person, new, child)
        case .doubtful(let people, let why):
            if people.count == 1, let person = people.first, why == .otherName { return try known(person, new, child) }
            throw DomainError.invalid(field(new), "\(why.title)，核对后再填")
        case .unknown:
            let holders = try PersonIdentifierStore(db, crypto).holders(of: new.numbers)
            return try holders.values.first.map { try known($0, new, child) } ?? .unknown
        }
    }

    private func known(
        _ person: ID<Person>, _ new: NewGuardian, _ child: GuardianshipService.Child
    ) throws -> GuardianMatch {
        if person == child.id { throw DomainError.invalid(field(new), "这个号码登记在学生本人名下") }
        let name = try PersonStore(db).find(person).name, store = GuardianshipStore(db)
        let children = try store.places(ofChildrenOf: person, on: day)
        if GuardianName.isStandIn(name) {
            // Only the school that entered the number knows whose it is.
            if children.contains(where: { !child.place.contains($0.path) }) {
                throw DomainError.invalid(field(new), "这个号码由另一所学校登记，还没有姓名，请家长自己申报")
            }
        } else if !PersonCandidate.isSameName(name, new.name) {
            throw DomainError.invalid(field(new), "这个号码登记的是另一个姓名，核对姓名和号码")
        }
        if try store.isMinor(person, on: day) {
            throw DomainError.invalid(field(new), "登记这个号码的人未满 \(Majority.age) 周岁，不能是监护人")
        }
        return .known(person, children: children.filter { child.place.contains($0.path) }.map(\.name))
    }

    private func field(_ new: NewGuardian) -> String {
        new.numbers.contains { $0.kind != .phone } ? "documentNumber" : "phone"
    }
}
