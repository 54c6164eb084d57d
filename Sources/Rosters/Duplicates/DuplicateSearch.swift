import Database
import Directory
import Kernel
import Platform

/// Looks for people who are on record twice: a 学籍号 made of somebody's 身份证号, the same name with birth date, with a
/// parent, or at one school. A job; what was decided is not asked again.
struct DuplicateSearch: Sendable {
    static let job = "rosters.duplicates"

    let database: Database
    let crypto: any CryptoProvider
    let mergeListeners: [any PersonMergeListener]

    var handler: JobHandler {
        JobHandler(DuplicateSearch.job) { context in
            let scope = DataScope(context.job.payload.split(separator: " ").map { OrganisationPath(String($0)) })
            let found = try await run(scope, now: .now)
            return found == 0 ? "没有新的疑似重复" : "找到 \(found) 对疑似重复"
        }
    }

    /// Queues a search of the scope.
    static func queue(_ scope: DataScope, by user: CurrentUser, on db: Connection) throws -> ID<Job> {
        try JobStore(db).add(
            kind: job, title: "查找疑似重复人员", payload: scope.roots.map(\.text).joined(separator: " "),
            result: DuplicatePages.root, by: user, at: .common(of: scope.roots))
    }

    /// Returns how many pairs nobody had asked about before.
    func run(_ scope: DataScope, now: Timestamp) async throws -> Int {
        let crypto = crypto
        let found = try await database.read { db in try DuplicateSearch.find(scope, now.day, db, crypto) }
        let all = found.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }
        var count = 0
        for start in stride(from: 0, to: all.count, by: 200) {
            let chunk = Array(all[start..<min(start + 200, all.count)])
            count += try await database.write { db in
                let queue = DuplicateQueue(db, crypto, now: now, mergeListeners: mergeListeners)
                return try chunk.reduce(0) { try $0 + (queue.raise($1.key.first, $1.key.second, $1.value) ? 1 : 0) }
            }
        }
        return count
    }

    private static func find(
        _ scope: DataScope, _ day: LocalDate, _ db: Connection, _ crypto: any CryptoProvider
    ) throws -> [DuplicateSearchStore.Pair: DuplicateReason] {
        let store = DuplicateSearchStore(db: db, scope: scope, day: day)
        var found: [DuplicateSearchStore.Pair: DuplicateReason] = [:]
        for pair in try store.schoolAlike() { found[pair] = .school }
        for pair in try store.relatedAlike() { found[pair] = .parent }
        for pair in try store.bornAlike() { found[pair] = .born }
        for pair in try numberedAlike(store, db, crypto) { found[pair] = .number }
        return found
    }

    /// A 学籍号 with a G before it is made of the 身份证号 of its time: whoever else has that one is the same person.
    private static func numberedAlike(
        _ store: DuplicateSearchStore, _ db: Connection, _ crypto: any CryptoProvider
    ) throws -> Set<DuplicateSearchStore.Pair> {
        let identifiers = PersonIdentifierStore(db, crypto), people = try store.numbered()
        var pairs: Set<DuplicateSearchStore.Pair> = []
        for start in stride(from: 0, to: people.count, by: 2_000) {
            let chunk = Array(people[start..<min(start + 2_000, people.count)])
            var citizens: [PersonIdentifier: ID<Person>] = [:]
            for (person, numbers) in try identifiers.texts(of: chunk, kinds: [.studentNumber]) {
                guard let text = numbers[.studentNumber], text.hasPrefix("G"),
                    let citizen = try? PersonIdentifier(.citizenNumber, String(text.dropFirst()))
                else { continue }
                citizens[citizen] = person
            }
            for (citizen, holder) in try identifiers.holders(of: Array(citizens.keys)) {
                if let person = citizens[citizen], person != holder { pairs.insert(.init(person, holder)) }
            }
        }
        return pairs
    }
}
