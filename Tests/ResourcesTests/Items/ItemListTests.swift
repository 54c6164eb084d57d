import Database
import Directory
import Identity
import Kernel
import TestKit
import Testing

@testable import Resources

/// Who finds what: every role at every visibility, and lists that say the same as the page of each resource.
@Suite("Lists of resources")
struct ItemListTests {
    private func viewer(_ grants: [(role: String, place: Organisation)]) throws -> ResourceViewer {
        let held = try grants.map { grant in
            let role = try #require(Role(rawValue: grant.role))
            return EffectiveGrant(
                role: grant.role, organisation: grant.place.id, path: grant.place.path, permissions: role.permissions)
        }
        return ResourceViewer(CurrentUser(account: .new(), person: .new(), name: "某人", grants: held))
    }

    /// One published resource of each visibility at the school, for teachers, and one for pupils.
    private func publish(_ made: ResourceCity, at school: Organisation) async throws -> [String: ID<Item>] {
        let wang = try await made.city.user(.wang), node = try await made.node()
        return try await made.database.write { db in
            var found: [String: ID<Item>] = [:]
            for visibility in ItemVisibility.allCases {
                for (mark, audience) in [("", ["teacher"]), ("+", ["teacher", "student"])] {
                    var content = ResourceCity.content(visibility.rawValue + mark, visibility, audience: audience)
                    content.nodes = [node.id.rawValue]
                    let writing = ItemWritingStore(db)
                    let id = try writing.insert(content, at: school.id, adapting: nil, by: "某人", now: .now)
                    let item = try #require(try ItemStore(db).look(for: id))
                    #expect(try writing.touch(item, state: .published, by: wang.name, now: .now))
                    found[visibility.rawValue + mark] = id
                }
            }
            return found
        }
    }

    private func seen(_ made: ResourceCity, _ viewer: ResourceViewer, of made2: [String: ID<Item>]) async throws
        -> Set<String>
    {
        try await made.database.read { db in
            Set(
                try made2.filter { _, id in
                    do {
                        _ = try ItemStore(db).find(id, for: viewer)
                        return true
                    } catch DomainError.notFound { return false }
                }.keys)
        }
    }

