import Kernel

/// The rules for a new password (GB/T 22239-2019, 8.1.4.1; the figures are our settings).
package struct PasswordPolicy: Sendable {
    /// Whose password it is.
    package enum Holder: Sendable, CaseIterable {
        case administrator, staff, pupil

        /// Characters.
        package var minimumLength: Int { self == .administrator ? 10 : 8 }

        /// Days after which the password must be changed; `nil` = never.
        package var maximumAge: Int? {
            switch self {
            case .administrator: 90
            case .staff: 180
            case .pupil: nil
            }
        }
    }

    package static let maximumLength = 128
    private let weak: WeakPasswords

    package init(weak: WeakPasswords = .bundled) {
        self.weak = weak
    }

    /// What is wrong with the password, in Chinese; empty when it may be set.
    /// - Parameter field: the name of the form's field.
    package func problems(
        in password: String, for holder: Holder, knowing facts: PersonalFacts, field: String = "password"
    ) -> [FieldProblem] {
        let text = PasswordText.normalised(password)
        var messages: [String] = []
        if text.count < holder.minimumLength { messages.append("密码至少要有 \(holder.minimumLength) 个字符") }
        if text.count > Self.maximumLength || text.utf8.count > PasswordHasher.byteLimit {
            messages.append("密码最多 \(Self.maximumLength) 个字符")
        }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            messages.append("密码不能包含换行等控制字符")
        }
        if Self.classCount(of: text) < 3 { messages.append("密码要包含大写字母、小写字母、数字、符号中的至少三种") }
        messages += facts.names(foundIn: text).map { "密码不能包含\($0)" }
        if weak.contains(text) { messages.append("这个密码太常见，容易被猜到，请换一个") }
        return messages.map { FieldProblem(field: field, message: $0) }
    }

    /// How many of the four classes occur: capitals, small letters, digits, all else (Chinese characters too).
    private static func classCount(of text: String) -> Int {
        var seen: Set<Int> = []
        for scalar in text.unicodeScalars {
            switch scalar {
            case "A"..."Z": seen.insert(0)
            case "a"..."z": seen.insert(1)
            case "0"..."9": seen.insert(2)
            default: seen.insert(3)
            }
        }
        return seen.count
    }
}

/// What others know about a person, and would try first.
package struct PersonalFacts: Sendable {
    private struct Fact {
        let name: String
        let text: String
    }

    private let facts: [Fact]

    /// - Parameters:
    ///   - pinyin: the name in pinyin, in every usual form (`wangxiaoming`, `wangxm`).
    ///   - schoolNames: the school's name, its short name, their pinyin.
    package init(
        loginName: String? = nil, phone: String? = nil, birthDate: LocalDate? = nil, pinyin: [String] = [],
        schoolNames: [String] = []
    ) {
        var facts: [Fact] = []
        func add(_ name: String, _ text: String?) {
            guard let text = text.map(PasswordText.folded), Self.isTelling(text) else { return }
            facts.append(Fact(name: name, text: text))
        }
        add("登录名", loginName)
        add("手机号", phone)
        add("手机号后六位", phone.map { String($0.suffix(6)) })
        let day = birthDate.map { String($0.iso.filter { $0 != "-" }) }
        add("出生日期", day)
        add("出生日期", day.map { String($0.suffix(6)) })
        for text in pinyin { add("姓名拼音", text.filter { !$0.isWhitespace }) }
        for text in schoolNames { add("学校名称", text) }
        self.facts = facts
    }

    /// A short piece of Latin text (`li`) turns up in any password by chance; two Chinese characters do not.
    private static func isTelling(_ text: String) -> Bool {
        text.count >= 4 || (text.count >= 2 && text.unicodeScalars.allSatisfy { $0.value > 0x7F })
    }

    /// The names of the facts that the text contains, each once.
    func names(foundIn text: String) -> [String] {
        let folded = PasswordText.folded(text)
        var names: [String] = []
        for fact in facts where !names.contains(fact.name) && folded.contains(fact.text) {
            // The whole number says it better than its end.
            if fact.name == "手机号后六位" && names.contains("手机号") { continue }
            names.append(fact.name)
        }
        return names
    }
}
