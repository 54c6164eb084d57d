import Database

/// What is made of a content so that it can be looked at in a browser.
package enum ProcessingKind: String, Column, Codable, Sendable, CaseIterable {
    case video, audio, document, image, subtitle, text

    /// By the ending of a name, which uploads get by their content; `nil` for what is only downloaded.
    package init?(ending: String) {
        guard let found = ProcessingKind.endings.first(where: { $0.value.contains(ending) }) else { return nil }
        self = found.key
    }

    private static let endings: [ProcessingKind: Set<String>] = [
        .video: [
            "mp4", "m4v", "f4v", "mov", "qt", "3gp", "3g2", "mkv", "webm", "avi", "wmv", "asf", "flv", "mpg", "mpeg",
            "vob", "ts", "mts", "m2ts", "ogv",
        ],
        .audio: ["mp3", "m4a", "wav", "ogg", "oga", "opus", "flac", "amr", "aac", "wma"],
        .document: [
            "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "ppsx", "pps", "wps", "et", "dps", "odt", "ods", "odp",
        ],
        .image: ["png", "jpg", "jpeg", "jfif", "gif", "webp", "bmp", "heic", "heif", "hif", "avif"],
        .subtitle: ["vtt", "srt"],
        .text: ["txt", "md", "csv", "tsv", "lrc", "tex"],
    ]

    /// Grows when the same content would now give other results; then everything of the kind is processed again.
    var version: Int { 1 }

    /// Whether programs of the system are started for it.
    var needsJail: Bool { self != .subtitle && self != .text }

    /// Long work waits in a line of its own, so that a page of text need not wait for a film.
    var jobKind: String {
        switch self {
        case .video, .audio: "media.video"
        case .document: "media.document"
        case .image: "media.image"
        case .subtitle, .text: "media.text"
        }
    }

    var title: String {
        switch self {
        case .video: "视频"
        case .audio: "音频"
        case .document: "文档"
        case .image: "图片"
        case .subtitle: "字幕"
        case .text: "文本"
        }
    }
}
