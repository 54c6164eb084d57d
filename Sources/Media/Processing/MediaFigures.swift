import Foundation
import Kernel
import Platform
import Web

/// What can be seen of a content, as a page shows it: players, pages, pictures, and how far the work is. It works without
/// scripts; with them the player changes to another source when one does not play.
package struct MediaFigures: Sendable {
    let view: MediaView
    /// As people know the file.
    let name: String
    /// Where derived files are found, by name below it.
    let base: String
    /// A name for elements of the page, its own for each file.
    let id: String

    package init(_ view: MediaView, name: String, base: String, id: String) {
        (self.view, self.name, self.base, self.id) = (view, name, base, id)
    }

    /// Subtitles of a recording.
    package struct Captions: Sendable {
        let url: String
        let language: String
        let label: String

        /// - Parameters:
        ///   - name: of the file; `课.en.vtt` is English, `课.za.vtt` Zhuang, anything else Chinese.
        ///   - url: where `captions.vtt` of the file is.
        package init(name: String, url: String) {
            self.url = url
            let parts = name.lowercased().split(separator: ".")
            switch parts.count > 2 ? parts[parts.count - 2] : "" {
            case "en": (language, label) = ("en", "英文")
            case "za": (language, label) = ("za", "壮文")
            default: (language, label) = ("zh-CN", "中文")
            }
        }
    }

    private func url(_ file: DerivedFile) -> String { "\(base)/\(file.name)" }

    /// The state in words, while it matters; the page asks again while the work is under way.
    package var status: HTML {
        switch view.state {
        case .done: return view.remark.isEmpty ? "" : UI.notice(.info, HTML(text: view.remark))
        case .failed: return UI.notice(.warn, HTML(text: view.remark))
        case .missing: return UI.notice(.warn, HTML(text: "待处理（\(view.remark)）。原文件可以下载。"))
        case .waiting:
            let words = view.progress.map { "正在处理，已完成 \($0)%。" } ?? "等待处理。"
            return UI.notice(.info, HTML(text: words + "完成后可以在线观看，现在可以离开这个页面。"))
        }
    }

    /// All of it; a document shows its first pages and how many there are.
    /// - Parameters:
    ///   - captions: of recordings.
    ///   - whole: the address of the page with all pages of a document.
    package func html(captions: [Captions] = [], whole: String? = nil) -> HTML {
        let content: HTML
        switch view.kind {
        case .video: content = player(captions)
        case .audio: content = sound
        case .image: content = picture
        case .document: content = cover(whole)
        case .subtitle, .text: content = ""
        }
        // Of a text there is nothing to see; only that it cannot be used is worth a word.
        let isPlain = view.kind == .text || view.kind == .subtitle
        if content.isEmpty && (isPlain ? view.state != .failed : view.state == .done) { return "" }
        return #"""
            <section class="media" id="\#("media-" + id)" aria-label="\#(name)"\#
            \#(attribute: "data-poll", view.isOpen ? "5" : nil)>
            <h3 class="media-name">\#(name)</h3>
            \#(status)\#(content)\#(norms)
            </section>
            """#
    }

    // Recordings

    private var qualities: [DerivedFile] {
        view.files.filter { $0.mediaType == "video/mp4" && $0.name.hasSuffix(".mp4") && $0.name != "original.mp4" }
            .sorted { min($0.width, $0.height) > min($1.width, $1.height) }
    }

    private func player(_ captions: [Captions]) -> HTML {
        let original = view.file("original.mp4"), made = qualities
        guard let first = made.first ?? original else { return "" }
        let poster = view.file("poster.jpg").map(url)
        let stream: HTML =
            view.file("master.m3u8").map {
                #"<source src="\#(url: url($0))" type="application/vnd.apple.mpegurl">"#
            } ?? ""
        // The best first: whoever has a slow line is given less by the script, or by the stream.
        let sources = made + (original.map { [$0] } ?? [])
        let files: HTML = "\(each: sources, { #"<source src="\#(url: url($0))" type="video/mp4">"# })"
        let marks: HTML =
            view.file("chapters.vtt").map {
                #"<track kind="chapters" src="\#(url: url($0))" srclang="zh-CN" label="章节">"#
            } ?? ""
        let tracks: HTML = "\(each: captions.enumerated(), { MediaFigures.track($0.offset, $0.element) })\(marks)"
        let choices: HTML = #"""
            <p class="player-choice">画质：\#(each: sources, { quality($0, isOriginal: $0.name == "original.mp4") })</p>
            """#
        let sprite: HTML =
            view.file("sprite.vtt").map { #"<div class="player-bar" data-sprites="\#(url: url($0))" hidden></div>"# }
            ?? ""
        return #"""
            <div class="player" data-player>
            <video controls preload="metadata" playsinline width="\#(first.width)" height="\#(first.height)"\#
            \#(attribute: "poster", poster) aria-label="\#(name)">
            \#(stream)\#(files)\#(tracks)
            <p>这个浏览器不能播放视频，可以下载原文件观看。</p>
            </video>
            \#(sprite)\#(chapters(of: first))\#(choices)<p class="visually-hidden" role="status" data-player-news></p>
            </div>
            """#
    }

    private static func track(_ number: Int, _ captions: Captions) -> HTML {
        #"""
        <track kind="captions" src="\#(url: captions.url)" srclang="\#(captions.language)" label="\#(captions.label)"\#
        \#(attribute: "default", if: number == 0)>
        """#
    }

    /// The parts of a film; each link leads to its time in the file, and with scripts in the player.
    private func chapters(of file: DerivedFile) -> HTML {
        guard let chapters = view.facts.chapters, !chapters.isEmpty else { return "" }
        let rows: HTML = "\(each: chapters, { chapter($0, of: file) })"
        return #"""
            <h4 class="player-title" id="\#("chapters-" + id)">章节</h4>
            <ol class="player-chapters" aria-labelledby="\#("chapters-" + id)">\#(rows)</ol>
            """#
    }

    private func chapter(_ chapter: MediaChapter, of file: DerivedFile) -> HTML {
        let seconds = String(format: "%.3f", chapter.start)
        return #"""
            <li><a href="\#(url: url(file) + "#t=" + seconds)" data-chapter="\#(seconds)">\#
            <span class="player-time">\#(PlayingTime.clock(chapter.start))</span> \#(chapter.title)</a></li>
            """#
    }

    private func quality(_ file: DerivedFile, isOriginal: Bool) -> HTML {
        let title = isOriginal ? "原画" : "\(min(file.width, file.height))P"
        return
            #"<a href="\#(url: url(file))" data-quality="\#(file.height)">\#(title)（\#(FileSize.text(file.size))）</a> "#
    }

    private var sound: HTML {
        guard let file = view.file("sound.m4a") else { return "" }
        return #"""
            <audio controls preload="metadata" aria-label="\#(name)">
            <source src="\#(url: url(file))" type="audio/mp4"><p>这个浏览器不能播放声音，可以下载原文件。</p></audio>
            """#
    }

    private var norms: HTML {
        guard let norms = view.facts.norms, !norms.isEmpty else { return "" }
        let rows: HTML = "\(each: norms, MediaFigures.norm)"
        return UI.details("与各项视频要求的比较", #"<ul class="plain-list">\#(rows)</ul>"#)
    }

    private static func norm(_ finding: NormFinding) -> HTML {
        let words = finding.differences.isEmpty ? "符合" : finding.differences.joined(separator: "；")
        return "<li>\(finding.name)：\(words)</li>"
    }

    // Pictures and pages

    private var picture: HTML {
        guard let file = view.file("image.jpg") ?? view.file("image.png") else { return "" }
        return #"""
            <img class="media-image" src="\#(url: url(file))" width="\#(file.width)" height="\#(file.height)" loading="lazy"\#
             alt="\#(name)">
            """#
    }

    private var pages: [DerivedFile] { view.files.filter { $0.name.hasPrefix("page-") } }

    private func cover(_ whole: String?) -> HTML {
        let pages = pages
        guard let first = pages.first else { return "" }
        let image = page(1, first)
        guard let whole else { return image }
        return #"""
            <a class="media-cover" href="\#(url: whole)">\#(image)<span>在线阅读，共 \#(pages.count) 页</span></a>
            """#
    }

    private func page(_ number: Int, _ file: DerivedFile) -> HTML {
        #"""
        <img class="media-image" src="\#(url: url(file))" width="\#(file.width)" height="\#(file.height)"\#
        \#(attribute: "loading", number > 2 ? "lazy" : nil) alt="第 \#(number) 页">
        """#
    }

    /// All pages of a document one below the other, each with its text for whoever reads by ear.
    /// - Parameter text: of the document, pages parted by U+000C.
    package func reader(text: String?) -> HTML {
        let pages = pages
        let texts = (text ?? "").split(separator: "\u{0C}", omittingEmptySubsequences: false).map(String.init)
        var list = HTML()
        for (index, file) in pages.enumerated() {
            list += leaf(index + 1, file, of: pages.count, index < texts.count ? texts[index] : "")
        }
        let notice: HTML = pages.isEmpty ? "" : #"<p class="muted">预览仅供参考，排版以原文件为准。</p>"#
        return #"""
            \#(status)\#(notice)
            <div class="reader" id="\#("media-" + id)" data-reader="\#(pages.count)"\#
            \#(attribute: "data-poll", view.isOpen ? "5" : nil)>\#(list)</div>
            """#
    }

    private func leaf(_ number: Int, _ file: DerivedFile, of count: Int, _ text: String) -> HTML {
        let words = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let reading: HTML =
            words.isEmpty
            ? "" : UI.details(HTML(text: "第 \(number) 页的文字"), #"<p class="reader-text">\#(words)</p>"#)
        return #"""
            <figure class="reader-page" id="page-\#(number)" tabindex="-1">\#(page(number, file))\#
            \#(reading)<figcaption>第 \#(number) 页，共 \#(count) 页</figcaption></figure>
            """#
    }
}
