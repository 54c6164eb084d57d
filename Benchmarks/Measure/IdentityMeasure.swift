import App
import CArgon2
import Database
import Directory
import Foundation
import Identity
import Kernel
import Platform
import Web

/// What it costs to know who somebody is, and to show her no more than her own.
enum IdentityMeasure {
    private static let password = "Tuo7luo!Boat"

    /// Schools until the tree has so many organisations.
    static func grow(to count: Int, _ database: Database) async throws -> [Organisation] {
        try await database.write { db in
            let store = OrganisationStore(db), service = OrganisationService(db, by: .system, source: "measure")
            let towns = try store.all(within: .everything, kinds: [.town])
            let present = try store.all(within: .everything).count
            let profile = SchoolProfile(schoolType: "211", urbanRural: "121", isCentral: false)
            return try (present..<max(count, present)).map { number in
                try service.add(
                    .init(kind: .school, code: nil, name: "第\(number)小学", profile: profile),
                    below: towns[number % towns.count])
            }
        }
    }

    /// Accounts with the role, spread over the places; their logins are the prefix with a number.
    static func open(
        _ count: Int, _ prefix: String, _ role: String, at places: [Organisation], hash: String = "!",
        _ database: Database
    ) async throws {
        let now = Timestamp.now
        for start in stride(from: 0, to: count, by: 10_000) {
            try await database.write { db in
                for number in start..<min(start + 10_000, count) {
                    let person = try PersonStore(db).insert(name: names[number % names.count] + "\(number)", at: now)
                    let account = Identifiers.next(), login = "\(prefix)\(number)"
                    try db.execute(
                        """
                        INSERT INTO identity_account (id, person_id, login_name, password_hash, must_change_password,
                            password_changed_at, state, last_sign_in_address, created_at, created_by)
                        VALUES (\(account), \(person), \(login), \(hash), 0, \(now), 'active', '', \(now), 'measure')
                        """)
                    try db.execute(
                        """
                        INSERT INTO identity_grant (id, account_id, role, organisation_id, valid_from, created_at, created_by)
                        VALUES (\(Identifiers.next()), \(account), \(role), \(places[number % places.count].id),
                            \(now.day), \(now), 'measure')
                        """)
                }
            }
        }
    }

    private static let names = ["韦春桃", "陆小燕", "黄志强", "梁秀英", "李建国", "覃丽华", "农文明", "苏海"]

    // MARK: Sessions

    /// Session checks a second on one core in a small and in a large tree.
    static func sessions() async throws {
        for count in [400, 4_000] {
            try await Measure.withFreshPlatform { platform in
                let schools = try await grow(to: count, platform.database)
                try await open(2_000, "u", "teacher", at: schools, platform.database)
                var tokens: [String] = []
                for number in 0..<2_000 { tokens.append(try await platform.identity.startSession(login: "u\(number)")) }
                for token in tokens { _ = try await platform.identity.authenticate(token) }
                let checks = 60_000, start = Measure.cpu
                for number in 0..<checks {
                    guard try await platform.identity.authenticate(tokens[number &* 7919 % tokens.count]) != nil else {
                        throw DomainError.notFound
                    }
                }
                let rate = Double(checks) / (Measure.cpu - start)
                print("\(count) organisations: \(Int(rate)) session checks a second of CPU")
            }
        }
    }

    // MARK: Sign-ins

    /// CPU of a sign-in over the bare hash, and what 2,000 sign-ins at once do to people who read.
    static func signIns() async throws {
        try await Measure.withFreshPlatform { platform in
            let schools = try await grow(to: 400, platform.database)
            let hash = try await platform.hasher.hash(password)
            try await open(2_000, "u", "teacher", at: schools, hash: hash, platform.database)
            try await cost(platform, hash)
            try await storm(platform, schools)
        }
    }

    @discardableResult
    private static func signIn(_ number: Int, _ caller: RouteCaller) async throws -> WebResponse {
        let answer = try await caller.call(
            .post, "/sign-in", form: [("login", "u\(number)"), ("password", password)],
            address: "10.\(number % 200).\(number / 200).9")
        guard answer.status == 303 else { throw DomainError.notFound }
        return answer
    }

