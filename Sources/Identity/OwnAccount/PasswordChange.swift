import Kernel
import Platform
import Web

/// A person's wish for another password, as the form sends it.
struct PasswordChange: Sendable {
    let present: String
    let new: String
    let repeated: String

    /// How many former passwords cannot be used again, the present one among them.
    static let historyLength = 5

    init(_ values: FormValues) {
        present = values.raw("present") ?? ""
        new = values.raw("password") ?? ""
        repeated = values.raw("repeated") ?? ""
    }

    init(present: String, new: String, repeated: String) {
        (self.present, self.new, self.repeated) = (present, new, repeated)
    }

    /// Problems that can be told without looking at hashes.
    func problems(for holder: PasswordPolicy.Holder, knowing facts: PersonalFacts) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        if present.isEmpty { problems.append(FieldProblem(field: "present", message: "填写现在的密码")) }
        problems += PasswordPolicy().problems(in: new, for: holder, knowing: facts)
        if new != repeated { problems.append(FieldProblem(field: "repeated", message: "两次填写的新密码不一致")) }
        return problems
    }
}

extension PersonalFacts {
    /// What colleagues know about the holder of an account.
    init(name: String, login: String, organisations: [String]) {
        let full = Pinyin.full(of: name, as: .person), initials = Pinyin.initials(of: name, as: .person)
        let places = organisations + organisations.map { Pinyin.full(of: $0) }
        self.init(loginName: login, pinyin: [full, initials], schoolNames: places)
    }
}
