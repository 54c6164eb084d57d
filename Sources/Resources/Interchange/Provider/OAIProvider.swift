import Database
import Directory
import Kernel
import Platform
import Web

/// Answers OAI-PMH requests (protocol 2.0). Of a list every record is given once: it is walked in the order of keys, and
/// a record that changes meanwhile keeps its place.
struct OAIProvider: Sendable {
    /// What does not come from the records.
    struct Site: Sendable {
        let name: String
        /// An address of e-mail, or whatever the operator gave.
        let contact: String
    }

    let database: Database
    let site: Site
    let address: SiteAddress
    let token: OAIToken
    let consent: any PublicationConsent
    let now: @Sendable () -> Timestamp
    /// Records of a list that are counted.
    var mostCounted = PublicRecordStore.mostCounted

    static let path = "/oai"
    /// Records and headers of one page.
    static let recordLimit = 100
    static let headerLimit = 500
    static let namespace = "http://www.openarchives.org/OAI/2.0/"
    static let schema = namespace + "OAI-PMH.xsd"

    /// The whole answer.
    func answer(_ pairs: [(name: String, value: String)]) async throws -> [UInt8] {
        let arguments = OAIArguments(pairs), moment = now()
        do {
            let request = try arguments.request()
            let body = try await body(request, moment)
            return document(arguments.attributes, moment, body)
        } catch let error as OAIError {
            // Arguments that are none are not told again (protocol 3.6).
            let isMeant = error.code != .badVerb && error.code != .badArgument
            return document(isMeant ? arguments.attributes : [], moment) { oai in
                oai.element("error", [("code", error.code.rawValue)], text: error.message)
            }
        }
    }

    private func document(
        _ attributes: [(StaticString, String)], _ moment: Timestamp, _ body: (inout XMLWriter) -> Void
    ) -> [UInt8] {
        let root: [(StaticString, String)] = [
            ("xmlns", OAIProvider.namespace), ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xsi:schemaLocation", OAIProvider.namespace + " " + OAIProvider.schema),
        ]
        return XMLWriter.document { writer in
            writer.element("OAI-PMH", root) { oai in
                oai.element("responseDate", text: OAIDate.text(moment))
                oai.element("request", attributes, text: address.absolute(OAIProvider.path))
                body(&oai)
            }
        }
    }

    private typealias Body = @Sendable (inout XMLWriter) -> Void

    private func body(_ request: OAIRequest, _ moment: Timestamp) async throws -> Body {
        switch request {
        case .identify: return try await identify(moment)
        case .formats(let identifier): return try await formats(identifier, moment)
        case .sets: return try await sets()
        case .record(let identifier, let format): return try await record(identifier, format, moment)
        case .list(let list): return try await self.list(list, moment)
        case .resume(let verb, let text):
            return try await list(try token.decode(text, for: verb, now: moment), moment)
        }
    }

    private func identify(_ moment: Timestamp) async throws -> Body {
        let earliest = try await database.read { try PublicRecordStore($0).earliest() } ?? OAIDate.floor(moment)
        let site = site, base = address.absolute(OAIProvider.path), identifiers = identifiers
        return { oai in
            oai.element("Identify") { identify in
                identify.element("repositoryName", text: site.name)
                identify.element("baseURL", text: base)
                identify.element("protocolVersion", text: "2.0")
                identify.element(
                    "adminEmail", text: site.contact.contains("@") ? site.contact : "postmaster@" + identifiers.domain)
                identify.element("earliestDatestamp", text: OAIDate.text(min(earliest, moment)))
                identify.element("deletedRecord", text: "persistent")
                identify.element("granularity", text: "YYYY-MM-DDThh:mm:ssZ")
                identify.element("description") { description in
                    let namespace = OAIProvider.namespace + "oai-identifier"
                    let attributes: [(StaticString, String)] = [
                        ("xmlns", namespace), ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
                        ("xsi:schemaLocation", "\(namespace) \(namespace).xsd"),
                    ]
                    description.element("oai-identifier", attributes) { scheme in
                        scheme.element("scheme", text: "oai")
                        scheme.element("repositoryIdentifier", text: identifiers.domain)
                        scheme.element("delimiter", text: ":")
                        scheme.element(
                            "sampleIdentifier", text: identifiers.text(ID<Item>("0190000000000000000000test")))
                    }
                }
            }
        }
    }

