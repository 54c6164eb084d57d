import Testing

@testable import Platform

@Suite("敏感字段加密")
struct CryptoProviderTests {
    private let ring = KeyRing.generate()
    private let context = "directory_person.id_number/1"
    private let number = "45069920120315013X"

    @Test(arguments: CryptoSuite.allCases)
    func `what was sealed opens again in the same context`(suite: CryptoSuite) throws {
        let crypto = suite.provider(ring)
        for text in ["", "x", number, String(repeating: "防城港", count: 1000)] {
            let sealed = try crypto.seal(text, context: context)
            #expect(try crypto.openText(sealed, context: context) == text)
        }
    }

    @Test(arguments: CryptoSuite.allCases)
    func `one text sealed twice looks different and does not show`(suite: CryptoSuite) throws {
        let crypto = suite.provider(ring)
        let first = try crypto.seal(number, context: context)
        #expect(try crypto.seal(number, context: context) != first)
        #expect(!String(decoding: first, as: UTF8.self).contains("450699"))
    }

    @Test(arguments: CryptoSuite.allCases)
    func `no bit of a sealed value can be turned, no byte cut or added`(suite: CryptoSuite) throws {
        let crypto = suite.provider(ring)
        let sealed = try crypto.seal("450699", context: context)
        for index in sealed.indices {
            for bit in 0..<8 {
                var altered = sealed
                altered[index] ^= 1 << bit
                #expect(throws: CryptoError.self) { try crypto.open(altered, context: context) }
            }
        }
        for count in sealed.indices {
            #expect(throws: CryptoError.notAuthentic) { try crypto.open(Array(sealed[..<count]), context: context) }
        }
        #expect(throws: CryptoError.notAuthentic) { try crypto.open(sealed + [0], context: context) }
    }

    @Test(arguments: CryptoSuite.allCases)
    func `a sealed value does not open in another place or under another ring`(suite: CryptoSuite) throws {
        let crypto = suite.provider(ring)
        let sealed = try crypto.seal(number, context: context)
        for other in ["", "directory_person.id_number/2", context + " ", "directory_person.phone/1"] {
            #expect(throws: CryptoError.notAuthentic) { try crypto.open(sealed, context: other) }
        }
        let stranger = suite.provider(.generate())
        #expect(throws: CryptoError.notAuthentic) { try stranger.open(sealed, context: context) }
    }

    @Test(arguments: CryptoSuite.allCases)
    func `after a rotation old values open, and are due to be sealed anew`(suite: CryptoSuite) throws {
        let before = suite.provider(ring)
        let old = try before.seal(number, context: context)
        #expect(!before.needsResealing(old))

        let after = suite.provider(try #require(ring.rotated()))
        #expect(try after.openText(old, context: context) == number)
        #expect(after.needsResealing(old))

        let new = try after.seal(number, context: context)
        #expect(new[1] == 2)
        #expect(!after.needsResealing(new))
        #expect(throws: CryptoError.unknownKey(2)) { try before.open(new, context: context) }
        #expect(after.lookupKey(number, purpose: "id") == before.lookupKey(number, purpose: "id"))
    }

    @Test func `each suite opens the values of the other and wants them sealed anew`() throws {
        let (international, commercial) = (InternationalCrypto(ring), CommercialCrypto(ring))
        let sealed = try international.seal(number, context: context)
        #expect(try commercial.openText(sealed, context: context) == number)
        #expect(commercial.needsResealing(sealed))
        let national = try commercial.seal(number, context: context)
        #expect(try international.openText(national, context: context) == number)
        #expect(international.needsResealing(national))
    }

    @Test(arguments: CryptoSuite.allCases)
    func `a look-up key depends on text, purpose and ring alone`(suite: CryptoSuite) {
        let crypto = suite.provider(ring)
        let key = crypto.lookupKey(number, purpose: "id")
        #expect(key.count == 32)
        #expect(suite.provider(ring).lookupKey(number, purpose: "id") == key)
        #expect(crypto.lookupKey(number, purpose: "phone") != key)
        #expect(crypto.lookupKey("450699200809010014", purpose: "id") != key)
        #expect(suite.provider(.generate()).lookupKey(number, purpose: "id") != key)
    }

    @Test(arguments: CryptoSuite.allCases)
    func `a value above the limit is refused, and what is no text does not open as text`(suite: CryptoSuite) throws {
        let crypto = suite.provider(ring)
        #expect(throws: CryptoError.tooLong(limit: Sealer.byteLimit)) {
            try crypto.seal([UInt8](repeating: 0, count: Sealer.byteLimit + 1), context: context)
        }
        let sealed = try crypto.seal([0xFF, 0xFE], context: context)
        #expect(throws: CryptoError.notAuthentic) { try crypto.openText(sealed, context: context) }
    }
}
