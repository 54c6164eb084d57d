import Foundation
import Hummingbird
import Kernel
import NIOCore

/// Why a body was not taken.
enum BodyError: Error {
    case tooLarge(limit: Int)
    case wrongType
    case malformed
}

/// A body after reading: form values, files on disk, or raw bytes.
struct RequestBodyContent: Sendable {
    var form = FormValues()
    var files: [UploadedFile] = []
    var bytes: [UInt8] = []

    func removeFiles() {
        // A handler that kept a file has copied it; one already gone is fine.
        for file in files { try? FileManager.default.removeItem(atPath: file.path) }
    }
}

extension Exchange {
    static let formLimit = 1 << 20
    static let jsonLimit = 4 << 20

    func readBody(_ request: Request, _ route: Route, _ services: WebServices) async throws -> RequestBodyContent {
        var content = RequestBodyContent()
        let type = (headers["content-type"] ?? "").lowercased()
        switch route.body {
        case .none, .stream: return content
        case .json:
            guard type.hasPrefix("application/json") else { throw BodyError.wrongType }
            content.bytes = try await collect(request, limit: Exchange.jsonLimit)
        case .form:
            guard type.hasPrefix("application/x-www-form-urlencoded") else { throw BodyError.wrongType }
            guard let form = URLCoding.parse(try await collect(request, limit: Exchange.formLimit)) else {
                throw BodyError.malformed
            }
            content.form = form
        case .machine:
            let bytes = try await collect(request, limit: route.machineLimit)
            // A form that cannot be read is left to the handler too: its protocol has an answer of its own for that.
            if type.hasPrefix("application/x-www-form-urlencoded"), let form = URLCoding.parse(bytes) {
                content.form = form
            } else {
                content.bytes = bytes
            }
        case .upload(let limit):
            try checkLength(limit)
            guard let boundary = MultipartReader.boundary(of: headers["content-type"] ?? "") else {
                throw BodyError.wrongType
            }
            let reader = MultipartReader(boundary: boundary, folder: services.uploadFolder, limit: limit)
            do {
                var pieces = request.body.makeAsyncIterator()
                while let buffer = try await Exchange.next(&pieces) { try reader.take(buffer.readableBytesView) }
                return try reader.finish()
            } catch {
                reader.abandon()
                throw error
            }
        }
        return content
    }

    /// A client that leaves in the middle is no fault of the server.
    private static func next(_ pieces: inout RequestBody.AsyncIterator) async throws -> ByteBuffer? {
        do { return try await pieces.next() } catch { throw BodyError.malformed }
    }

    private func checkLength(_ limit: Int) throws {
        if let length = headers["content-length"].flatMap(Int.init), length > limit {
            throw BodyError.tooLarge(limit: limit)
        }
    }

    private func collect(_ request: Request, limit: Int) async throws -> [UInt8] {
        try checkLength(limit)
        var bytes: [UInt8] = []
        var pieces = request.body.makeAsyncIterator()
        while let buffer = try await Exchange.next(&pieces) {
            bytes.append(contentsOf: buffer.readableBytesView)
            if bytes.count > limit { throw BodyError.tooLarge(limit: limit) }
        }
        return bytes
    }
}
