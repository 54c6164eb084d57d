/// A picture in shades of grey.
struct GreyPicture: Sendable, Equatable {
    /// Pixels, at least those of `PictureHash`.
    let width: Int
    let height: Int
    /// Row by row from the top, 0 black.
    let pixels: [UInt8]

    /// `nil` when it is too small to be hashed, or the pixels are not as many as it says.
    init?(width: Int, height: Int, pixels: [UInt8]) {
        guard width >= PictureHash.columns + 1, height >= PictureHash.rows, width <= GreyPicture.longest,
            height <= GreyPicture.longest, pixels.count == width * height
        else { return nil }
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }

    /// Reads a binary PGM of one byte a pixel (netpbm, pgm(5)); `nil` for anything else.
    init?(pgm bytes: [UInt8]) {
        guard bytes.starts(with: [0x50, 0x35]) else { return nil }
        var at = 2, numbers: [Int] = []
        while numbers.count < 3, at < bytes.count {
            let byte = bytes[at]
            if byte == 0x23 {
                while at < bytes.count, bytes[at] != 0x0A { at += 1 }
            } else if GreyPicture.isSpace(byte) {
                at += 1
            } else {
                var value = 0
                while at < bytes.count, (0x30...0x39).contains(bytes[at]), value <= GreyPicture.longest {
                    value = value * 10 + Int(bytes[at] - 0x30)
                    at += 1
                }
                guard at < bytes.count, GreyPicture.isSpace(bytes[at]) else { return nil }
                numbers.append(value)
            }
        }
        guard numbers.count == 3, numbers[2] == 255, at < bytes.count else { return nil }
        self.init(width: numbers[0], height: numbers[1], pixels: Array(bytes[(at + 1)...]))
    }

    private static let longest = 10_000

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// The picture cut into equal parts, the mean shade of each, row by row.
    func means(columns: Int, rows: Int) -> [Double] {
        var means: [Double] = []
        means.reserveCapacity(columns * rows)
        for row in 0..<rows {
            let top = row * height / rows, bottom = (row + 1) * height / rows
            for column in 0..<columns {
                let left = column * width / columns, right = (column + 1) * width / columns
                var sum = 0
                for y in top..<bottom {
                    for x in left..<right { sum += Int(pixels[y * width + x]) }
                }
                means.append(Double(sum) / Double((bottom - top) * (right - left)))
            }
        }
        return means
    }
}

/// A hash of 64 bits whose near values are near pictures: each bit says whether one part of a grid of 9 by 8 is brighter
/// than the part to its left (dHash, N. Krawetz, 2013). Size, proportions, brightness and strong compression hardly
/// change it.
enum PictureHash {
    /// Grows when the same picture would get another hash; a migration then has everything hashed again.
    static let method = 1
    static let columns = 8
    static let rows = 8
    /// Shades that a part must be brighter to count: paper and walls are even but for the noise of compression.
    private static let margin = 2.0

    static func of(_ picture: GreyPicture) -> UInt64 {
        let means = picture.means(columns: columns + 1, rows: rows)
        var hash: UInt64 = 0
        for row in 0..<rows {
            for column in 0..<columns {
                let left = means[row * (columns + 1) + column], right = means[row * (columns + 1) + column + 1]
                hash = hash << 1 | (right - left > margin ? 1 : 0)
            }
        }
        return hash
    }
}

/// What the pages of a document, or the pictures of a film at even distances, look like.
package struct PictureHashes: Sendable, Equatable {
    package enum Kind: String, Sendable { case page, frame }

    package let kind: Kind
    /// Seconds from one picture of a film to the next; 0 for pages.
    package let spacing: Int
    /// One of 64 bits a picture, near for near pictures; 0 for one that could not be drawn.
    package let values: [UInt64]

    package init(_ kind: Kind, spacing: Int = 0, _ values: [UInt64]) {
        (self.kind, self.spacing, self.values) = (kind, spacing, values)
    }

    /// Pictures of a film that are hashed.
    static let mostFrames = 400

    /// Seconds between them: doubled for long films, so that a part of a film has the times of the whole.
    static func spacing(seconds: Double) -> Int {
        var spacing = VideoLadder.part
        while seconds / Double(spacing) > Double(mostFrames) { spacing *= 2 }
        return spacing
    }
}
