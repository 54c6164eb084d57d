import Kernel
import Testing

@testable import Identity

@Suite("动态验证码")
struct OneTimePasswordTests {
    /// RFC 6238, appendix B: the seed "12345678901234567890"; of its eight digits the last six.
    @Test(
        arguments: [
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
            (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ] as [(Int64, String)])
    func `the codes are those of the standard`(seconds: Int64, code: String) {
        let step = OneTimePassword.step(at: Timestamp(milliseconds: seconds * 1000))
        #expect(OneTimePassword.code(Array("12345678901234567890".utf8), step: step) == code)
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI"),
    ])
    func `base32 is that of the standard without padding`(text: String, coded: String) {
        #expect(Base32.encode(Array(text.utf8)) == coded)
    }

    @Test func `a code is taken one step early or late and never twice`() {
        let seed = Array("12345678901234567890".utf8), now = Timestamp(milliseconds: 1_447_000_000_000)
        let step = OneTimePassword.step(at: now)
        for offset in Int64(-3)...3 {
            let code = OneTimePassword.code(seed, step: step + offset)
            let found = OneTimePassword.matchingStep(code, seed, after: 0, at: now)
            #expect(found == (abs(offset) <= 1 ? step + offset : nil), "\(offset)")
        }
        let code = OneTimePassword.code(seed, step: step)
        #expect(OneTimePassword.matchingStep(code, seed, after: step, at: now) == nil)
        #expect(OneTimePassword.matchingStep("", seed, after: 0, at: now) == nil)
    }

    @Test func `a recovery code reads the same with or without hyphen and in capitals`() {
        let code = RecoveryCode.random()
        #expect(RecoveryCode.normalised(code.uppercased()) == RecoveryCode.normalised(code.filter { $0 != "-" }))
        #expect(RecoveryCode.normalised(code).count == 10)
    }
}
