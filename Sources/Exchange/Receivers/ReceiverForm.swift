import Web

/// What the form of a receiver sends.
struct ReceiverForm: Sendable {
    let name: String
    let baseURL: String
    let token: String
    let organisation: String

    init(_ values: FormValues) {
        name = values["name"] ?? ""
        var address = values["base_url"] ?? ""
        while address.hasSuffix("/") { address.removeLast() }
        baseURL = address
        token = values["token"] ?? ""
        organisation = values["organisation"] ?? ""
    }
}
