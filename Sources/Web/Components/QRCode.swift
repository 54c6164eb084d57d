import CQREncode

extension UI {
    /// A QR code (ISO/IEC 18004, error correction M) as a picture in the page; dark on white with a quiet zone of four
    /// modules, whatever the theme, so that every phone reads it.
    /// - Parameters:
    ///   - text: at most about 2,300 bytes; longer text gives an empty picture.
    ///   - label: what the picture is, for those who do not see it.
    package static func qrCode(_ text: String, label: String) -> HTML {
        guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return HTML() }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width), quiet = 4, side = width + 2 * quiet
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                guard code.pointee.data[row * width + column] & 1 == 1 else {
                    column += 1
                    continue
                }
                let start = column
                while column < width, code.pointee.data[row * width + column] & 1 == 1 { column += 1 }
                path += "M\(start + quiet) \(row + quiet)h\(column - start)v1h-\(column - start)z"
            }
        }
        return #"""
            <svg class="qr-code" role="img" aria-label="\#(label)" viewBox="0 0 \#(side) \#(side)" \#
            shape-rendering="crispEdges"><rect width="\#(side)" height="\#(side)" fill="#fff"/>\#
            <path d="\#(path)" fill="#000"/></svg>
            """#
    }
}
