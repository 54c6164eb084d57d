import Database
import Directory
import Kernel
import Platform
import Web

/// What a form says of signed papers.
struct ConsentPaper: Sendable {
    /// Whose signature is on the paper of a child.
    enum Signer: Sendable, Equatable {
        /// The form does not say.
        case untold
        case pupil
        case guardian(ID<Person>)
        /// A guardian whom nobody has entered, with a code of `CodeLists.guardianRelation`.
        case other(name: String, relation: String)
    }

    struct Entry: Sendable {
        let child: ID<Person>
        let purpose: String
        let word: ConsentAnswer.Word
        let signer: Signer
        /// The version on the slip; `nil` when the form does not say.
        let version: Int?
    }

    /// The day on the papers.
    let signedOn: LocalDate
    let entries: [Entry]
    /// Whether the class teacher signed the papers as witness, by the word of whoever enters them.
    let isWitnessed: Bool

    static let pupilSigner = "pupil"
    static let otherSigner = "other"
    static let longestName = 50

    static func field(_ child: ID<Person>, _ purpose: String) -> String { "answer-\(child)-\(purpose)" }
    static func signerField(_ child: ID<Person>) -> String { "signer-\(child)" }
    static func nameField(_ child: ID<Person>) -> String { "signer-name-\(child)" }
    static func relationField(_ child: ID<Person>) -> String { "signer-relation-\(child)" }
    static func versionField(_ purpose: String) -> String { "version-\(purpose)" }

    /// Fields that were left empty tell nothing. Throws `DomainError.invalid` for `signedOn`, for the name and relation of
    /// a signer whom nobody has entered, and when nothing was told.
    init(_ values: FormValues, _ consents: ClassConsents) throws {
        guard let day = values.text("signedOn").flatMap({ LocalDate(iso: $0) }) else {
            throw DomainError.invalid("signedOn", "填写签字日期，如 2026-09-01")
        }
        guard day <= consents.day else { throw DomainError.invalid("signedOn", "签字日期不能晚于今天") }
        signedOn = day
        isWitnessed = values["witnessed"] == "1"
        var problems: [FieldProblem] = []
        entries = consents.rows.flatMap { row -> [Entry] in
            let child = row.pupil.person
            let words = consents.purposes.compactMap { purpose -> (String, ConsentAnswer.Word)? in
                let word = values.text(ConsentPaper.field(child, purpose.code)).flatMap(
                    ConsentAnswer.Word.init(rawValue:))
                return word.flatMap { $0 == .withdrawn ? nil : (purpose.code, $0) }
            }
            if words.isEmpty { return [] }
            let signer = ConsentPaper.signer(row, values)
            if case .other(let name, let relation) = signer {
                problems += ConsentPaper.problems(child, name, relation)
            }
            return words.map { code, word in
                let only = consents.versions[code].flatMap { $0.count == 1 ? $0.first?.number : nil }
                let version = values.text(ConsentPaper.versionField(code)).flatMap { Int($0) } ?? only
                return Entry(child: child, purpose: code, word: word, signer: signer, version: version)
            }
        }
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        if entries.isEmpty { throw DomainError.invalid("", "还没有填写任何一项") }
    }

    /// Where nobody is entered as guardian, an untold signer is one whom nobody has entered.
    private static func signer(_ row: ClassConsents.Row, _ values: FormValues) -> Signer {
        let child = row.pupil.person, told = values.text(signerField(child))
        if told == pupilSigner { return .pupil }
        if told == otherSigner || (told == nil && row.age == .child && row.guardianships.isEmpty) {
            return .other(name: values[nameField(child)] ?? "", relation: values[relationField(child)] ?? "")
        }
        return told.flatMap { ID<Person>(checking: $0) }.map { .guardian($0) } ?? .untold
    }

    private static func problems(_ child: ID<Person>, _ name: String, _ relation: String) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        if name.isEmpty || name.unicodeScalars.count > longestName {
            problems.append(FieldProblem(field: nameField(child), message: "填写签字家长的姓名"))
        }
        if !CodeLists.guardianRelation.codes.contains(where: { $0.code == relation }) {
            problems.append(FieldProblem(field: relationField(child), message: "选择与学生的关系"))
        }
        return problems
    }
}

