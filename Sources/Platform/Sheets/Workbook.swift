/// The parts of an `.xlsx` file: its sheets, shared strings and styles. Knows where a sheet lies, reads no cells.
struct Workbook: Sendable {
    struct Sheet: Sendable {
        let info: SheetInfo
        let part: String
    }

    let sheets: [Sheet]
    let dates: DateSystem
    let strings: SharedStrings
    /// Date formats by cell style.
    let dateFormats: [DateFormat?]

    init(in archive: ZipArchive, limits: SheetLimits) throws {
        guard let main = try PackageRelationships(of: "", in: archive).first("officeDocument") else {
            throw SheetError.notASheet
        }
        if main.hasSuffix(".bin") { throw SheetError.binaryFormat }
        let contents = Contents(limit: limits.sheets)
        try archive.readXML(main, into: contents)
        let links = try PackageRelationships(of: main, in: archive)
        var worksheets: [String: String] = [:]
        for link in links.links where link.kind == "worksheet" { worksheets[link.id] = link.target }
        var sheets: [Sheet] = []
        for entry in contents.entries {
            guard let part = worksheets[entry.link] else { continue }
            let info = SheetInfo(name: entry.name, index: sheets.count, isHidden: entry.isHidden)
            sheets.append(Sheet(info: info, part: part))
        }
        self.sheets = sheets
        dates = contents.dates
        let stringPart = links.first("sharedStrings")
        strings = try stringPart.map { try SharedStrings(part: $0, in: archive, limits: limits) } ?? SharedStrings()
        let styles = SheetStyles()
        if let part = links.first("styles") { try archive.readXML(part, into: styles) }
        dateFormats = styles.formats
    }

    private final class Contents: XMLReceiver {
        struct Entry {
            let name: String
            let link: String
            let isHidden: Bool
        }

        private let limit: Int
        private(set) var entries: [Entry] = []
        private(set) var dates = DateSystem.from1900
        private var isWorkbook = false

        init(limit: Int) { self.limit = limit }

        func started(_ name: XMLBytes, _ attributes: XMLAttributes) throws {
            switch name {
            case "workbook": isWorkbook = true
            case _ where !isWorkbook: throw SheetError.notASheet
            case "workbookPr":
                if attributes["date1904"] != nil, attributes.isOn("date1904") { dates = .from1904 }
            case "sheet":
                guard let title = attributes["name"], let link = attributes["id"] else { return }
                guard entries.count < limit else { throw SheetError.tooLarge(.sheets) }
                let isHidden = attributes["state"].map { !($0 == "visible") } ?? false
                entries.append(Entry(name: title.string, link: link.string, isHidden: isHidden))
            default: return
            }
        }
    }
}