    @Test("Each role finds what is meant for it", arguments: TestDatabase.allCases)
    func roles(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let city = made.city, school = try await city.organisation(TestCity.borderSchool)
            let other = try await city.organisation(TestCity.centralSchool)
            let county = try await city.organisation("450681"), bureau = try await city.organisation("450600")
            let items = try await publish(made, at: school)
            let all = Set(items.keys), open: Set<String> = ["public", "public+"]
            let apart: Set<String> = ["public", "public+", "city", "city+"]
            let near = apart.union(["county", "county+"])
            for (role, place, finds): (String, Organisation, Set<String>) in [
                ("teacher", school, all), ("school_leader", school, all), ("room_keeper", school, all),
                ("teacher", other, apart), ("school_admin", other, apart),
                ("county_admin", county, all), ("researcher", county, all), ("city_leader", bureau, all),
                ("student", school, open.union(["city+", "county+", "school+"])),
                ("guardian", school, open.union(["city+", "county+", "school+"])),
                ("student", other, open.union(["city+"])),
                ("supplier", bureau, open), ("supplier", county, open), ("judge", bureau, open),
                ("training_base", bureau, open), ("system_admin", bureau, open), ("security_admin", bureau, open),
                ("audit_admin", bureau, open),
            ] {
                let found = try await seen(made, try viewer([(role, place)]), of: items)
                #expect(found == finds, "\(role) at \(place.name)")
            }
            let neighbour = try await city.organisation("450681101")
            #expect(try await seen(made, try viewer([("inspector", neighbour)]), of: items) == all)
            #expect(near.isSubset(of: all))
            // A teacher elsewhere whose child goes to the school: as a teacher there she finds what is open, as a mother
            // what is meant for pupils.
            let mother = try viewer([("teacher", other), ("guardian", school)])
            #expect(try await seen(made, mother, of: items) == apart.union(["county+", "school+"]))
            #expect(try await seen(made, ResourceViewer(nil), of: items) == open)
        }
    }

    @Test("What is for the county is found in the county and nowhere else", arguments: TestDatabase.allCases)
    func county(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let city = made.city, school = try await city.organisation(TestCity.centralSchool)
            let items = try await publish(made, at: school)
            let neighbour = try await city.organisation("3145990004")
            let inside = try await seen(made, try viewer([("teacher", neighbour)]), of: items)
            #expect(inside.contains("county") && !inside.contains("school"))
            let border = try await city.organisation(TestCity.borderSchool)
            #expect(try await !seen(made, try viewer([("teacher", border)]), of: items).contains("county"))
        }
    }

    @Test("A list holds exactly what the page of each resource shows", arguments: TestDatabase.allCases)
    func lists(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let city = made.city, border = try await city.organisation(TestCity.borderSchool)
            let central = try await city.organisation(TestCity.centralSchool)
            var items: [ID<Item>] = []
            for school in [border, central, made.school] { items += try await publish(made, at: school).values }
            items.append(try await made.draft(ResourceCity.content("草稿")))
            items.append(try await made.published(ResourceCity.content("公布")))
            let county = try await city.organisation("450681"), bureau = try await city.organisation("450600")
            var viewers = [
                ResourceViewer(nil), try viewer([("teacher", border)]), try viewer([("guardian", central)]),
                try viewer([("teacher", central), ("guardian", border)]), try viewer([("county_admin", county)]),
                try viewer([("city_leader", bureau)]), try viewer([("supplier", bureau)]),
            ]
            for member in [TestCity.Member.wang, .li, .chen, .bureau] {
                viewers.append(ResourceViewer(try await city.user(member)))
            }
            let node = try await made.node().id, all = items
            for (number, viewer) in viewers.enumerated() {
                let (expected, listed, pages, shelf) = try await made.database.read { db in
                    let store = ItemStore(db)
                    let expected = try all.filter { id in
                        do { return try store.find(id, for: viewer).state == .published } catch DomainError.notFound {
                            return false
                        }
                    }
                    let listed = try store.list(.init(), for: viewer, after: nil, limit: 1000)
                    #expect(listed.total == listed.rows.count && !listed.isTotalBounded)
                    // Page by page.
                    var pages: [ID<Item>] = [], after: String?
                    repeat {
                        let slice = try store.list(.init(), for: viewer, after: after, limit: 5).rows
                        pages += slice.map(\.id)
                        after = slice.last?.id.rawValue
                    } while after != nil
                    let shelf = try store.shelves(of: node, for: viewer, atMost: 3)
                    return (expected, listed.rows.map(\.id), pages, shelf)
                }
                #expect(Set(listed) == Set(expected), "viewer \(number)")
                #expect(listed == listed.sorted { $0.rawValue > $1.rawValue } && pages == listed, "viewer \(number)")
                #expect(shelf.reduce(0) { $0 + $1.total } == expected.count, "viewer \(number)")
                #expect(shelf.allSatisfy { $0.rows.count == min(3, $0.total) && $0.isWhole }, "viewer \(number)")
                // Below a school and below a county.
                for place in [border.path, county.path, .city] {
                    var filter = ItemStore.Filter()
                    filter.below = place
                    let asked = filter
                    let (near, made2) = try await made.database.read { db in
                        let store = ItemStore(db)
                        let rows = try store.list(asked, for: viewer, after: nil, limit: 1000).rows
                        return (rows.map(\.id), try listed.filter { place.contains(try store.look(for: $0)!.path) })
                    }
                    #expect(near == made2, "viewer \(number) below \(place)")
                }
            }
        }
    }

    @Test(
        "Words find in a list what the page of each resource shows, before and after the index has it",
        arguments: TestDatabase.allCases)
    func words(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let city = made.city, border = try await city.organisation(TestCity.borderSchool)
            let central = try await city.organisation(TestCity.centralSchool)
            let county = try await city.organisation("450681"), bureau = try await city.organisation("450600")
            var titles: [ID<Item>: String] = [:]
            for school in [border, central] {
                for visibility in ItemVisibility.allCases {
                    for (title, audience) in [("赶海日记", ["teacher", "student"]), ("灯塔日记", ["teacher"])] {
                        let id = try await made.database.write { db in
                            let content = ResourceCity.content(title, visibility, audience: audience)
                            let writing = ItemWritingStore(db)
                            let id = try writing.insert(content, at: school.id, adapting: nil, by: "某人", now: .now)
                            let item = try #require(try ItemStore(db).look(for: id))
                            #expect(try writing.touch(item, state: .published, by: "某人", now: .now))
                            return id
                        }
                        titles[id] = title
                    }
                }
            }
            _ = try await made.draft(ResourceCity.content("赶海草稿", .public))
            let viewers = [
                ResourceViewer(nil), try viewer([("teacher", border)]), try viewer([("guardian", central)]),
                try viewer([("teacher", central), ("guardian", border)]), try viewer([("county_admin", county)]),
                try viewer([("city_leader", bureau)]), try viewer([("supplier", bureau)]),
            ]
            let known = titles
            for isIndexed in [false, true] {
                if isIndexed { try await city.platform.resources.searchIndexing.catchUp() }
                for (number, viewer) in viewers.enumerated() {
                    for (text, place) in [("赶海", nil), ("ghrj", nil), ("日记", border.path), ("%", nil), ("没有的", nil)] {
                        var filter = ItemStore.Filter()
                        (filter.text, filter.below) = (text, place)
                        let asked = filter
                        let (expected, pages, total) = try await made.database.read { db in
                            let store = ItemStore(db)
                            let visible = try known.keys.filter { id in
                                do {
                                    let item = try store.find(id, for: viewer)
                                    return place.map { $0.contains(item.path) } ?? true
                                } catch DomainError.notFound { return false }
                            }
                            let expected = visible.filter { id in
                                switch text {
                                case "赶海", "ghrj": known[id] == "赶海日记"
                                case "日记": true
                                default: false
                                }
                            }
                            var pages: [ID<Item>] = [], after: String?, total = 0
                            repeat {
                                let slice = try store.list(asked, for: viewer, after: after, limit: 3)
                                (pages, total) = (pages + slice.rows.map(\.id), slice.total)
                                after = slice.rows.last?.id.rawValue
                                #expect(!slice.isTotalBounded)
                            } while after != nil
                            return (expected.sorted { $0.rawValue > $1.rawValue }, pages, total)
                        }
                        #expect(pages == expected && total == expected.count, "\(isIndexed) viewer \(number): \(text)")
                    }
                }
            }
        }
    }

    @Test("Counts and shelves of a lesson say where they stop", arguments: TestDatabase.allCases)
    func bounds(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let border = try await made.city.organisation(TestCity.borderSchool), node = try await made.node()
            let items = try await publish(made, at: border)
            try await made.database.read { db in
                let store = ItemStore(db), all = ResourceViewer(nil)
                let open = items.keys.count { $0.hasPrefix("public") }
                #expect(try store.counts(in: node.textbook, for: all)[node.id] == open)
                #expect(try store.counts(in: node.textbook, for: all, upTo: 1)[node.id] == 2)
                #expect(try store.counts(in: node.textbook, for: all, upTo: 9).values.filter { $0 > 0 }.count == 1)
                let some = try store.shelves(of: node.id, for: all, atMost: 1, among: items.count - 1)
                #expect(some.allSatisfy { !$0.isWhole && $0.rows.count <= 1 })
                let whole = try store.shelves(of: node.id, for: all, atMost: 1, among: items.count)
                #expect(whole.allSatisfy(\.isWhole) && whole.reduce(0) { $0 + $1.total } == open)
            }
        }
    }

    @Test("Her own are found by words where nobody else is shown them", arguments: TestDatabase.allCases)
    func ownWords(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("赶海日记"))
            let border = try await made.city.organisation(TestCity.borderSchool)
            let wang = try await made.city.user(.wang)
            let grant = EffectiveGrant(
                role: "teacher", organisation: border.id, path: border.path, permissions: [.itemView, .itemWrite])
            let moved = ResourceViewer(
                CurrentUser(account: wang.account, person: wang.person, name: wang.name, grants: [grant]))
            var filter = ItemStore.Filter()
            filter.text = "赶海"
            let asked = filter
            for isIndexed in [false, true] {
                if isIndexed { try await made.city.platform.resources.searchIndexing.catchUp() }
                let slice = try await made.database.read {
                    try ItemStore($0).list(asked, for: moved, after: nil, limit: 9)
                }
                #expect(slice.rows.map(\.id) == [id] && slice.total == 1)
            }
        }
    }

    @Test("The desk of a school, a county and the city holds what waits there", arguments: TestDatabase.allCases)
    func desks(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("待审"))
            _ = try await made.draft(ResourceCity.content("草稿"))
            try await made.review(.wang) { try $0.submit(id) }
            let down = try await made.published(ResourceCity.content("下架"))
            try await made.review(.li) { try $0.takeDown(down, reason: "有误") }
            for (member, finds): (TestCity.Member, Bool) in [(.li, true), (.bureau, true), (.chen, false)] {
                let viewer = ResourceViewer(try await made.city.user(member))
                var pending = ItemStore.Filter(), gone = ItemStore.Filter()
                (pending.within, pending.states, pending.isPending) = (viewer.reviews, [], true)
                (gone.within, gone.states) = (viewer.reviews, [.takenDown])
                let (waits, ended) = (pending, gone)
                let (first, second) = try await made.database.read { db in
                    let store = ItemStore(db)
                    return (
                        try store.list(waits, for: viewer, after: nil, limit: 9),
                        try store.list(ended, for: viewer, after: nil, limit: 9)
                    )
                }
                #expect(first.rows.map(\.id) == (finds ? [id] : []) && first.total == (finds ? 1 : 0), "\(member)")
                #expect(second.rows.map(\.id) == (finds ? [down] : []) && second.total == (finds ? 1 : 0), "\(member)")
            }
            // Her own are hers wherever they stand.
            let wang = try await made.city.user(.wang)
            var own = ItemStore.Filter()
            (own.author, own.states) = (wang.person, [])
            let asked = own
            let mine = try await made.database.read {
                try ItemStore($0).list(asked, for: ResourceViewer(wang), after: nil, limit: 9).total
            }
            #expect(mine == 3)
        }
    }

    @Test("No list goes through all resources")
    func plans() async throws {
        try await ResourceCity.run(.sqlite) { made in
            let city = made.city, county = try await city.organisation("450681")
            let node = try await made.node().id, wang = try await city.user(.wang)
            var filters = [ItemStore.Filter()]
            for change: (inout ItemStore.Filter) -> Void in [
                { $0.node = node }, { ($0.author, $0.states) = (wang.person, []) }, { $0.group = .plan },
                { $0.below = county.path }, { $0.below = made.school.path },
                { ($0.within, $0.states, $0.isPending) = (DataScope([.city]), [], true) },
                { ($0.within, $0.states, $0.isPending) = (DataScope([made.school.path]), [], true) },
                { ($0.within, $0.states) = (DataScope([county.path]), [.takenDown]) },
            ] {
                var filter = ItemStore.Filter()
                change(&filter)
                filters.append(filter)
            }
            var viewers = [ResourceViewer(nil)]
            for member in [TestCity.Member.wang, .li, .dongxing, .bureau] {
                viewers.append(ResourceViewer(try await city.user(member)))
            }
            for (number, filter) in filters.enumerated() {
                for viewer in viewers {
                    let steps = try await made.database.read { db in
                        try filter.ways(for: viewer).flatMap { way in
                            try db.rows(
                                """
                                EXPLAIN QUERY PLAN SELECT \(way.key) FROM \(way.rows) ORDER BY \(way.key) DESC LIMIT 9
                                """
                            ) { try $0.text(3) }
                        }
                    }
                    #expect(!steps.contains { $0.hasPrefix("SCAN i") }, "filter \(number): \(steps)")
                }
            }
        }
    }

    @Test("Visitors cannot take the list as a file", arguments: TestDatabase.allCases)
    func exports(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            _ = try await made.published(ResourceCity.content("公布", .public))
            let visitor = try await made.city.client(.visitor), wang = try await made.city.client(.wang)
            #expect(try await visitor.get("/resources?format=csv").status == 403)
            #expect(try await !visitor.get("/resources").text.contains("format=csv"))
            let file = try await wang.get("/resources?format=csv")
            #expect(file.status == 200 && file.text.contains("公布"))
        }
    }
}
