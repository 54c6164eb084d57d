import Testing

@testable import Exchange

@Suite struct `SCIM filters` {
    private static let user = try! JSONReader.read(
        Array(
            #"""
            {"id":"01ab","userName":"bjensen","externalId":"X1","active":true,"title":"教师",
             "name":{"familyName":"王","givenName":"芳"},
             "emails":[{"type":"work","value":"w@example.cn","primary":true},{"type":"home","value":"h@example.cn"}],
             "meta":{"lastModified":"2026-10-10T02:00:00.000Z"},
             "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"T01","organization":"实验小学"}}
            """#.utf8))

    @Test(arguments: [
        #"userName eq "BJENSEN""#, #"name.familyName co "王""#, #"userName sw "bj" and active eq true"#,
        #"title pr"#, #"not (userName eq "x")"#, #"emails.value ew "example.cn""#, #"emails eq "h@example.cn""#,
        #"emails[type eq "work" and value co "w@"]"#, #"userName eq "x" or title eq "教师""#,
        #"meta.lastModified gt "2026-10-10T01:00:00Z""#, #"meta.lastModified le "2026-10-10T10:00:00+08:00""#,
        #"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "T01""#,
        #"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bjensen""#,
        #"(userName eq "x" or userName eq "bjensen") and not (active eq false)"#, #"active eq True"#,
        #"nickName ne "x""#, #"externalId eq "X1""#,
    ])
    func `a filter that holds finds the person`(_ text: String) throws {
        #expect(try ScimFilterReader.read(text).matches(Self.user))
    }

    @Test(arguments: [
        #"userName eq "other""#, #"externalId eq "x1""#, #"nickName pr"#, #"emails[type eq "home" and value co "w@"]"#,
        #"active eq false"#, #"userName eq "bjensen" and title eq "x""#,
        #"meta.lastModified lt "2020-01-01T00:00:00Z""#,
        #"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department pr"#, #"userName gt true"#,
    ])
    func `a filter that does not hold finds nobody`(_ text: String) throws {
        #expect(try !ScimFilterReader.read(text).matches(Self.user))
    }

    @Test(arguments: [
        "", "userName", "userName eq", #"userName like "x""#, #"userName eq "x"#, #"(userName eq "x""#, "and", "1 eq 1",
        #"emails[type eq "x""#, #"userName eq "x" and"#, #"not userName eq "x""#, #"a.b.c eq 1"#,
        String(repeating: "(", count: 40) + "title pr" + String(repeating: ")", count: 40),
    ])
    func `what is no filter is refused as one`(_ text: String) {
        let problem = #expect(throws: ScimError.self) { try ScimFilterReader.read(text) }
        #expect(problem?.kind == .invalidFilter && problem?.status == 400)
    }
}
