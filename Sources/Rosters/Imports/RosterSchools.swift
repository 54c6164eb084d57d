import Database
import Directory
import Kernel
import Platform

/// The schools of the city as rosters name them.
struct RosterSchools: Sendable {
    private let byID: [OrganisationID: Organisation]
    private let byCode: [String: Organisation]
    private let byName: [String: [Organisation]]
    private let counties: [(code: String, path: OrganisationPath)]
    /// Where the sender may write.
    private let scope: DataScope
    /// The sender's own school, whose rosters need not name it.
    let own: Organisation?

    static func load(_ db: Connection, scope: DataScope) throws -> RosterSchools {
        let all = try OrganisationStore(db).all(
            within: .everything, kinds: [.municipal, .county, .school, .teachingPoint])
        return RosterSchools(all, scope: scope)
    }

    init(_ all: [Organisation], scope: DataScope) {
        let schools = all.filter(\.kind.isSchool)
        byID = Dictionary(schools.map { ($0.id, $0) }) { first, _ in first }
        byCode = Dictionary(schools.compactMap { school in school.code.map { ($0, school) } }) { first, _ in first }
        byName = Dictionary(grouping: schools) { RosterSchools.key($0.name) }
        counties = all.compactMap { place in place.kind.isSchool ? nil : place.code.map { ($0, place.path) } }
        self.scope = scope
        let root = scope.roots.count == 1 ? scope.roots.first : nil
        own = schools.first { $0.path == root }
    }

    subscript(id: OrganisationID) -> Organisation? { byID[id] }

    /// Without punctuation, and without what stands in brackets at the end.
    static func key(_ name: String) -> String {
        let key = ChineseText.matchingKey(name)
        let marks = Set("()·.-、,“”\"[]".unicodeScalars)
        return String(key.unicodeScalars.filter { !marks.contains($0) }.map(Character.init))
    }

    enum Answer { case school(Organisation), problem(RosterTarget, String) }

    /// The school a row means.
    func find(code: String, name: String, county: String) -> Answer {
        if !code.isEmpty {
            let key = ChineseText.matchingKey(code).uppercased()
            guard let school = byCode[key] else {
                return .problem(.schoolCode, "没有标识码为“\(ChineseText.quoted(code))”的学校")
            }
            return within(school, .schoolCode)
        }
        guard !name.isEmpty else {
            if let own { return .school(own) }
            return .problem(.schoolName, "缺少学校，请加学校名称或学校标识码列")
        }
        if let own, RosterSchools.isAlike(RosterSchools.key(name), RosterSchools.key(own.name)) { return .school(own) }
        var found = byName[RosterSchools.key(name)] ?? []
        if let county = county.isEmpty ? nil : Divisions.managementUnit(named: county),
            let place = counties.first(where: { $0.code == county.code })
        {
            found = found.filter { place.path.contains($0.path) }
        }
        let mine = found.filter { scope.contains($0.path) }
        if mine.count == 1 { return .school(mine[0]) }
        if mine.count > 1 {
            return .problem(.schoolName, "有 \(mine.count) 所学校叫“\(ChineseText.quoted(name))”，请填写学校标识码或县区")
        }
        let isElsewhere = !found.isEmpty || own != nil
        return .problem(
            .schoolName, isElsewhere ? "“\(ChineseText.quoted(name))”不在你的管理范围内" : "没有叫“\(ChineseText.quoted(name))”的学校")
    }

    private func within(_ school: Organisation, _ target: RosterTarget) -> Answer {
        scope.contains(school.path) ? .school(school) : .problem(target, "“\(school.name)”不在你的管理范围内")
    }

    private static func isAlike(_ a: String, _ b: String) -> Bool { a == b || a.contains(b) || b.contains(a) }
}
