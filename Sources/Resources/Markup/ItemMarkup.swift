import Kernel
import Media
import Web

/// A resource described for programs: schema.org `LearningResource` (LRMI), and `VideoObject` where it is a film.
struct ItemMarkup: Sendable {
    let item: Item
    let authors: [ItemAuthor]
    let places: [NodePlace]
    let files: [ItemFile]
    /// By content.
    let media: [String: MediaView]
    /// What it was made from, where everybody may open that.
    let basedOn: ID<Item>?
    let address: SiteAddress

    private var content: ItemContent { item.content }
    private var page: String { address.absolute(ItemPages.path(item.id)) }

    /// The head of its page; `nil` for what is not open to everybody. What shows pupils tells programs nothing and asks
    /// search engines to stay away.
    var meta: PageMeta? {
        guard item.isOpen else { return nil }
        guard item.mayTravel else { return PageMeta(summary: "", address: page, isListed: false) }
        return PageMeta(
            summary: content.summary.isEmpty ? "\(item.typeTitle)，\(item.schoolName)" : content.summary, address: page,
            kind: .article, embedding: OEmbed.discovery(page, address),
            data: [resource.document, breadcrumbs.document])
    }

    private var breadcrumbs: MarkupValue {
        BreadcrumbMarkup.list([("资源库", address.absolute(ItemPages.root)), (content.title, page)])
    }

    private var film: (file: ItemFile, view: MediaView)? {
        files.lazy.compactMap { file in
            media[file.sha256].flatMap { $0.kind == .video && $0.state == .done ? (file, $0) : nil }
        }.first
    }

    var resource: MarkupValue {
        let keys = places.map(\.textbook.key)
        var fields: [(String, MarkupValue?)] = [
            ("@id", .text(page)), ("url", .text(page)), ("name", .text(content.title)),
            ("description", .text(content.summary.isEmpty ? content.title : content.summary)),
            ("inLanguage", .text(content.language)),
            ("educationalLevel", .texts(ItemMarkup.once(keys.map { $0.stageTitle + $0.gradeTitle }))),
            ("teaches", .texts(ItemMarkup.once(places.map(\.node.title)))),
            ("about", .texts(ItemMarkup.once(keys.map(\.subjectTitle)))),
            ("educationalAlignment", .list(places.map(ItemMarkup.alignment))),
            ("learningResourceType", .text(item.typeTitle)), ("keywords", .texts(content.tags)),
            ("audience", .list(content.audience.map(ItemMarkup.audience))),
            ("license", ItemMarkup.licence(content.licence).map { .text($0) }),
            ("isAccessibleForFree", .flag(true)), ("version", .text(String(item.version))),
            ("author", .list(authors.map { .thing("Person", fields: [("name", .text($0.name))]) })),
            ("publisher", .thing("Organization", fields: [("name", .text(item.schoolName))])),
            ("datePublished", item.publishedAt.map { .text($0.day.iso) }),
            ("timeRequired", content.minutes.map { .text("PT\($0)M") }),
            ("isBasedOn", basedOn.map { .text(address.absolute(ItemPages.path($0))) }),
            ("encodingFormat", .texts(ItemMarkup.once(files.compactMap { ItemMarkup.format($0.name) }))),
            ("encoding", .list(files.map(encoding))),
        ]
        guard let film else { return .thing("LearningResource", fields: fields) }
        let base = ItemPages.path(film.file, of: item.id)
        fields += [
            ("contentUrl", .text(address.absolute(base))),
            ("embedUrl", .text(address.absolute(EmbedPages.path(item.id)))),
            ("uploadDate", item.publishedAt.map { .text($0.rfc3339) }),
            (
                "thumbnailUrl",
                film.view.file("poster.jpg").map { .text(address.absolute("\(base)/derived/\($0.name)")) }
            ),
            ("duration", film.view.facts.seconds.map { .text("PT\(Int($0.rounded()))S") }),
        ]
        return .thing("LearningResource", "VideoObject", fields: fields)
    }

    private static func alignment(_ place: NodePlace) -> MarkupValue {
        .thing(
            "AlignmentObject",
            fields: [
                ("alignmentType", .text("teaches")), ("educationalFramework", .text(place.textbook.key.title)),
                ("targetName", .text(place.title)),
            ])
    }

    /// schema.org has names of its own for who learns and who teaches.
    private static func audience(_ code: String) -> MarkupValue {
        .thing("EducationalAudience", fields: [("educationalRole", .text(code == "guardian" ? "parent" : code))])
    }

    private func encoding(_ file: ItemFile) -> MarkupValue {
        .thing(
            "MediaObject",
            fields: [
                ("name", .text(file.name)),
                ("contentUrl", .text(address.absolute(ItemPages.path(file, of: item.id)))),
                ("encodingFormat", ItemMarkup.format(file.name).map { .text($0) }),
                ("contentSize", .text("\(file.size) B")),
            ])
    }

    private static func format(_ name: String) -> String? {
        name.split(separator: ".").last.flatMap { MediaType.name(ofEnding: $0.lowercased()) }
    }

    /// The deed of the licence; `nil` for one that has none.
    static func licence(_ code: String) -> String? {
        if code == "public-domain" { return "https://creativecommons.org/publicdomain/mark/1.0/" }
        guard code.hasPrefix("cc-") else { return nil }
        return "https://creativecommons.org/licenses/\(code.dropFirst(3))/4.0/"
    }

    private static func once(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { !$0.isEmpty && seen.insert($0).inserted }
    }
}

/// A collection described for programs.
enum CollectionMarkup {
    /// - Parameter lines: what the page shows; of it only what may leave the site is told.
    static func documents(_ collection: ItemCollection, _ lines: [ItemLine], _ address: SiteAddress) -> [String] {
        let here = address.absolute(CollectionPages.path(collection.id)), content = collection.content
        let items = lines.map(\.item).filter(\.mayTravel).enumerated().map { index, item in
            MarkupValue.thing(
                "ListItem",
                fields: [
                    ("position", .number(index + 1)), ("name", .text(item.content.title)),
                    ("url", .text(address.absolute(ItemPages.path(item.id)))),
                ])
        }
        let page = MarkupValue.thing(
            "CollectionPage",
            fields: [
                ("@id", .text(here)), ("url", .text(here)), ("name", .text(content.title)),
                ("description", .text(content.summary)), ("inLanguage", .text("zh-CN")),
                ("publisher", .thing("Organization", fields: [("name", .text(collection.organisationName))])),
                ("mainEntity", .thing("ItemList", fields: [("itemListElement", .list(items))])),
            ])
        let crumbs = BreadcrumbMarkup.list([
            ("资源网站", address.absolute(SitePages.root)),
            (collection.organisationName, address.absolute(SitePages.path(collection.code))), (content.title, here),
        ])
        return [page.document, crumbs.document]
    }
}
