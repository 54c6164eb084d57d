import Testing

@testable import Exchange

@Suite struct `SCIM changes` {
    private static let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

    private func user(_ text: String) throws -> ScimDocument {
        try ScimDocument(reading: JSONReader.read(Array(text.utf8)), as: .user)
    }

    private func patched(_ start: String, _ operations: String) throws -> JSONValue {
        let body = try JSONReader.read(Array(#"{"Operations":[\#(operations)]}"#.utf8))
        return try ScimPatch(body).apply(to: user(start)).value
    }

    private func value(_ text: String) throws -> JSONValue { try JSONReader.read(Array(text.utf8)) }

    @Test func `add joins lists, replace puts lists in place, remove takes away`() throws {
        let start = #"{"userName":"a","emails":[{"value":"1@x.cn","type":"work","primary":true}]}"#
        let added = try patched(
            start, #"{"op":"add","path":"emails","value":[{"value":"2@x.cn","type":"home","primary":true}]}"#)
        #expect(added["emails"]?.list?.count == 2)
        // One value only is primary: the one told last.
        #expect(added["emails"]?.list?.map { $0["primary"]?.flag } == [false, true])
        let replaced = try patched(start, #"{"op":"replace","path":"emails","value":[{"value":"3@x.cn"}]}"#)
        #expect(try replaced["emails"] == value(#"[{"value":"3@x.cn"}]"#))
        #expect(try patched(start, #"{"op":"Remove","path":"emails"}"#)["emails"] == nil)
    }

    @Test func `a filter in the path chooses the values`() throws {
        let start = #"{"userName":"a","emails":[{"value":"1@x.cn","type":"work"},{"value":"2@x.cn","type":"home"}]}"#
        let one = try patched(start, #"{"op":"replace","path":"emails[type eq \"home\"].value","value":"9@x.cn"}"#)
        #expect(one["emails"]?.list?.compactMap { $0["value"]?.text } == ["1@x.cn", "9@x.cn"])
        let gone = try patched(start, #"{"op":"remove","path":"emails[type eq \"work\"]"}"#)
        #expect(gone["emails"]?.list?.compactMap { $0["value"]?.text } == ["2@x.cn"])
        let made = try patched(
            start, #"{"op":"add","path":"phoneNumbers[type eq \"mobile\"].value","value":"13900000000"}"#)
        #expect(try made["phoneNumbers"] == value(#"[{"type":"mobile","value":"13900000000"}]"#))
        let problem = #expect(throws: ScimError.self) {
            try patched(start, #"{"op":"replace","path":"emails[type eq \"other\"].value","value":"9@x.cn"}"#)
        }
        #expect(problem?.kind == .noTarget)
    }

    @Test func `an extension changes by its whole name, with and without a path`() throws {
        let one = try patched(
            #"{"userName":"a"}"#, #"{"op":"add","path":"\#(Self.urn):department","value":"教务处"}"#)
        #expect(one[Self.urn]?["department"]?.text == "教务处")
        let whole = try patched(
            #"{"userName":"a"}"#,
            #"{"op":"replace","value":{"\#(Self.urn)":{"division":"x"},"name.givenName":"芳","active":"False"}}"#)
        #expect(whole[Self.urn]?["division"]?.text == "x")
        #expect(whole["name"]?["givenName"]?.text == "芳")
        #expect(whole["active"]?.flag == false)
        let gone = try patched(
            #"{"userName":"a","\#(Self.urn)":{"division":"x"}}"#, #"{"op":"remove","path":"\#(Self.urn):division"}"#)
        #expect(gone[Self.urn] == nil)
    }

    @Test(arguments: [
        (#"{"op":"replace","path":"groups","value":[]}"#, ScimError.Kind.mutability),
        (#"{"op":"replace","path":"shoeSize","value":"42"}"#, .invalidPath),
        (#"{"op":"replace","path":"name[","value":"x"}"#, .invalidPath),
        (#"{"op":"remove"}"#, .noTarget), (#"{"op":"move","path":"title"}"#, .invalidSyntax),
        (#"{"op":"replace","path":"active","value":"maybe"}"#, .invalidValue),
        (#"{"op":"remove","path":"userName"}"#, .invalidValue), (#"{"op":"add","path":"title"}"#, .invalidValue),
        (#"{"op":"replace","path":"title[value eq \"x\"]","value":"y"}"#, .invalidPath),
    ])
    func `a change that cannot be is refused with its reason`(_ operation: String, _ kind: ScimError.Kind) {
        let problem = #expect(throws: ScimError.self) { try patched(#"{"userName":"a","title":"t"}"#, operation) }
        #expect(problem?.kind == kind)
    }

    @Test func `a resource is cleaned of what nobody may write`() throws {
        let document = try user(
            #"{"USERNAME":"a","id":"x","meta":{},"groups":[{"value":"1"}],"shoe":1,"nickName":null,"emails":[],"schemas":["x"],"password":"secret"}"#
        )
        #expect(try document.value == value(#"{"userName":"a"}"#))
        #expect(throws: ScimError.self) { try user(#"{"displayName":"x"}"#) }
        #expect(throws: ScimError.self) {
            try user(#"{"userName":"a","emails":[{"value":"1","primary":true},{"value":"2","primary":true}]}"#)
        }
        #expect(throws: ScimError.self) { try user(#"{"userName":"a","title":5}"#) }
    }

    @Test func `members are removed by filter and by value`() throws {
        func group(_ operation: String) throws -> [String] {
            let start = try ScimDocument(
                reading: value(#"{"displayName":"g","members":[{"value":"1"},{"value":"2"}]}"#), as: .group)
            let body = try value(#"{"Operations":[\#(operation)]}"#)
            return try ScimPatch(body).apply(to: start).value["members"]?.list?.compactMap { $0["value"]?.text } ?? []
        }
        #expect(try group(#"{"op":"remove","path":"members[value eq \"1\"]"}"#) == ["2"])
        #expect(try group(#"{"op":"remove","path":"members","value":[{"value":"2"}]}"#) == ["1"])
        #expect(
            try group(#"{"op":"add","path":"members","value":[{"value":"2","type":"User"},{"value":"3"}]}"#) == [
                "1", "2", "3",
            ])
        #expect(try group(#"{"op":"remove","path":"members"}"#) == [])
    }

    @Test func `an answer holds what was asked for`() throws {
        let resource = try value(
            #"{"schemas":[],"id":"1","userName":"a","name":{"familyName":"f","givenName":"g"},"emails":[{"value":"v","type":"t"}],"\#(Self.urn)":{"division":"d","department":"e"}}"#
        )
        func names(_ attributes: [String], _ excluded: [String] = []) -> String {
            ScimSelection(attributes: attributes, excluded: excluded).apply(to: resource).json
        }
        #expect(names(["userName"]) == #"{"schemas":[],"id":"1","userName":"a"}"#)
        #expect(names(["name.familyName"]) == #"{"schemas":[],"id":"1","name":{"familyName":"f"}}"#)
        #expect(names(["\(Self.urn):division"]) == #"{"schemas":[],"id":"1","\#(Self.urn)":{"division":"d"}}"#)
        #expect(names([], ["emails", "name", Self.urn]) == #"{"schemas":[],"id":"1","userName":"a"}"#)
        #expect(names([], ["emails.type"]).contains(#""emails":[{"value":"v"}]"#))
        // What is always returned is not excluded.
        #expect(names([], ["id"]).contains(#""id":"1""#))
    }
}
