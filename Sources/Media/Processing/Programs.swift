import Foundation

/// A program of the system that processing starts.
enum Program: String, CaseIterable, Sendable {
    case ffmpeg, ffprobe, pdfinfo, pdftoppm, pdftotext, soffice, bwrap, prlimit, nice
    case heifConvert = "heif-convert"

    /// Debian's name of what it comes in.
    var package: String {
        switch self {
        case .ffmpeg, .ffprobe: "ffmpeg"
        case .pdfinfo, .pdftoppm, .pdftotext: "poppler-utils"
        case .soffice: "libreoffice-writer-nogui"
        case .heifConvert: "libheif-examples"
        case .bwrap: "bubblewrap"
        case .prlimit: "util-linux"
        case .nice: "coreutils"
        }
    }
}

/// Which programs are on this machine.
package struct Programs: Sendable {
    /// Only here: it is what the jail shows of the system.
    let folder: String

    /// Parts of LibreOffice that come in packages of their own, below the folder's parent.
    private static let officeParts = [
        "lib/libreoffice/program/libswlo.so": "libreoffice-writer-nogui",
        "lib/libreoffice/program/libsclo.so": "libreoffice-calc-nogui",
        "lib/libreoffice/program/libsdlo.so": "libreoffice-impress-nogui",
    ]

    func path(_ program: Program) -> String { "\(folder)/\(program.rawValue)" }

    /// Debian packages that the kind of processing lacks, in order; empty when all is there.
    /// - Parameter ending: of the content; without one, for every content of the kind.
    func missing(for kind: ProcessingKind, ending: String? = nil) -> [String] {
        var needed: [Program] = [.bwrap, .prlimit, .nice]
        switch kind {
        case .video, .audio: needed += [.ffmpeg, .ffprobe]
        case .image:
            needed += [.ffmpeg, .ffprobe]
            if ending.map(MediaType.heic.endings.contains) ?? true { needed.append(.heifConvert) }
        case .document: needed += [.pdfinfo, .pdftoppm, .pdftotext] + (ending == "pdf" ? [] : [.soffice])
        case .subtitle, .text: return []
        }
        var packages = Set(needed.filter { access(path($0), X_OK) != 0 }.map(\.package))
        if needed.contains(.soffice) {
            let root = (folder as NSString).deletingLastPathComponent
            for (part, package) in Programs.officeParts where access("\(root)/\(part)", R_OK) != 0 {
                packages.insert(package)
            }
        }
        return packages.sorted()
    }

    /// Everything that any processing lacks.
    package var missing: [String] {
        Set(ProcessingKind.allCases.flatMap { missing(for: $0) }).sorted()
    }
}
