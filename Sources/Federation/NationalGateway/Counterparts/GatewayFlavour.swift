import Foundation

/// How one national or provincial platform speaks the gateway: which calls in which order, what stands where. All of it
/// is data, so that another platform takes a file and no program. Texts hold variables in braces: `appId`, `timeStamp`,
/// `keyInfo`, `sysCode` and `ticket` are known at the start, others are taken from answers.
package struct GatewayFlavour: Decodable, Sendable {
    package enum Kind: String, Decodable, Sendable {
        /// Brings `token`, which is kept until its time is over unless its call depends on the visitor.
        case token
        /// Refused: the ticket is dead.
        case ticket
        /// Refused: the person is unknown or has not proved her name.
        case person
    }

    package struct Step: Decodable, Sendable {
        package enum Method: String, Decodable, Sendable {
            case get = "GET"
            case post = "POST"
        }

        let kind: Kind
        let method: Method
        let path: String
        /// Sent as a JSON object; fields whose variable is not known are left out.
        var body: [String: String]?
        /// Variable → places in the answer; the first that holds something counts. `<cas:user>` is an element of XML.
        var take: [String: [String]]?
        /// Variables without which the answer is malformed.
        var needs: [String]?
        /// Variables without which the step is left out.
        var onlyWith: [String]?

        /// Whether the call is the same for every visitor.
        var isShared: Bool {
            let texts = [path] + (body ?? [:]).values
            return !texts.contains { $0.contains("{session}") || $0.contains("{ticket}") || $0.contains("{personId}") }
        }
    }

    package struct Signature: Decodable, Sendable {
        let isUpperCase: Bool
        let isInSeconds: Bool
    }

    package struct Codes: Decodable, Sendable {
        let names: [String]
        let done: [String]
        /// Of these, one for a token that was kept may mean that it died early.
        let wrong: [String]
        let notRealName: [String]
        /// Where the address stands at which a person proves her name.
        let certificate: [String]
    }

    package let name: String
    package let title: String
    /// Names of the parameters with which a visitor arrives.
    package let ticketNames: [String]
    package let systemNames: [String]
    let signature: Signature
    let codes: Codes
    let steps: [Step]
    /// The calls of a usage report; `nil` when the platform takes none.
    var report: [Step]?
}

/// All flavours an installation knows, by name.
package struct GatewayFlavours: Sendable {
    private let byName: [String: GatewayFlavour]

    /// A file that is no flavour.
    package struct Unreadable: Error, CustomStringConvertible {
        let file: String
        let reason: any Error
        package var description: String { "\(file) does not describe a gateway: \(reason)" }
    }

    /// Those of the installation.
    package static let shipped: GatewayFlavours = {
        guard let folder = Bundle.module.url(forResource: "Flavours", withExtension: nil)?.path,
            let found = try? GatewayFlavours.read(folder: folder), !found.isEmpty
        else { fatalError("The installation lacks sound gateway flavours") }
        return GatewayFlavours(byName: found)
    }()

    private init(byName: [String: GatewayFlavour]) { self.byName = byName }

    /// Those of the installation and the files of a folder, if it is there; a file goes before a shipped flavour of the
    /// same name. Throws `Unreadable`.
    package init(folder: String) throws {
        let own = FileManager.default.fileExists(atPath: folder) ? try GatewayFlavours.read(folder: folder) : [:]
        byName = GatewayFlavours.shipped.byName.merging(own) { $1 }
    }

    private static func read(folder: String) throws -> [String: GatewayFlavour] {
        var found: [String: GatewayFlavour] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where file.hasSuffix(".json") {
            let path = folder + "/" + file
            do {
                let flavour = try read(Data(contentsOf: URL(fileURLWithPath: path)))
                found[flavour.name] = flavour
            } catch { throw Unreadable(file: path, reason: error) }
        }
        return found
    }

    static func read(_ data: Data) throws -> GatewayFlavour {
        try JSONDecoder().decode(GatewayFlavour.self, from: data)
    }

    package subscript(name: String) -> GatewayFlavour? { byName[name] }
    /// By name.
    package var all: [GatewayFlavour] { byName.values.sorted { $0.name < $1.name } }

    /// What a visitor arrived with, by any of the flavours' names for it.
    func ticket(in query: (String) -> String?) -> String? {
        Set(all.flatMap(\.ticketNames)).sorted().lazy.compactMap(query).first { !$0.isEmpty }
    }
    func system(in query: (String) -> String?) -> String? {
        Set(all.flatMap(\.systemNames)).sorted().lazy.compactMap(query).first { !$0.isEmpty }
    }
}
