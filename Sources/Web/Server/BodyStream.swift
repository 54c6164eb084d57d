import Hummingbird
import Kernel
import NIOCore
import Synchronization

/// A body on its way in, read by the handler while it arrives: what is not yet taken stays with the sender.
package final class BodyStream: Sendable {
    /// How a body ended.
    package enum End: Sendable, Equatable {
        case complete
        /// The sender left in the middle, or fell silent.
        case cut
        /// Longer than the route takes.
        case tooLarge
    }

    private let body: RequestBody
    private let limit: Int
    private let ended: Atomic<Bool>
    /// Bytes as the sender announced them, whatever the number; `nil` when it did not.
    package let announced: Int?

    init(_ body: RequestBody, limit: Int, headers: WebHeaders) {
        (self.body, self.limit) = (body, limit)
        announced = headers["content-length"].flatMap { UInt64($0) }.map { Int(clamping: $0) }
        ended = Atomic(headers["transfer-encoding"] == nil && (announced ?? 0) == 0)
    }

    /// Whether more is announced than the route takes.
    var isTooLarge: Bool { (announced ?? 0) > limit }

    /// Whether nothing more of it will come.
    var isEnded: Bool { ended.load(ordering: .relaxed) }

    /// Hands the body over piece by piece, in order. To be called once; ends early when a closure throws.
    /// - Parameters:
    ///   - take: gets the bytes, good for the time of the call.
    ///   - between: runs after each piece; the sender waits for it.
    package func read(
        _ take: (UnsafeRawBufferPointer) throws -> Void, between: () async throws -> Void = {}
    ) async throws -> End {
        if isTooLarge { return .tooLarge }
        var count = 0
        var pieces = body.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do { piece = try await pieces.next() } catch { return .cut }
            guard let piece else {
                ended.store(true, ordering: .relaxed)
                return .complete
            }
            count += piece.readableBytes
            guard count <= limit else { return .tooLarge }
            try piece.withUnsafeReadableBytes(take)
            try await between()
        }
    }
}