extension ConsentService {
    /// Enters signed papers of a class, with its class teacher as witness; returns how many answers are new. The same
    /// papers entered once more change nothing; another word for the same day corrects the one that was entered before.
    ///
    /// Nobody knows the hour of a signature: a yes counts from the beginning of its day and a refusal at its end, so that
    /// whoever refuses or takes back on the same day is heard. Who had to sign follows from the age on the day of the
    /// paper, the text from the version on the slip. Throws `DomainError.conflict` when the class has no class teacher, and
    /// `DomainError.invalid` for `witnessed`, for the version of a purpose and for the signer of a child.
    func enter(_ paper: ConsentPaper, of consents: ClassConsents) throws -> Int {
        guard let witness = consents.homeroomTeacher else {
            throw DomainError.conflict("纸质同意书由班主任见证，先在班级页面安排班主任。")
        }
        guard consents.clerk == .homeroomTeacher || paper.isWitnessed else {
            throw DomainError.invalid("witnessed", "核对纸上有班主任的见证签字，再勾选")
        }
        let versions = try signedVersions(paper, consents)
        let store = ConsentAnswerStore(db, crypto), people = consents.rows.map(\.pupil.person)
        var known: [String: [ID<Person>: [ConsentAnswer]]] = [:]
        for code in versions.keys { known[code] = try store.answers(about: people, for: code, on: consents.day) }
        let rows = Dictionary(uniqueKeysWithValues: consents.rows.map { ($0.pupil.person, $0) })
        let answers = try paper.entries.compactMap { entry -> NewConsentAnswer? in
            guard let row = rows[entry.child], let version = versions[entry.purpose] else { return nil }
            let signature = try ConsentService.signature(entry, of: row, on: paper.signedOn)
            let said = ConsentWord(
                signature.capacity, giver: signature.giver, version: version, word: entry.word, signer: signature.name)
            let earlier = (known[entry.purpose]?[entry.child] ?? []).filter {
                !$0.said.isOver && $0.said.isSameVoice(as: said)
            }
            guard let moment = ConsentService.moment(of: said, on: paper.signedOn, after: earlier) else { return nil }
            let age = said.capacity == .pupil ? row.born.map { ConsentAge.years(born: $0, on: paper.signedOn) } : nil
            return NewConsentAnswer(
                child: entry.child, purpose: entry.purpose, said: said, guardianship: signature.guardianship,
                channel: .paper, decidedAt: moment, witness: witness, signerRelation: signature.relation, age: age)
        }
        let titles = Dictionary(uniqueKeysWithValues: consents.purposes.map { ($0.code, $0.title) })
        try add(answers, titles: titles)
        return answers.count
    }

    /// When the word on a paper counts; `nil` when it is known.
    ///
    /// - Parameter earlier: what the same voice said, by the time at which it counts.
    private static func moment(
        of said: ConsentWord, on day: LocalDate, after earlier: [ConsentAnswer]
    ) -> Timestamp? {
        let end = Timestamp(startOf: day.adding(days: 1)), ofDay = earlier.filter { $0.decidedAt.day == day }
        let last = ofDay.filter { $0.channel == .paper }.max { $0.id < $1.id }
        if let last, last.said == said { return nil }
        if last == nil, earlier.last(where: { $0.decidedAt < end })?.said == said { return nil }
        let hour = said.word == .yes ? Timestamp(startOf: day) : end.adding(seconds: -1)
        let isRefused = ofDay.contains { $0.channel != .paper && $0.said.word != .yes }
        guard let last, said.word != .yes || !isRefused else { return hour }
        return max(hour, Timestamp(milliseconds: last.decidedAt.milliseconds + 1))
    }

    /// The versions on the slips. Throws `DomainError.invalid` for the field of a version that is not told or was published
    /// after the day of the paper.
    private func signedVersions(_ paper: ConsentPaper, _ consents: ClassConsents) throws -> [String: Int] {
        try paper.entries.reduce(into: [:]) { found, entry in
            let field = ConsentPaper.versionField(entry.purpose), title = consents.title(of: entry.purpose)
            let version = consents.versions[entry.purpose]?.first { $0.number == entry.version }
            guard let version else { throw DomainError.invalid(field, "选择回执上“\(title)”的版本") }
            guard version.publishedOn <= paper.signedOn else {
                let isOnly = consents.versions[entry.purpose]?.count == 1
                throw DomainError.invalid(
                    isOnly ? "signedOn" : field, "“\(title)”第 \(version.number) 版在签字日期之后才公布，核对回执")
            }
            found[entry.purpose] = version.number
        }
    }

    private struct Signature {
        let capacity: ConsentAnswer.Capacity
        var giver: ID<Person>?
        var guardianship: ID<Guardianship>?
        /// Of a guardian whom nobody has entered; empty otherwise.
        var name = ""
        var relation: String?
    }

    private static func signature(
        _ entry: ConsentPaper.Entry, of row: ClassConsents.Row, on day: LocalDate
    ) throws -> Signature {
        let field = ConsentPaper.signerField(entry.child)
        guard ConsentAge(born: row.born, on: day) == .child else {
            guard entry.signer == .pupil || (entry.signer == .untold && row.age != .child) else {
                throw DomainError.invalid(field, "签字那天已满十四周岁，由学生本人签字")
            }
            return Signature(capacity: .pupil, giver: entry.child)
        }
        switch entry.signer {
        case .guardian(let guardian):
            guard let relation = row.guardianships.first(where: { $0.guardian == guardian }) else {
                throw DomainError.invalid(field, "选择在纸上签字的家长")
            }
            return Signature(capacity: .guardian, giver: guardian, guardianship: relation.id)
        case .other(let name, let relation):
            return Signature(capacity: .guardian, name: name, relation: relation)
        case .untold, .pupil:
            throw DomainError.invalid(field, row.age == .child ? "选择在纸上签字的家长" : "签字那天未满十四周岁，选择签字的家长")
        }
    }
}
