import Testing

@testable import Platform

private func bytes(_ hex: String) -> [UInt8] { Hex.decode(hex)! }

@Suite("算法的标准向量")
struct VectorTests {
    @Test(arguments: [
        ("abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (
            "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd",
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        ),
    ])
    func `SM3 gives the digests of the standard`(text: String, digest: String) {
        #expect(Hex.encode(SM3.hash(text)) == digest)
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `SHA-256 gives the digests of the standard`(text: String, digest: String) {
        #expect(Hex.encode(SHA256.hash(text)) == digest)
    }

    @Test func `HMAC-SM3 gives the known code`() {
        let code = HMAC<SM3>(key: Array("key".utf8)).authenticate("abc")
        #expect(Hex.encode(code) == "28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393")
    }

    @Test func `HMAC-SHA256 gives the code of RFC 4231`() {
        let code = HMAC<SHA256>(key: Array("Jefe".utf8)).authenticate("what do ya want for nothing?")
        #expect(Hex.encode(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func `PBKDF2 over HMAC-SM3 gives the known key`() {
        let key = PBKDF2.derive(
            password: Array("password".utf8), salt: Array("salt".utf8), iterations: 1000, byteCount: 32)
        #expect(Hex.encode(key) == "e8b635a41dfe5aaab7cf828cff6f3608e22cac59ba16edd70e000b293d00bc91")
    }

    @Test func `SM4 encrypts the block of the standard and decrypts it again`() {
        let key = bytes("0123456789ABCDEFFEDCBA9876543210")
        let block = SM4.encrypt(block: key, key: key)
        #expect(Hex.encode(block) == "681edf34d206965e86b3e94f536e4246")
        #expect(SM4.decrypt(block: block, key: key) == key)
    }

    @Test func `SM4 in counter mode encrypts the counter blocks and adds them`() {
        let key = bytes("0123456789ABCDEFFEDCBA9876543210")
        let iv = bytes("000102030405060708090a0b0c0d0eff")
        let next = bytes("000102030405060708090a0b0c0d0f00")
        let stream = SM4.encrypt(block: iv, key: key) + SM4.encrypt(block: next, key: key)
        let plain = Array("防城港市教育局三通平台".utf8)
        #expect(
            SM4.counterMode(plain, key: SecretBytes(key), iv: iv) == zip(plain, stream).map { $0 ^ $1 } + [
                plain[32] ^ SM4.encrypt(block: bytes("000102030405060708090a0b0c0d0f01"), key: key)[0]
            ])
    }

    @Test func `AES-256-GCM gives cipher text and tag of NIST test case 14`() throws {
        let cipher = AES256GCM(key: SecretBytes([UInt8](repeating: 0, count: 32)))
        let plain = [UInt8](repeating: 0, count: 16)
        let iv = [UInt8](repeating: 0, count: 12)
        let sealed = cipher.seal(plain, authenticating: [], iv: iv)
        let expected = "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"
        #expect(Hex.encode(sealed) == Hex.encode(iv) + expected)
        #expect(try cipher.open(sealed[...], authenticating: []) == plain)
    }
}

@Suite("摘要与编码")
struct DigestAndEncodingTests {
    @Test func `a hash fed in pieces equals the hash of the whole, at every stop`() {
        let text = [UInt8](repeating: 0x61, count: 1000)
        let running = SM3.running()
        running.update([])
        for (index, byte) in text.enumerated() {
            running.update([byte])
            if index.isMultiple(of: 97) { #expect(running.digest() == SM3.hash(Array(text[...index]))) }
        }
        running.update(text[500...])
        #expect(running.digest() == SM3.hash(text + text[500...]))
    }

    @Test func `a file is hashed over its whole content`() throws {
        let folder = try ScratchFolder()
        let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try folder.write(content, to: "blob")
        #expect(try SHA256.hash(fileAt: folder.path("blob")) == SHA256.hash(content))
        #expect(try SM3.hash(fileAt: folder.path("blob")) == SM3.hash(content))
        #expect(throws: CryptoError.self) { try SHA256.hash(fileAt: folder.path("absent")) }
        #expect(throws: CryptoError.self) { try SHA256.hash(fileAt: folder.path("")) }
    }

    @Test func `a code is valid for its own text only`() {
        let hmac = HMAC<SM3>(key: [1, 2, 3])
        let code = hmac.authenticate("甲")
        #expect(hmac.isValid(code, for: Array("甲".utf8)))
        #expect(!hmac.isValid(code, for: Array("乙".utf8)))
        #expect(!hmac.isValid(Array(code.dropLast()), for: Array("甲".utf8)))
        #expect(hmac.authenticate(Array("甲".utf8), [], Array("乙".utf8)) == hmac.authenticate("甲乙"))
    }

    @Test func `hexadecimal text is read back, in either case`() {
        #expect(Hex.encode([0, 0x9A, 0xFF]) == "009aff")
        #expect(Hex.decode("009AfF") == [0, 0x9A, 0xFF])
        #expect(Hex.decode("") == [])
        for bad in ["0", "0g", "０１", " 01", "0x01"] { #expect(Hex.decode(bad) == nil) }
    }

    @Test(arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func `base64url gives the texts of RFC 4648 without padding`(plain: String, text: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == text)
        #expect(Base64URL.decode(text) == Array(plain.utf8))
    }

    @Test func `base64url carries every byte and refuses a second spelling`() {
        let all = (0...255).map(UInt8.init)
        #expect(Base64URL.decode(Base64URL.encode(all)) == all)
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
        for bad in ["Zg==", "Zh", "Zm9", "+/8", "A", "Zm 9v", "Zm9v\n"] { #expect(Base64URL.decode(bad) == nil) }
    }

    @Test func `random values differ and tokens have 43 characters`() {
        #expect(SecureRandom.bytes(0) == [])
        #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
        #expect(SecureRandom.token().utf8.count == 43)
    }

    @Test func `comparing in constant time tells equal from different`() {
        #expect(ConstantTime.equal("", ""))
        #expect(ConstantTime.equal([1, 2], [1, 2]))
        #expect(!ConstantTime.equal([1, 2], [1, 3]))
        #expect(!ConstantTime.equal([1, 2], [1, 2, 3]))
    }

    @Test func `a secret does not show when printed`() {
        let secret = SecretBytes([0x41, 0x42, 0x43])
        #expect("\(secret)" == "SecretBytes(3)")
        #expect(!String(reflecting: MasterKey(id: 1, secret: secret)).contains("41"))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("65"))
    }
}
