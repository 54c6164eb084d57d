/// The strokes charts are drawn with. Colours come from classes in the stylesheet; there are no style attributes.
enum Drawing {
    /// Width of every picture in its own units. Text is 14 of them high, so a picture shown at 560 px stays readable.
    static let width = 720.0
    static let fontSize = 14.0

    enum Anchor: String { case start, middle, end }

    static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) -> HTML {
        #"<line class="\#(name)" x1="\#(at: x1)" y1="\#(at: y1)" x2="\#(at: x2)" y2="\#(at: y2)"/>"#
    }

    static func rectangle(x: Double, y: Double, width: Double, height: Double, class name: String) -> HTML {
        #"<rect class="\#(name)" x="\#(at: x)" y="\#(at: y)" width="\#(at: max(0, width))" height="\#(at: height)"/>"#
    }

    static func text(_ text: String, x: Double, y: Double, class name: String, anchor: Anchor = .start) -> HTML {
        let side = anchor == .start ? nil : anchor.rawValue
        return #"<text class="\#(name)" x="\#(at: x)" y="\#(at: y)"\#(attribute: "text-anchor", side)>\#(text)</text>"#
    }

    /// Like `rectangle`, in percent of the width the picture is shown at.
    static func rectangle(
        share: Double, y: Double, width: Double, height: Double, class name: String
    ) -> HTML {
        #"""
        <rect class="\#(name)" x="\#(at: share)%" y="\#(at: y)" width="\#(at: max(0, width))%" height="\#(at: height)"/>
        """#
    }

    /// Like `text`, at so many percent of the width the picture is shown at.
    static func text(_ text: String, share: Double, y: Double, class name: String, anchor: Anchor) -> HTML {
        let side = anchor == .start ? nil : anchor.rawValue
        let place: HTML = #"x="\#(at: share)%" y="\#(at: y)"\#(attribute: "text-anchor", side)"#
        return #"<text class="\#(name)" \#(place)>\#(text)</text>"#
    }

    /// The side on which a label at the place stays inside the picture.
    static func anchor(at share: Double) -> Anchor { share < 1 ? .start : share > 99 ? .end : .middle }

    /// An upright line at so many percent of the width the picture is shown at.
    static func upright(
        _ share: Double, _ y1: Double, _ y2: Double, class name: String, dashes: String? = nil
    ) -> HTML {
        let dash: HTML = #"\#(attribute: "stroke-dasharray", dashes)"#
        return #"""
            <line class="\#(name)" stroke="currentColor"\#(dash) x1="\#(at: share)%" y1="\#(at: y1)" x2="\#(at: share)%" \#
            y2="\#(at: y2)"/>
            """#
    }

    /// Slanted strokes across the whole width, however wide the picture is shown: what is too much is cut off.
    static func fluidHatch(y: Double, height: Double) -> HTML {
        let strokes = hatch(x: 0, y: 0, width: Drawing.width, height: height)
        let box: HTML = #"viewBox="0 0 \#(at: Drawing.width) \#(at: height)" preserveAspectRatio="xMinYMid slice""#
        return #"<svg x="0" y="\#(at: y)" width="100%" height="\#(at: height)" \#(box)>\#(strokes)</svg>"#
    }

    /// A line through the points; nothing for fewer than two. `dashes` holds where the stylesheet says nothing else.
    static func path(_ points: [(x: Double, y: Double)], class name: String, dashes: String? = nil) -> HTML {
        guard points.count > 1 else { return "" }
        var data: HTML = ""
        for (index, point) in points.enumerated() {
            data += #"\#(if: index == 0, "M", else: "L")\#(at: point.x) \#(at: point.y)"#
        }
        let dash: HTML = #"\#(attribute: "stroke-dasharray", dashes)"#
        return #"<path class="\#(name)" fill="none" stroke="currentColor"\#(dash) d="\#(data)"/>"#
    }

    /// Slanted strokes inside a rectangle: no data.
    static func hatch(x: Double, y: Double, width: Double, height: Double) -> HTML {
        var data: HTML = ""
        for left in stride(from: x, through: x + width - height, by: 8) {
            data += #"M\#(at: left) \#(at: y + height)l\#(at: height) -\#(at: height)"#
        }
        return #"<path class="hatch" fill="none" stroke="currentColor" stroke-opacity=".35" d="\#(data)"/>"#
    }

    /// Circle, triangle or square by tone, so that the tones differ without colour.
    static func mark(_ tone: Tone, x: Double, y: Double) -> HTML {
        switch tone {
        case .ok: #"<circle class="point-ok" cx="\#(at: x)" cy="\#(at: y)" r="4.5"/>"#
        case .warn: #"<path class="point-half" d="M\#(at: x) \#(at: y - 5.5)l5.5 9.6h-11z"/>"#
        case .bad: rectangle(x: x - 4, y: y - 4, width: 8, height: 8, class: "point-bad")
        case .info, .muted: #"<circle class="trend-point" cx="\#(at: x)" cy="\#(at: y)" r="4"/>"#
        }
    }

    static func barClass(_ tone: Tone) -> String {
        switch tone {
        case .ok: "bar-ok"
        case .bad: "bar-bad"
        case .muted: "bar-none"
        case .warn: "bar-plain bar-warn"
        case .info: "bar-plain"
        }
    }

    /// A part of the picture with its explanation, as a link when there is an address. `isTabStop` is false where
    /// hundreds of parts would trap the keyboard; the table below the picture then has the links.
    static func part(url: String?, title: String, isTabStop: Bool = true, _ content: HTML) -> HTML {
        guard let url else { return #"<g><title>\#(title)</title>\#(content)</g>"# }
        let order = isTabStop ? nil : "-1"
        return #"""
            <a href="\#(url: url)" aria-label="\#(title)"\#(attribute: "tabindex", order)><title>\#(title)</title>\#
            \#(content)</a>
            """#
    }

    /// About how wide a text is drawn.
    static func width(of text: String) -> Double {
        text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x2E80 ? 0.58 : 1) } * fontSize
    }

    /// The beginning of a text that is too wide, with an ellipsis.
    static func shortened(_ text: String, to limit: Double) -> String {
        guard width(of: text) > limit else { return text }
        var short = text
        while !short.isEmpty, width(of: short) > limit - fontSize { short.removeLast() }
        return short + "…"
    }
}

extension HTML.StringInterpolation {
    /// A coordinate, to a tenth.
    mutating func appendInterpolation(at value: Double) {
        guard value.isFinite, value.magnitude < 1e9 else { return bytes.append(0x30) }
        let tenths = Int((value * 10).rounded())
        if tenths < 0 { bytes.append(0x2D) }
        bytes.append(contentsOf: String(tenths.magnitude / 10).utf8)
        if !tenths.magnitude.isMultiple(of: 10) {
            bytes.append(0x2E)
            bytes.append(0x30 + UInt8(tenths.magnitude % 10))
        }
    }
}
