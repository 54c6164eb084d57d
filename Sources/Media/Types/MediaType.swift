/// A kind of file that the platform takes, by what its content begins with.
package struct MediaType: Sendable, Equatable {
    /// For example `application/pdf`.
    package let name: String
    /// Usual endings, the best first.
    package let endings: [String]

    init(_ name: String, _ endings: String...) { (self.name, self.endings) = (name, endings) }

    static let pdf = MediaType("application/pdf", "pdf")
    static let png = MediaType("image/png", "png")
    static let jpeg = MediaType("image/jpeg", "jpg", "jpeg", "jfif")
    static let gif = MediaType("image/gif", "gif")
    static let webp = MediaType("image/webp", "webp")
    static let bmp = MediaType("image/bmp", "bmp")
    static let heic = MediaType("image/heic", "heic", "heif", "hif", "avif")
    static let mp4 = MediaType("video/mp4", "mp4", "m4v", "f4v")
    static let quickTime = MediaType("video/quicktime", "mov", "qt")
    static let threeGP = MediaType("video/3gpp", "3gp", "3g2")
    static let matroska = MediaType("video/x-matroska", "mkv", "webm")
    static let avi = MediaType("video/x-msvideo", "avi")
    static let windowsMedia = MediaType("video/x-ms-wmv", "wmv", "asf", "wma")
    static let flash = MediaType("video/x-flv", "flv")
    static let programStream = MediaType("video/mpeg", "mpg", "mpeg", "vob")
    static let transportStream = MediaType("video/mp2t", "ts", "mts", "m2ts")
    static let mp3 = MediaType("audio/mpeg", "mp3")
    static let m4a = MediaType("audio/mp4", "m4a")
    static let wav = MediaType("audio/wav", "wav")
    static let ogg = MediaType("audio/ogg", "ogg", "oga", "ogv", "opus")
    static let flac = MediaType("audio/flac", "flac")
    static let amr = MediaType("audio/amr", "amr")
    static let aac = MediaType("audio/aac", "aac")
    static let word = MediaType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
    static let sheet = MediaType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
    static let slides = MediaType(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx", "ppsx")
    static let oldOffice = MediaType("application/x-ole-storage", "doc", "xls", "ppt", "pps", "wps", "et", "dps")
    static let openDocument = MediaType("application/vnd.oasis.opendocument.text", "odt", "ods", "odp")
    static let geometry = MediaType("application/vnd.geogebra.file", "ggb")
    static let zip = MediaType("application/zip", "zip")
    static let rar = MediaType("application/vnd.rar", "rar")
    static let sevenZip = MediaType("application/x-7z-compressed", "7z")
    static let text = MediaType("text/plain", "txt", "csv", "md", "srt", "vtt", "lrc", "tsv", "json", "tex", "py")

    /// Whether the type is sound or moving pictures.
    package static func isRecording(_ name: String) -> Bool { name.hasPrefix("video/") || name.hasPrefix("audio/") }

    /// What a file with the ending usually is; `nil` for an ending that the platform does not know.
    package static func name(ofEnding ending: String) -> String? {
        oldOfficeNames[ending] ?? known.first { $0.endings.contains(ending) }?.name
    }

    private static let known = [
        pdf, png, jpeg, gif, webp, bmp, heic, mp4, quickTime, threeGP, matroska, avi, windowsMedia, flash,
        programStream, transportStream, mp3, m4a, wav, ogg, flac, amr, aac, word, sheet, slides, openDocument, geometry,
        zip, rar, sevenZip, text,
    ]

    /// Endings of old Office files and their own types.
    static let oldOfficeNames = [
        "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
        "pps": "application/vnd.ms-powerpoint", "wps": "application/msword", "et": "application/vnd.ms-excel",
        "dps": "application/vnd.ms-powerpoint",
    ]
}

/// What the first bytes of a file say.
enum ContentMark: Equatable {
    case known(MediaType)
    /// Runs on a computer.
    case program
    /// Runs in a browser.
    case page
    /// Text, if its rest is.
    case text
    case unknown

    init(_ head: [UInt8]) {
        func has(_ text: String, at offset: Int = 0) -> Bool { ContentMark.has(head, Array(text.utf8), at: offset) }
        func has(_ bytes: [UInt8], at offset: Int = 0) -> Bool { ContentMark.has(head, bytes, at: offset) }
        if has("%PDF-") {
            self = .known(.pdf)
        } else if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .known(.png)
        } else if has([0xFF, 0xD8, 0xFF]) {
            self = .known(.jpeg)
        } else if has("GIF87a") || has("GIF89a") {
            self = .known(.gif)
        } else if has("RIFF"), has("WEBP", at: 8) {
            self = .known(.webp)
        } else if has("RIFF"), has("WAVE", at: 8) {
            self = .known(.wav)
        } else if has("RIFF"), has("AVI ", at: 8) {
            self = .known(.avi)
        } else if has("ftyp", at: 4) {
            self = .known(ContentMark.brand(head))
        } else if has([0x1A, 0x45, 0xDF, 0xA3]) {
            self = .known(.matroska)
        } else if has([0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]) {
            self = .known(.windowsMedia)
        } else if has("FLV") {
            self = .known(.flash)
        } else if has([0, 0, 1, 0xBA]) || has([0, 0, 1, 0xB3]) {
            self = .known(.programStream)
        } else if has([0x47]), has([0x47], at: 188), has([0x47], at: 376) {
            self = .known(.transportStream)
        } else if has("ID3") {
            self = .known(.mp3)
        } else if head.count > 1, head[0] == 0xFF, head[1] & 0xF6 == 0xF0 {
            self = .known(.aac)
        } else if head.count > 1, head[0] == 0xFF, head[1] & 0xE6 == 0xE2 {
            self = .known(.mp3)
        } else if has("OggS") {
            self = .known(.ogg)
        } else if has("fLaC") {
            self = .known(.flac)
        } else if has("#!AMR") {
            self = .known(.amr)
        } else if has([0x50, 0x4B, 3, 4]) || has([0x50, 0x4B, 5, 6]) {
            self = .known(.zip)
        } else if has([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            self = .known(.oldOffice)
        } else if has("Rar!\u{1A}\u{07}") {
            self = .known(.rar)
        } else if has([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) {
            self = .known(.sevenZip)
        } else if has("BM"), head.count > 14, has([0, 0, 0, 0], at: 6) {
            self = .known(.bmp)
        } else if has("MZ") || has([0x7F, 0x45, 0x4C, 0x46]) || has("#!") || has([0xCA, 0xFE, 0xBA, 0xBE])
            || has([0xCF, 0xFA, 0xED, 0xFE])
        {
            self = .program
        } else if ContentMark.looksLikePage(head) {
            self = .page
        } else {
            self = head.contains(0) && !ContentMark.isWide(head) ? .unknown : .text
        }
    }

    private static func has(_ head: [UInt8], _ mark: [UInt8], at offset: Int) -> Bool {
        head.count >= offset + mark.count && head[offset...].starts(with: mark)
    }

    private static func brand(_ head: [UInt8]) -> MediaType {
        switch String(decoding: head.dropFirst(8).prefix(4), as: UTF8.self) {
        case "qt  ": .quickTime
        case "M4A ", "M4B ": .m4a
        // Pictures and bursts in HEVC, in AV1, and in whatever the rest tells (ISO/IEC 23008-12, 10).
        case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis": .heic
        case let brand where brand.hasPrefix("3g"): .threeGP
        default: .mp4
        }
    }

    /// UTF-16 as Windows Notepad writes it under the name Unicode, told by its byte order mark.
    private static func isWide(_ head: [UInt8]) -> Bool {
        (head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF])) && head.count % 2 == 0
            && !head.starts(with: [0xFF, 0xFE, 0, 0])
    }

    /// The same text with a byte for a sign, to look for marks in.
    private static func narrowed(_ head: [UInt8]) -> [UInt8] {
        isWide(head) ? head.dropFirst(2).filter { $0 != 0 } : head
    }

    /// Markup at the start, after white space and a byte order mark, or a script within the first bytes.
    static func looksLikePage(_ bytes: [UInt8]) -> Bool {
        let head = narrowed(bytes)
        let start = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
        if start.first(where: { $0 > 0x20 }) == 0x3C { return true }
        return head.indices.contains { place in head[place] == 0x3C && names(tags, at: head[(place + 1)...]) }
    }

    private static let tags = ["script", "html", "!doctype", "?php", "svg", "iframe"].map { Array($0.utf8) }

    /// Whether one of the words, in whatever case, begins the bytes. Searching them as text takes longer than the hash of
    /// many a file.
    private static func names(_ words: [[UInt8]], at bytes: ArraySlice<UInt8>) -> Bool {
        words.contains { word in
            bytes.starts(with: word) { byte, letter in
                byte == letter || (0x41...0x5A).contains(byte) && byte | 0x20 == letter
            }
        }
    }
}
