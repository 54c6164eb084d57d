import Database
import Directory
import Kernel
import Platform
import Web

/// Making an account one's own by the code of a slip, and signing in by card.
struct ActivationService: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let crypto: any CryptoProvider
    let door: SignInDoor
    let now: @Sendable () -> Timestamp

    static let wrong = "登录名或激活码不正确，或激活码已经用过、过期"

    private struct Known: Sendable {
        let credentials: AccountStore.Credentials
        let grants: [Grant]
    }

    /// Sets the first password and starts a session. Failures count as those of passwords do. Throws
    /// `DomainError.invalid` for the fields `login`, `password` and `repeated`.
    func activate(_ form: ActivationForm, _ visit: SignInVisit) async throws -> SignInResult {
        let start = now(), crypto = crypto
        let addressKey = ThrottleKey.address(visit.address)
        let (known, wait) = try await database.write { db -> (Known?, Int64?) in
            let throttle = ThrottleStore(db), store = AccountStore(db)
            let found = try store.credentials(anyName: form.login, crypto)
            let key = ThrottleKey.login(found?.login ?? LoginName.normalised(form.login))
            if let seconds = try [addressKey, key].compactMap({ try throttle.find($0)?.wait(at: start) }).max() {
                return (nil, seconds)
            }
            guard let found, found.state == .active,
                try OnboardingStore(db).isCode(
                    ActivationCode.key(form.code, of: found.id, crypto), of: found.id, at: start)
            else {
                let count = try throttle.add(key, .login, at: start)
                try throttle.add(addressKey, .address, at: start)
                try SignInDoor.note(
                    "account.activation_failed", found, .password, visit.address, succeeded: false, at: start, on: db)
                if count.wait(at: start) != nil {
                    try SignInDoor.note(
                        "account.locked", found, .password, visit.address, succeeded: false, at: start, on: db)
                }
                return (nil, nil)
            }
            let grants = (try store.grants(of: [found.id])[found.id] ?? []).filter { $0.holds(on: start.day) }
            return (Known(credentials: found, grants: grants), nil)
        }
        if let wait { return .wait(seconds: wait) }
        guard let known else { return .refused(ActivationService.wrong) }
        let facts = PersonalFacts(
            name: known.credentials.name, login: known.credentials.login,
            organisations: known.grants.map(\.organisationName))
        let problems = form.problems(for: .init(known.grants.map(\.role)), knowing: facts)
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        return try await complete(known.credentials, form, try await hasher.hash(form.password), visit)
    }

    private func complete(
        _ known: AccountStore.Credentials, _ form: ActivationForm, _ hash: String, _ visit: SignInVisit
    ) async throws -> SignInResult {
        let now = now(), crypto = crypto, door = door
        return try await database.write { db in
            let store = AccountStore(db), onboarding = OnboardingStore(db)
            guard try onboarding.useCode(ActivationCode.key(form.code, of: known.id, crypto), of: known.id, at: now)
            else {
                return .refused(ActivationService.wrong)
            }
            try store.setPassword(hash, mustChange: false, of: known.id, at: now)
            try ThrottleStore(db).delete(ThrottleKey.login(known.login))
            try SignInDoor.note("account.activated", known, .password, visit.address, succeeded: true, at: now, on: db)
            return try door.admit(known.id, by: .password, visit, at: now, on: db)
        }
    }

    /// The name on a card that is good; `nil` otherwise.
    func holder(ofCard token: String) async throws -> String? {
        guard let hash = SessionToken.hash(token) else { return nil }
        let now = now()
        return try await database.read { try OnboardingStore($0).holder(ofCard: hash, at: now)?.name }
    }

    /// Starts a session by a card. A card never signs in to an account that is more than a pupil's.
    func signIn(byCard token: String, _ visit: SignInVisit) async throws -> SignInResult {
        let now = now(), door = door, hash = SessionToken.hash(token)
        return try await database.write { db in
            let throttle = ThrottleStore(db), key = ThrottleKey.address(visit.address)
            if let seconds = try throttle.find(key)?.wait(at: now) { return .wait(seconds: seconds) }
            let store = OnboardingStore(db)
            guard let hash, let holder = try store.holder(ofCard: hash, at: now),
                try AccountStore(db).find(holder.account, within: .everything, at: now).isOnlyPupil(on: now.day)
            else {
                try throttle.add(key, .address, at: now)
                return .refused("登录卡无效，请班主任重新打印")
            }
            if let seconds = try door.wait(for: holder.account, at: now, on: db) { return .wait(seconds: seconds) }
            try store.noteUse(ofCard: hash, at: now)
            return try door.admit(holder.account, by: .card, visit, at: now, on: db)
        }
    }
}

/// What somebody with a slip fills in.
struct ActivationForm: Sendable {
    var login = ""
    var code = ""
    var password = ""
    var repeated = ""

    init() {}

    init(_ values: FormValues) {
        login = values["login"] ?? ""
        code = values["code"] ?? ""
        password = values.raw("password") ?? ""
        repeated = values.raw("repeated") ?? ""
    }

    /// What is missing, before anything is looked up.
    var missing: [FieldProblem] {
        var problems: [FieldProblem] = []
        if login.isEmpty { problems.append(FieldProblem(field: "login", message: "填写登录名")) }
        if code.isEmpty { problems.append(FieldProblem(field: "code", message: "填写激活条上的激活码")) }
        if password.isEmpty { problems.append(FieldProblem(field: "password", message: "设置一个密码")) }
        return problems
    }

    func problems(for holder: PasswordPolicy.Holder, knowing facts: PersonalFacts) -> [FieldProblem] {
        var problems = PasswordPolicy().problems(in: password, for: holder, knowing: facts)
        if password != repeated { problems.append(FieldProblem(field: "repeated", message: "两次填写的密码不一致")) }
        return problems
    }
}
