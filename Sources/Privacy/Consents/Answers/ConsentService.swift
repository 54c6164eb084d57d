import Database
import Directory
import Kernel
import Platform

/// The writes on answers. Each runs inside the caller's transaction and leaves an audit entry at the child's school for
/// each change.
struct ConsentService {
    let db: Connection
    let crypto: any CryptoProvider
    let actor: AuditActor
    let now: Timestamp
    private var store: ConsentAnswerStore { ConsentAnswerStore(db, crypto) }

    init(_ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, now: Timestamp = .now) {
        (self.db, self.crypto, self.actor, self.now) = (db, crypto, actor, now)
    }

    /// What somebody says on a page, for herself or for the child of the relation. The same word to the same version once
    /// more changes nothing.
    ///
    /// Throws `DomainError.notFound` for what is not asked, `DomainError.forbidden` when another decides at this age, and
    /// `DomainError.conflict` when the words have changed meanwhile or there is nothing to take back. Taking back needs no
    /// version: it works whatever was published since. Throws `DomainError.notFound`, too, when the relation does not
    /// hold or is not the giver's.
    func say(
        _ word: ConsentAnswer.Word, to code: String, version: Int?, about child: ID<Person>, by giver: ID<Person>,
        as guardianship: Guardianship?
    ) throws {
        let sheet = try ConsentSheet(child, on: now.day, db, crypto)
        guard let item = sheet.asked.first(where: { $0.purpose.code == code }) else { throw DomainError.notFound }
        let capacity: ConsentAnswer.Capacity = guardianship == nil ? .pupil : .guardian
        guard sheet.age.capacity == capacity else {
            throw DomainError.forbidden(capacity == .guardian ? "年满十四周岁，由孩子自己决定。" : "未满十四周岁，由家长决定。")
        }
        if let guardianship {
            guard guardianship.guardian == giver, sheet.guardianships.contains(where: { $0.id == guardianship.id })
            else {
                throw DomainError.notFound
            }
        } else if giver != child {
            throw DomainError.notFound
        }
        let latest = item.last(of: giver, as: capacity), last = latest?.said
        if word == .withdrawn {
            guard let last, last.word == .yes else { throw DomainError.conflict("没有可以撤回的同意。") }
        } else if version != item.purpose.version.number {
            throw DomainError.conflict("“\(item.purpose.title)”的说明刚刚更新，请看过新的说明再决定。")
        }
        let said = ConsentWord(
            capacity, giver: giver,
            version: word == .withdrawn ? last?.version ?? 1 : item.purpose.version.number, word: word)
        if said == last { return }
        let answer = NewConsentAnswer(
            child: child, purpose: code, said: said, guardianship: guardianship?.id, channel: .page,
            decidedAt: later(than: latest),
            age: capacity == .pupil ? sheet.born.map { ConsentAge.years(born: $0, on: now.day) } : nil,
            address: actor.address)
        try add([answer], titles: [code: item.purpose.title])
    }

    /// Enters answers and their audit entries.
    func add(_ answers: [NewConsentAnswer], titles: [String: String]) throws {
        try store.add(answers, by: actor.name, at: now)
        var places: [ID<Person>: OrganisationPath] = [:]
        for answer in answers {
            let school = try places[answer.child] ?? place(of: answer.child)
            places[answer.child] = school
            let action =
                switch answer.said.word {
                case .yes: "consent.given"
                case .no: "consent.refused"
                case .withdrawn: "consent.withdrawn"
                }
            let what = "\(titles[answer.purpose] ?? answer.purpose)，第 \(answer.said.version) 版"
            try AuditLog.record(
                action, answer.child.rawValue, by: actor, at: school,
                "\(what)，\(answer.said.capacity.title)，\(answer.channel.title)", now: now, on: db)
        }
    }

    /// The school of a pupil, or the city once she has left.
    private func place(of child: ID<Person>) throws -> OrganisationPath {
        try LookStore(db).places(of: child, on: now.day).first?.path ?? .city
    }

    /// Takes back every yes about the person that counts, since she or a guardian asked for it. Returns the titles of the
    /// purposes. What somebody asks who speaks for herself or for the child today is her own word, which blocks; otherwise
    /// every yes is taken back in the name of its giver.
    ///
    /// - Parameter applicant: `nil` when it is not known who asked.
    func withdrawAll(about child: ID<Person>, askedBy applicant: ID<Person>? = nil) throws -> [String] {
        let sheet = try ConsentSheet(child, on: now.day, db, crypto)
        let relation = sheet.guardianships.first { $0.guardian == applicant }
        if let applicant, sheet.age == .child ? relation != nil : applicant == child {
            return try withdrawAll(sheet, by: applicant, as: sheet.age == .child ? relation : nil)
        }
        let answers = sheet.asked.flatMap { item -> [NewConsentAnswer] in
            let standing = item.answers.filter { !$0.said.isOver }
            let last = standing.enumerated().filter { index, answer in
                !standing[(index + 1)...].contains { $0.said.isSameVoice(as: answer.said) }
            }
            return last.map(\.element).filter { $0.said.word == .yes }.map { answer in
                let said = ConsentWord(
                    answer.said.capacity, giver: answer.said.giver, version: answer.said.version, word: .withdrawn,
                    signer: answer.said.signer)
                return NewConsentAnswer(
                    child: child, purpose: answer.purpose, said: said, guardianship: answer.guardianship,
                    channel: .request, decidedAt: later(than: answer), signerRelation: answer.signerRelation)
            }
        }
        return try enter(answers, of: sheet)
    }

    /// As the word of one who may speak today, for every purpose to which a voice that counts agreed.
    private func withdrawAll(
        _ sheet: ConsentSheet, by applicant: ID<Person>, as relation: Guardianship?
    ) throws -> [String] {
        let capacity = sheet.age.capacity
        let answers = sheet.asked.compactMap { item -> NewConsentAnswer? in
            let yes = sheet.voices(item).last { $0.word == .yes }, own = item.last(of: applicant, as: capacity)
            guard let yes, own?.said.word != .withdrawn else { return nil }
            let said = ConsentWord(capacity, giver: applicant, version: yes.version, word: .withdrawn)
            return NewConsentAnswer(
                child: sheet.child.id, purpose: item.purpose.code, said: said, guardianship: relation?.id,
                channel: .request, decidedAt: later(than: own))
        }
        return try enter(answers, of: sheet)
    }

    /// Now, or after what was signed today, which counts to the end of the day.
    private func later(than answer: ConsentAnswer?) -> Timestamp {
        answer.map { max(now, Timestamp(milliseconds: $0.decidedAt.milliseconds + 1)) } ?? now
    }

    private func enter(_ answers: [NewConsentAnswer], of sheet: ConsentSheet) throws -> [String] {
        guard !answers.isEmpty else { return [] }
        let titles = Dictionary(uniqueKeysWithValues: sheet.asked.map { ($0.purpose.code, $0.purpose.title) })
        try add(answers, titles: titles)
        let withdrawn = Set(answers.map(\.purpose))
        return sheet.asked.filter { withdrawn.contains($0.purpose.code) }.map(\.purpose.title)
    }
}
