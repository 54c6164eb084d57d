/// The password that stands on a slip of paper and must be changed at the first sign-in.
package enum InitialPassword {
    private static let consonants = Array("bcdfghkmnprstvwxz")
    private static let vowels = Array("aeu")
    private static let digits = Array("23456789")

    /// For example `Kubate-Fuzena-7394`: syllables, so that it can be read out; none of the signs that look alike
    /// (`0 O o 1 l I i`); about 46 bits. It keeps the rules of `PasswordPolicy` for every holder.
    /// - Parameter facts: what is known about the person and so must not turn up in it.
    package static func random(knowing facts: PersonalFacts = PersonalFacts()) -> String {
        var generator = SystemRandomNumberGenerator()
        return random(knowing: facts, using: &generator)
    }

    static func random(knowing facts: PersonalFacts, using generator: inout some RandomNumberGenerator) -> String {
        let policy = PasswordPolicy()
        while true {
            let password = draw(using: &generator)
            if policy.problems(in: password, for: .administrator, knowing: facts).isEmpty { return password }
        }
    }

    private static func draw(using generator: inout some RandomNumberGenerator) -> String {
        let number = (0..<4).map { _ in digits.randomElement(using: &generator)! }
        return "\(word(using: &generator))-\(word(using: &generator))-\(String(number))"
    }

    private static func word(using generator: inout some RandomNumberGenerator) -> String {
        var word = ""
        for _ in 0..<3 {
            word.append(consonants.randomElement(using: &generator)!)
            word.append(vowels.randomElement(using: &generator)!)
        }
        return word.prefix(1).uppercased() + word.dropFirst()
    }
}