    private static func cost(_ platform: CityPlatform, _ hash: String) async throws {
        let caller = RouteCaller(platform: platform), bytes = Array(password.utf8), times = 200
        for number in 0..<20 { try await signIn(number, caller) }
        for round in 1...3 {
            var start = Measure.cpu
            for _ in 0..<times { _ = argon2id_verify(hash, bytes, bytes.count) }
            let bare = (Measure.cpu - start) * 1000 / Double(times)
            start = Measure.cpu
            for number in 0..<times { try await signIn(number, caller) }
            let alone = (Measure.cpu - start) * 1000 / Double(times)
            start = Measure.cpu
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<times { group.addTask { try await signIn(number, caller) } }
                try await group.waitForAll()
            }
            let together = (Measure.cpu - start) * 1000 / Double(times)
            print(
                "round \(round): bare hash \(Measure.rounded(bare)) ms CPU, sign-in \(Measure.rounded(alone)) ms (\(Measure.rounded(alone / bare)) ×), many at once \(Measure.rounded(together)) ms (\(Measure.rounded(together / bare)) ×)"
            )
        }
    }

    private static func storm(_ platform: CityPlatform, _ schools: [Organisation]) async throws {
        let caller = RouteCaller(platform: platform)
        var tokens: [String] = []
        for number in 0..<20 { tokens.append(try await platform.identity.startSession(login: "u\(number)")) }
        let pages = ["/account", "/schools/:id", "/plan"]
        func read(_ token: String, _ index: Int, _ rounds: Int) async throws -> Durations {
            var durations = Durations()
            for round in 0..<rounds {
                let start = ContinuousClock.now
                try await caller.call(
                    .get, pages[round % pages.count], ["id": schools[index % schools.count].id.rawValue], token: token)
                durations.add(ContinuousClock.now - start)
                try await Task.sleep(for: .milliseconds(200))
            }
            return durations
        }
        func readers(_ rounds: Int) async throws -> Durations {
            try await withThrowingTaskGroup(of: Durations.self) { group in
                for (index, token) in tokens.enumerated() { group.addTask { try await read(token, index, rounds) } }
                return try await group.reduce(into: Durations()) { $0.add($1) }
            }
        }
        let quiet = try await readers(20)
        print("20 readers alone: p95 \(Measure.rounded(quiet.percentile(0.95))) ms of \(quiet.count)")
        let start = ContinuousClock.now
        async let crowd: Int = arrive(2_000, caller)
        let loaded = try await readers(100)
        let refused = try await crowd
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(
            "in a storm of 2,000 sign-ins (\(Measure.rounded(seconds)) s, \(refused) asked to wait): p95 \(Measure.rounded(loaded.percentile(0.95))) ms, max \(Measure.rounded(loaded.percentile(1))) ms of \(loaded.count)"
        )
    }

    /// All come at once; who is asked to wait comes again. Returns how often somebody was.
    private static func arrive(_ count: Int, _ caller: RouteCaller) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<count {
                group.addTask {
                    var refused = 0
                    while true {
                        do {
                            try await signIn(number, caller)
                            return refused
                        } catch DomainError.unavailable {
                            refused += 1
                            try await Task.sleep(for: .milliseconds(2_000 + number % 1_000))
                        }
                    }
                }
            }
            return try await group.reduce(0, +)
        }
    }

    // MARK: Lists

    /// 50 people of a city of 212,000 accounts, as each level of administration is shown them.
    static func people() async throws {
        try await Measure.withFreshPlatform { platform in
            let database = platform.database, schools = try await grow(to: 450, database)
            try await Measure.timed("212,000 accounts") {
                try await open(12_000, "t", "teacher", at: schools, database)
                try await open(200_000, "p", "student", at: schools, database)
            }
            try await Measure.timed("index of 212,000 accounts") {
                print("looked at \(try await platform.identity.accountIndexing.catchUp(settled: 0)) people")
            }
            // A third of them has signed in, at moments of their own.
            try await database.write { db in
                try db.execute(
                    """
                    UPDATE identity_account SET last_sign_in_at = created_at - LENGTH(login_name) * 7919
                    WHERE login_name LIKE '%3%'
                    """)
            }
            let caller = RouteCaller(platform: platform)
            for (role, token) in try await administrators(
                schools, platform, others: ["system_admin", "security_admin"])
            {
                let words = ["韦", "桃1", "志强12", "wct", "l", "weichun", "p1234", "zzzz", "小学", "韦&sort=-last"].map {
                    word in
                    let parts = word.split(separator: "&", maxSplits: 1)
                    let text = parts[0].addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                    return parts.count > 1 ? "q=\(text)&\(parts[1])" : "q=\(text)"
                }
                for query in ["", "sort=login", "sort=-last", "sort=last", "role=teacher", "state=suspended"] + words {
                    try await caller.time(
                        "\(role) /accounts?\(query)", "/accounts", query: query, token: token, times: 40)
                }
            }
        }
    }

    /// An administrator of the city, of a county and of a school, and others of the city, each signed in.
    static func administrators(
        _ schools: [Organisation], _ platform: CityPlatform, others: [String] = []
    ) async throws -> [(role: String, token: String)] {
        let (city, county) = try await platform.database.read { db in
            let store = OrganisationStore(db)
            return (try store.city()!, try store.find(code: "450603", within: .everything)!)
        }
        var signedIn: [(role: String, token: String)] = []
        for (role, place) in [("city_admin", city), ("county_admin", county), ("school_admin", schools[0])]
            + others.map({ ($0, city) })
        {
            try await open(1, role, role, at: [place], platform.database)
            signedIn.append((role, try await platform.identity.startSession(login: role + "0")))
        }
        return signedIn
    }
}
