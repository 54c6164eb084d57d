import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Files with Range (RFC 9110, section 14): `a-b`, `a-` and `-n` of one range; an impossible one is 416. A part of another
/// content than the one `If-Range` names would fit to nothing, so all of it is sent.
enum FileServing {
    private static let pieceSize = 256 << 10

    static func response(path: String, isTemporary: Bool, _ headers: HTTPFields, _ exchange: Exchange) -> Response {
        var headers = headers
        guard let handle = FileHandle(forReadingAtPath: path), let size = try? handle.seekToEnd() else {
            return Response(status: .notFound, headers: headers, body: .init())
        }
        headers[.acceptRanges] = "bytes"
        var range: Range<UInt64> = 0..<size
        var status = HTTPResponse.Status.ok
        let known = exchange.headers["if-range"], isSame = known == nil || known == headers[.eTag]
        if !isTemporary, isSame, let text = exchange.headers["range"] {
            switch parse(text, size: size) {
            case .whole: break
            case .part(let part):
                range = part
                status = .partialContent
                headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
            case .impossible:
                headers[.contentRange] = "bytes */\(size)"
                return Response(status: .rangeNotSatisfiable, headers: headers, body: .init())
            }
        }
        let length = Int(range.count)
        if exchange.isHead {
            if isTemporary { try? FileManager.default.removeItem(atPath: path) }  // a left-over is cleared at start
            headers[.contentLength] = String(length)
            return Response(status: status, headers: headers, body: .init())
        }
        let start = range.lowerBound
        let body = ResponseBody(contentLength: length) { writer in
            defer {
                try? handle.close()  // reading has ended either way
                if isTemporary { try? FileManager.default.removeItem(atPath: path) }  // a left-over is cleared at start
            }
            try handle.seek(toOffset: start)
            var rest = length
            while rest > 0, let data = try handle.read(upToCount: min(rest, pieceSize)), !data.isEmpty {
                rest -= data.count
                try await writer.write(ByteBuffer(bytes: data))
            }
            try await writer.finish(nil)
        }
        return Response(status: status, headers: headers, body: body)
    }

    enum Wish: Equatable {
        case whole
        case part(Range<UInt64>)
        case impossible
    }

    static func parse(_ text: String, size: UInt64) -> Wish {
        guard text.hasPrefix("bytes="), !text.contains(",") else { return .whole }
        let halves = text.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        // Swift reads a sign before a number.
        guard halves.count == 2, halves.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return .whole
        }
        if halves[0].isEmpty {
            guard let count = UInt64(halves[1]) else { return .whole }
            return count == 0 || size == 0 ? .impossible : .part((size - min(count, size))..<size)
        }
        guard let first = UInt64(halves[0]) else { return .whole }
        if first >= size { return .impossible }
        if halves[1].isEmpty { return .part(first..<size) }
        guard let last = UInt64(halves[1]), last >= first else { return .whole }
        return .part(first..<(min(last, size - 1) + 1))
    }
}
