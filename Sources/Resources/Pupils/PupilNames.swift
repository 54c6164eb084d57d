import Database
import Directory
import Kernel
import Platform

/// The pupils of a form, by name: `韦小宁、黄海（三年级(1)班）`. The class is asked for when the school has two of the name.
struct PupilNames: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        let name: String
        /// Empty when none was typed.
        let className: String
    }

    let entries: [Entry]
    /// Names of one resource.
    static let most = 60

    init(_ text: String) {
        var entries: [Entry] = [], name = "", className = "", depth = 0
        func close() {
            let plain = ChineseText.normalised(name)
            if !plain.isEmpty { entries.append(Entry(name: plain, className: ChineseText.matchingKey(className))) }
            (name, className) = ("", "")
        }
        for character in text {
            switch character {
            case "（", "(":
                if depth > 0 { className.append("(") }
                depth += 1
            case "）", ")":
                depth = max(0, depth - 1)
                if depth > 0 { className.append(")") }
            case "、", ",", "，", ";", "；", "\n", "\r":
                if depth == 0 { close() } else { className.append(character) }
            default: if depth > 0 { className.append(character) } else { name.append(character) }
            }
        }
        close()
        self.entries = entries
    }

    /// The pupils on the roll of the school, in the order typed. Throws `DomainError.invalid` for `pupils`.
    func found(at school: OrganisationID, on day: LocalDate, _ db: Connection) throws -> [ID<Person>] {
        guard !entries.isEmpty else { return [] }
        guard entries.count <= PupilNames.most else {
            throw DomainError.invalid("pupils", "一个资源最多写 \(PupilNames.most) 名学生")
        }
        let known = try ItemPupilStore(db).named(entries.map(\.name), at: school, on: day)
        let classes = try PupilNames.classes(of: school, on: day, db)
        var people: [ID<Person>] = []
        for entry in entries {
            let matching = known.filter { one in
                one.pupil.name == entry.name
                    && (entry.className.isEmpty
                        || ChineseText.matchingKey(classes[one.classGroup] ?? "") == entry.className)
            }
            guard let first = matching.first else {
                let place = entry.className.isEmpty ? "本校" : "这个班"
                throw DomainError.invalid("pupils", "\(place)没有学生“\(entry.name)”")
            }
            guard Set(matching.map(\.pupil.person)).count == 1 else {
                let names = matching.compactMap { classes[$0.classGroup] }.joined(separator: "、")
                throw DomainError.invalid("pupils", "本校有几名“\(entry.name)”，在姓名后写明班级，如“\(entry.name)（\(names)）”")
            }
            if !people.contains(first.pupil.person) { people.append(first.pupil.person) }
        }
        return people
    }

    /// As the form shows them again. With the class where the school has another of the name.
    static func text(_ pupils: [ItemPupil], at item: Item, _ db: Connection) throws -> String {
        guard !pupils.isEmpty else { return "" }
        let day = Timestamp.now.day
        let known = try ItemPupilStore(db).named(pupils.map(\.name), at: item.school, on: day)
        let classes = try classes(of: item.school, on: day, db)
        return pupils.map { pupil in
            let same = known.filter { $0.pupil.name == pupil.name }
            let own = same.first { $0.pupil.person == pupil.person }
            guard same.count > 1, let own, let name = classes[own.classGroup] else { return pupil.name }
            return "\(pupil.name)（\(name)）"
        }.joined(separator: "、")
    }

    private static func classes(
        of school: OrganisationID, on day: LocalDate, _ db: Connection
    ) throws -> [ID<ClassGroup>: String] {
        let found = try ClassGroupStore(db).classes(of: school, on: day, within: .everything)
        return Dictionary(found.map { ($0.id, $0.name(on: day)) }) { first, _ in first }
    }
}
