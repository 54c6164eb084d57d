import Database
import Directory
import Kernel
import Platform
import Web

/// Answers lists and searches of one or both kinds of resources.
struct ScimSearch {
    let db: Connection
    let crypto: any CryptoProvider
    let gate: any AccountGate
    let caller: ScimCaller
    let today: LocalDate

    private var users: ScimUserStore {
        ScimUserStore(db: db, crypto: crypto, gate: gate, caller: caller, today: today)
    }
    private var groups: ScimGroupStore { ScimGroupStore(db, caller) }

    /// Where resources come from, in the order of lists over both kinds: what the caller made stands before what the
    /// directory has.
    private enum Source: CaseIterable { case ownGroups, people, directoryGroups }

    func run(_ query: ScimQuery, _ types: [ScimType]) throws -> ScimSlice {
        let names = Set(types.map(\.name))
        var total = 0, items: [JSONValue] = []
        for source in Source.allCases where names.contains(source == .people ? ScimType.user.name : ScimType.group.name)
        {
            // Each source goes on where the one before ends.
            let rest = ScimQuery(
                filter: query.filter, offset: max(0, query.offset - total), count: query.count - items.count,
                selection: query.selection)
            let slice = source == .people ? try people(rest) : try groupList(rest, own: source == .ownGroups)
            (total, items) = (total + slice.total, items + slice.items)
        }
        return ScimSlice(items: items, total: total)
    }

    private func people(_ query: ScimQuery) throws -> ScimSlice {
        let wantsGroups = query.selection.wants("groups")
        guard let filter = query.filter else {
            let page = query.count == 0 ? [] : try users.people(offset: query.offset, limit: query.count)
            let items = try users.users(page, withGroups: wantsGroups).map { $0.json(base: caller.base) }
            return ScimSlice(items: items, total: try users.count())
        }
        let candidates = try indexed(filter) ?? everybody()
        var found: [JSONValue] = []
        for user in try users.users(candidates) {
            let resource = user.json(base: caller.base)
            if filter.matches(resource) { found.append(resource) }
        }
        return ScimSearch.slice(found, query)
    }

    /// The few people who can match when the filter names one by a key; `nil` when it does not.
    private func indexed(_ filter: ScimFilter) throws -> [ID<Person>]? {
        for (name, value) in filter.equalities where name.part.isEmpty {
            switch name.attribute.lowercased() {
            case "id": return ID<Person>(checking: value).map { [$0] } ?? []
            case "username": return try users.person(userName: value).map { [$0] } ?? []
            case "externalid": return try users.people(externalID: value)
            default: continue
            }
        }
        return nil
    }

    private func everybody() throws -> [ID<Person>] {
        let people = try users.people(offset: 0, limit: ScimQuery.mostCandidates + 1)
        guard people.count <= ScimQuery.mostCandidates else {
            throw ScimError(400, .tooMany, "Filter by id, userName or externalId as well.")
        }
        return people
    }

    private func groupList(_ query: ScimQuery, own: Bool) throws -> ScimSlice {
        func some(_ offset: Int, _ limit: Int, _ withMembers: Bool) throws -> [JSONValue] {
            let found =
                own
                ? try groups.own(offset: offset, limit: limit, withMembers: withMembers)
                : try groups.directory(offset: offset, limit: limit, on: today, withMembers: withMembers)
            return found.map { $0.json(base: caller.base) }
        }
        if let filter = query.filter {
            return ScimSearch.slice(try some(0, ScimQuery.mostCandidates, true).filter(filter.matches), query)
        }
        let wantsMembers = query.selection.wants("members")
        return ScimSlice(
            items: query.count == 0 ? [] : try some(query.offset, query.count, wantsMembers),
            total: try groups.count(own: own))
    }

    private static func slice(_ found: [JSONValue], _ query: ScimQuery) -> ScimSlice {
        ScimSlice(items: Array(found.dropFirst(query.offset).prefix(query.count)), total: found.count)
    }
}

extension ScimQuery {
    /// From the address of a request.
    init(_ values: FormValues) throws {
        func names(_ name: String) -> [String] {
            (values[name] ?? "").split(separator: ",").map { $0.filter { $0 != " " } }
        }
        try self.init(
            filter: values.text("filter"), start: values.text("startIndex").flatMap { Int64($0) },
            count: values.text("count").flatMap { Int64($0) }, attributes: names("attributes"),
            excluded: names("excludedAttributes"))
    }

    /// From the body of a search.
    init(_ body: JSONValue) throws {
        func names(_ name: String) -> [String] { (body.member(name)?.list ?? []).compactMap(\.text) }
        try self.init(
            filter: body.member("filter")?.text, start: body.member("startIndex")?.integer,
            count: body.member("count")?.integer, attributes: names("attributes"),
            excluded: names("excludedAttributes"))
    }

    private init(
        filter: String?, start: Int64?, count: Int64?, attributes: [String], excluded: [String]
    ) throws {
        guard attributes.isEmpty || excluded.isEmpty else {
            throw ScimError.invalid("attributes and excludedAttributes exclude each other.")
        }
        self.filter = try filter.map { try ScimFilterReader.read($0) }
        offset = Int(min(max(start ?? 1, 1), 10_000_000)) - 1
        self.count = Int(min(max(count ?? Int64(ScimQuery.usualCount), 0), Int64(ScimQuery.mostResults)))
        selection = ScimSelection(attributes: attributes, excluded: excluded)
    }
}