    private func formats(_ identifier: String?, _ moment: Timestamp) async throws -> Body {
        if let identifier {
            let (_, facts) = try await find(identifier, moment)
            guard facts != nil else {
                throw OAIError(.noMetadataFormats, "The record is deleted and has no metadata.")
            }
        }
        return { oai in
            oai.element("ListMetadataFormats") { formats in
                for format in OAIFormat.allCases {
                    formats.element("metadataFormat") { one in
                        one.element("metadataPrefix", text: format.rawValue)
                        one.element("schema", text: format.schema)
                        one.element("metadataNamespace", text: format.namespace)
                    }
                }
            }
        }
    }

    private func sets() async throws -> Body {
        let sets = try await database.read { try PublicRecordStore($0).sets() }
        if sets.isEmpty { throw OAIError(.noSetHierarchy, "There are no sets yet.") }
        return { oai in
            oai.element("ListSets") { list in
                for set in sets {
                    list.element("set") { one in
                        one.element("setSpec", text: set.spec)
                        one.element("setName", text: set.name)
                    }
                }
            }
        }
    }

    private func find(_ identifier: String, _ moment: Timestamp) async throws -> (OAIEntry, ItemFacts?) {
        guard let id = identifiers.item(identifier) else {
            throw OAIError(.idDoesNotExist, "There is no such identifier.")
        }
        let consent = consent
        let found = try await database.read(snapshot: true) { db -> (PublicRecord, [String], ItemFacts?)? in
            let store = PublicRecordStore(db)
            guard let record = try store.find(id) else { return nil }
            let open = record.isDeleted ? [] : try PublicRecords.open([id], consent: consent, db)
            return (record, try store.sets(of: [id])[id] ?? [], open.first)
        }
        guard let (record, sets, facts) = found else {
            throw OAIError(.idDoesNotExist, "There is no such identifier.")
        }
        return (OAIEntry(record: record, sets: sets, facts: facts), facts)
    }

    private func record(_ identifier: String, _ format: OAIFormat, _ moment: Timestamp) async throws -> Body {
        let (entry, _) = try await find(identifier, moment), writing = writing
        return { oai in oai.element("GetRecord") { writing.record(entry, format, &$0) } }
    }

    private func list(_ asked: OAIList, _ moment: Timestamp) async throws -> Body {
        let limit = asked.verb == .records ? OAIProvider.recordLimit : OAIProvider.headerLimit, consent = consent
        let mostCounted = mostCounted, none = OAIError(.noRecordsMatch, "No record fits.")
        let (list, entries, hasMore) = try await database.read(snapshot: true) { db in
            let store = PublicRecordStore(db)
            var list = asked
            if list.total == nil {
                (list.total, list.begun) = (try store.count(list, now: moment, most: mostCounted), moment)
                if let set = list.set, list.total == 0, try store.sets().isEmpty {
                    throw OAIError(.noSetHierarchy, "There are no sets, so not \(set).")
                }
            }
            if list.total == 0 { throw none }
            let found = try store.page(list, now: moment, limit: limit + 1), records = Array(found.prefix(limit))
            let ids = records.map(\.item), sets = try store.sets(of: ids)
            let live = records.filter { !$0.isDeleted }.map(\.item)
            // A header says whether there is a record, so headers too ask whether the public may have it.
            let open = try PublicRecords.open(live, consent: consent, db)
            let facts = Dictionary(open.map { ($0.item.id, $0) }, uniquingKeysWith: { first, _ in first })
            let entries = records.map { OAIEntry(record: $0, sets: sets[$0.item] ?? [], facts: facts[$0.item]) }
            return (list, entries, found.count > limit)
        }
        if entries.isEmpty, list.cursor == 0 { throw none }
        return page(list, entries, hasMore: hasMore, moment)
    }

