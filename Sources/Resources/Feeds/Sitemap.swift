import Database
import Kernel
import Platform
import Synchronization
import Web

/// The map by which search engines find what is open to everybody (https://www.sitemaps.org): an index of parts. Where the
/// parts begin is read once an hour, since it takes the whole index; what stands in a part is read when it is asked for, so
/// that what was withdrawn is in none.
final class Sitemap: Sendable {
    /// Resources of a part. A part holds up to `most`, so that what comes within the hour has room in the last one.
    static let length = 10_000
    static let most = 50_000
    private static let hour: Int64 = 3600

    /// Whoever comes while they are read waits for the same reading.
    private struct Bounds {
        let keys: Task<[ID<Item>], any Error>
        let readAt: Timestamp
    }

    private let database: Database
    private let address: SiteAddress
    private let bounds = Mutex<Bounds?>(nil)

    init(_ database: Database, _ address: SiteAddress) { (self.database, self.address) = (database, address) }

    /// The first key of each part but the first.
    private func parts(now: Timestamp) async throws -> [ID<Item>] {
        let database = database
        let known = bounds.withLock { bounds in
            if let known = bounds, now < known.readAt.adding(seconds: Sitemap.hour) { return known }
            let keys = Task {
                try await database.read(isLong: true) { try OpenItemStore($0).bounds(every: Sitemap.length) }
            }
            let new = Bounds(keys: keys, readAt: now)
            bounds = new
            return new
        }
        do { return try await known.keys.value } catch {
            // A failure is told once and tried again by the next asker.
            bounds.withLock { if $0?.readAt == known.readAt { $0 = nil } }
            throw error
        }
    }

    func index(now: Timestamp) async throws -> HTML {
        let count = try await parts(now: now).count + 1
        let lines: HTML = "\(each: 0...count, { part($0) })"
        return #"""
            <?xml version="1.0" encoding="utf-8"?>
            <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
            \#(lines)</sitemapindex>

            """#
    }

    private func part(_ number: Int) -> HTML {
        "<sitemap><loc>\(address.absolute("/sitemaps/\(number)"))</loc></sitemap>\n"
    }

    /// Part 0 holds the sites and their collections, the others resources. `nil` for a part that there is not.
    func part(_ number: Int, now: Timestamp) async throws -> HTML? {
        guard number > 0 else { return Sitemap.document(try await sites()) }
        let keys = try await parts(now: now)
        guard number <= keys.count + 1 else { return nil }
        let from = number > 1 ? keys[number - 2] : nil, to = number <= keys.count ? keys[number - 1] : nil
        let leaves = try await database.read(isLong: true) {
            try OpenItemStore($0).leaves(from: from, to: to, limit: Sitemap.most)
        }
        return Sitemap.document(leaves.map { (address.absolute(ItemPages.path($0.id)), $0.openedAt) })
    }

    private func sites() async throws -> [(String, Timestamp?)] {
        let address = address
        return try await database.read { db in
            var pages: [(String, Timestamp?)] = [(address.absolute(SitePages.root), nil)]
            for site in try SiteStore(db).list(for: nil) {
                pages.append((address.absolute(SitePages.path(site.code)), site.changedAt))
                for collection in try CollectionStore(db).list(of: site.organisation, for: nil) {
                    pages.append((address.absolute(CollectionPages.path(collection.id)), collection.changedAt))
                }
            }
            return pages
        }
    }

    private static func document(_ pages: [(String, Timestamp?)]) -> HTML {
        #"""
        <?xml version="1.0" encoding="utf-8"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
        \#(each: pages, { page in
            "<url><loc>\(page.0)</loc>\(page.1.map { "<lastmod>\($0.rfc3339)</lastmod>" as HTML })</url>\n" as HTML
        })</urlset>

        """#
    }
}

/// `/sitemap.xml` and `/robots.txt`.
struct SitemapRoutes: Sendable {
    let address: SiteAddress
    private let map: Sitemap

    init(_ database: Database, _ address: SiteAddress) {
        (self.address, map) = (address, Sitemap(database, address))
    }

    func add(to routes: inout Routes) {
        routes.get("/sitemap.xml", access: .public) { _ in SitemapRoutes.xml(try await map.index(now: .now)) }
        routes.get("/sitemaps/:part", access: .public) { request in
            guard let number = Int(try request.parameter("part")), (0...10_000).contains(number),
                let part = try await map.part(number, now: .now)
            else { throw DomainError.notFound }
            return SitemapRoutes.xml(part)
        }
        routes.get("/robots.txt", access: .public) { _ in
            let lines = [
                "User-agent: *", "Disallow: /embed/", "Disallow: /sign-in", "Disallow: /resources/search", "",
                "Sitemap: " + address.absolute("/sitemap.xml"), "",
            ]
            return WebResponse(
                headers: [("content-type", "text/plain; charset=utf-8")],
                body: .bytes(Array(lines.joined(separator: "\n").utf8)))
        }
    }

    private static func xml(_ document: HTML) -> WebResponse {
        WebResponse(
            headers: [("content-type", "application/xml; charset=utf-8"), ("cache-control", "no-cache")],
            body: .bytes(document.bytes))
    }
}
