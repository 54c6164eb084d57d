import Kernel
import Platform

/// Speaks SCIM to a receiver.
struct ReceiverClient: Sendable {
    let baseURL: String
    let token: String
    let outbound: any OutboundHTTP
    static let timeout = 15

    /// What a try came to.
    enum Trouble: Error, Equatable {
        /// Another try may do better, after so many seconds when the other side says so.
        case passing(String, after: Int64?)
        /// The token is not taken: nothing more is tried for now.
        case closed(String)
        /// This person is not taken.
        case refused(String)
        /// She is not there.
        case gone
        /// Somebody is there by this name already.
        case taken
    }

    func create(_ body: JSONValue) async throws -> String {
        guard let id = try await send(.post, "/Users", body)["id"]?.text, !id.isEmpty else {
            throw Trouble.refused("应答里没有 id")
        }
        return id
    }

    func patch(_ id: String, _ body: JSONValue) async throws {
        _ = try await send(.patch, "/Users/" + ReceiverClient.segment(id), body)
    }

    /// The id of whoever was entered with the key; after a try of which nobody knows how it ended.
    func find(externalID: String, userName: String) async throws -> String? {
        for (name, value) in [("externalId", externalID), ("userName", userName)] {
            let filter = "\(name) eq \"\(value.replacing("\\", with: "").replacing("\"", with: ""))\""
            let found = try await send(.get, "/Users?count=2&filter=" + ReceiverClient.segment(filter), nil)
            let matches = (found["Resources"]?.list ?? []).filter { $0[name]?.text?.lowercased() == value.lowercased() }
            if matches.count == 1, let id = matches[0]["id"]?.text { return id }
        }
        return nil
    }

    /// One slice of everybody there.
    func page(start: Int, count: Int) async throws -> (users: [JSONValue], total: Int) {
        let answer = try await send(.get, "/Users?startIndex=\(start)&count=\(count)", nil)
        return (answer["Resources"]?.list ?? [], Int(answer["totalResults"]?.integer ?? 0))
    }

    private func send(_ method: OutboundRequest.Method, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
        var headers = [("Authorization", "Bearer " + token), ("Accept", "application/scim+json")]
        if body != nil { headers.append(("Content-Type", "application/scim+json")) }
        let request = OutboundRequest(
            method: method, url: baseURL + path, headers: headers, body: body?.bytes ?? [],
            timeout: ReceiverClient.timeout, byteLimit: 8 << 20)
        let answer: OutboundResponse
        do { answer = try await outbound.send(request) } catch let error as OutboundError {
            throw Trouble.passing(error.description, after: nil)
        }
        switch answer.status {
        case 200..<300:
            guard !answer.body.isEmpty else { return .null }
            do { return try JSONReader.read(answer.body) } catch { throw Trouble.passing("应答不是 JSON", after: nil) }
        case 401, 403: throw Trouble.closed("对方不接受令牌（应答 \(answer.status)）")
        case 404: throw Trouble.gone
        case 409: throw Trouble.taken
        case 408, 425, 429, 500...:
            throw Trouble.passing("应答 \(answer.status)", after: answer.header("retry-after").flatMap { Int64($0) })
        default: throw Trouble.refused("应答 \(answer.status)")
        }
    }

    private static func segment(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { out, byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                out.append("%")
                out.append(hex[Int(byte >> 4)])
                out.append(hex[Int(byte & 15)])
            }
        }
    }
}
