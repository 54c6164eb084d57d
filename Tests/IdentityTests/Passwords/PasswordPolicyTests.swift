import Kernel
import Testing

@testable import Identity

@Suite("密码规则")
struct PasswordPolicyTests {
    private let policy = PasswordPolicy()
    private let facts = PersonalFacts(
        loginName: "Wang_XM", phone: "13877012345", birthDate: LocalDate(year: 1985, month: 6, day: 20),
        pinyin: ["wang xiaoming", "wangxm", "li"], schoolNames: ["防城港市实验小学", "实小", "fcgsyxx"])

    private func messages(
        _ password: String, _ holder: PasswordPolicy.Holder = .staff
    ) -> [String] {
        policy.problems(in: password, for: holder, knowing: facts).map(\.message)
    }

    @Test(arguments: ["Tuo7luo!", "海上生明月Ab3", "river.Boat.47", "KELP reef 88", "li8Moon!"])
    func `a good password has no problems`(password: String) {
        #expect(messages(password) == [])
    }

    @Test func `administrators need ten characters, others eight`() {
        #expect(messages("Tuo7luo") == ["密码至少要有 8 个字符"])
        #expect(messages("Tuo7luo!x", .administrator) == ["密码至少要有 10 个字符"])
        #expect(messages("Tuo7luo!xy", .administrator) == [])
        #expect(messages("Tuo7luo!", .pupil) == [])
        #expect(PasswordPolicy.Holder.allCases.map(\.maximumAge) == [90, 180, nil])
    }

    @Test(arguments: ["abcdwxyzk", "92746150x", "kelpreef88", "KELPREEF!!", "海上生明月共此时"])
    func `three of the four classes are needed`(password: String) {
        #expect(messages(password) == ["密码要包含大写字母、小写字母、数字、符号中的至少三种"])
    }

    @Test(arguments: [
        ("xWANG_xm#8", ["登录名"]), ("Ab13877012345!", ["手机号"]), ("Ab#012345x", ["手机号后六位"]),
        ("Ab#19850620", ["出生日期"]), ("Ab#850620", ["出生日期"]), ("WangXiaoming#8", ["姓名拼音"]),
        ("Wangxm#85x", ["姓名拼音"]), ("我在实小Ab3xyz", ["学校名称"]), ("Fcgsyxx#47", ["学校名称"]),
        ("Ｗａｎｇ_XM#8x", ["登录名"]), ("Wang_xm#13877012345", ["登录名", "手机号"]),
    ])
    func `nothing that others know about the person may be in it`(password: String, found: [String]) {
        #expect(messages(password) == found.map { "密码不能包含\($0)" })
    }

    @Test(arguments: [
        "Aa123456", "aA123456", "Fcg@2015", "FCG@2026", "1qaz@WSX", "P@ssw0rd", "Admin@123", "Abc123456!", "Qwer@1234",
        "Woaini1314!", "Ｆｃｇ@２０１５",
    ])
    func `what everybody tries first is refused in any case and of any year`(password: String) {
        let problems = policy.problems(in: password, for: .staff, knowing: PersonalFacts())
        #expect(problems == [FieldProblem(field: "password", message: "这个密码太常见，容易被猜到，请换一个")])
    }

    @Test func `the year stands open only where exactly a year stands`() {
        let weak = WeakPasswords(text: "fcg@{year}\r\n# fcg@1\n")
        #expect(weak.count == 1)
        #expect(weak.contains("Fcg@1999"))
        for other in ["fcg@2115", "fcg@20155", "fcg@201", "fcg@", "fcg@2015x"] { #expect(!weak.contains(other)) }
        #expect(!weak.contains("# fcg@1"))
        #expect(WeakPasswords.bundled.count > 500)
    }

    @Test func `very long passwords and control characters are refused`() {
        #expect(messages("Ab3" + String(repeating: "x", count: 126)) == ["密码最多 128 个字符"])
        #expect(messages("Ab3" + String(repeating: "x", count: 125)) == [])
        #expect(messages("Tuo7luo!\n") == ["密码不能包含换行等控制字符"])
    }

    @Test func `problems name the field of the form`() {
        let problems = policy.problems(in: "", for: .staff, knowing: PersonalFacts(), field: "new_password")
        #expect(problems.map(\.field) == ["new_password", "new_password"])
    }
}

@Suite("初始密码")
struct InitialPasswordTests {
    @Test func `an initial password keeps the rules, differs each time and has no signs that look alike`() {
        let policy = PasswordPolicy()
        let passwords = (0..<500).map { _ in InitialPassword.random() }
        #expect(Set(passwords).count == passwords.count)
        for password in passwords {
            #expect(password.count == 18)
            #expect(!password.contains { "0Oo1lIi".contains($0) })
            #expect(policy.problems(in: password, for: .administrator, knowing: PersonalFacts()) == [])
        }
    }

    @Test func `what is known about the person does not turn up in it`() {
        var first = Counting()
        let drawn = InitialPassword.random(knowing: PersonalFacts(), using: &first)
        var second = Counting()
        let facts = PersonalFacts(loginName: String(drawn.prefix(6)).lowercased())
        #expect(InitialPassword.random(knowing: facts, using: &second) != drawn)
    }

    /// The same numbers in every run.
    private struct Counting: RandomNumberGenerator {
        private var state: UInt64 = 1

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }
}