    private func page(_ list: OAIList, _ entries: [OAIEntry], hasMore: Bool, _ moment: Timestamp) -> Body {
        var next = list
        next.after = entries.last?.record.item.rawValue ?? list.after
        next.cursor += entries.count
        let text = hasMore ? token.encode(next, now: moment) : ""
        // Records that appear while the list is read make it longer than it was when it began.
        let total = hasMore ? max(list.total ?? 0, next.cursor + 1) : next.cursor
        var attributes: [(StaticString, String)] = [("cursor", String(list.cursor))]
        // Of a long list nobody has counted all; the protocol does not ask for it.
        if !hasMore || total <= mostCounted { attributes.append(("completeListSize", String(total))) }
        if hasMore {
            attributes.append(("expirationDate", OAIDate.text(moment.adding(seconds: OAIToken.lifetime))))
        }
        let writing = writing, isSplit = hasMore || list.cursor > 0, told = attributes
        return { oai in
            oai.element(list.verb == .records ? "ListRecords" : "ListIdentifiers") { out in
                for entry in entries {
                    if list.verb == .records {
                        writing.record(entry, list.format, &out)
                    } else {
                        writing.header(entry, &out)
                    }
                }
                if isSplit { out.element("resumptionToken", told, text: text) }
            }
        }
    }

    private var identifiers: OAIIdentifiers { OAIIdentifiers(base: address.base) }
    private var writing: OAIRecordWriting { OAIRecordWriting(identifiers: identifiers, address: address) }
}

/// A record on its way out.
struct OAIEntry: Sendable {
    let record: PublicRecord
    let sets: [String]
    /// `nil` when the public may not have it, whatever the record says yet.
    let facts: ItemFacts?
}

/// `oai:edu.example.gov.cn:0190…`, by the guideline for identifiers.
struct OAIIdentifiers: Sendable {
    /// Of the site; one that is never given away where the site has no name of its own.
    let domain: String

    init(base: String) {
        let rest = base.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        let host = rest.split(separator: ":").first.map { $0.lowercased() } ?? ""
        let isName = host.contains(".") && host.first?.isLetter == true
        domain = isName ? host : "santong.invalid"
    }

    func text(_ item: ID<Item>) -> String { "oai:\(domain):\(item)" }

    /// `nil` for what cannot be one of ours.
    func item(_ text: String) -> ID<Item>? {
        let start = "oai:\(domain):"
        guard text.hasPrefix(start) else { return nil }
        return ID<Item>(checking: text.dropFirst(start.count))
    }
}

/// Writes headers and records.
struct OAIRecordWriting: Sendable {
    let identifiers: OAIIdentifiers
    let address: SiteAddress

    func header(_ entry: OAIEntry, _ writer: inout XMLWriter) {
        writer.element("header", entry.facts == nil ? [("status", "deleted")] : []) { header in
            header.element("identifier", text: identifiers.text(entry.record.item))
            header.element("datestamp", text: OAIDate.text(entry.record.datestamp))
            for set in entry.sets { header.element("setSpec", text: set) }
        }
    }

    func record(_ entry: OAIEntry, _ format: OAIFormat, _ writer: inout XMLWriter) {
        writer.element("record") { record in
            header(entry, &record)
            guard let facts = entry.facts else { return }
            let identifier = identifiers.text(entry.record.item)
            let page = address.absolute(ItemPages.path(entry.record.item))
            record.element("metadata") { metadata in
                switch format {
                case .dublinCore:
                    let parent = facts.parent.map { address.absolute(ItemPages.path($0.id)) } ?? ""
                    DublinCore(facts: facts, address: page, identifier: identifier, parentAddress: parent)
                        .write(to: &metadata)
                case .lom:
                    LearningObject(facts: facts, address: page, identifiers: [("OAI", identifier)])
                        .write(to: &metadata)
                }
            }
        }
    }
}
