import HTTPTypes
import HummingbirdCore
import NIOCore

/// How slow a client may be.
package struct ConnectionLimits: Sendable {
    /// From the first byte of a request to the end of its head.
    let head: TimeAmount
    /// How often the speed of a body is looked at, and the bytes it must have brought in that time.
    let interval: TimeAmount
    let bytes: Int

    /// The slowest line that is still served, in bytes a second.
    private static let pace = 512

    /// - Parameters:
    ///   - headSeconds: for a whole head, from its first byte.
    ///   - bodySeconds: how long a body may stand still or be slower than 512 bytes a second.
    package init(headSeconds: Int = 15, bodySeconds: Int = 30) {
        head = .seconds(Int64(headSeconds))
        interval = .seconds(Int64(bodySeconds))
        bytes = ConnectionLimits.pace * bodySeconds
    }
}

/// What one connection is held to beyond its idle timeout: a head must be complete in time, a body must keep a pace,
/// `Expect: 100-continue` is answered, and an answer with `Connection: close` really is the last.
package final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPConnectionStateHandler.InboundIn
    package typealias InboundOut = HTTPConnectionStateHandler.InboundIn
    package typealias OutboundIn = HTTPConnectionStateHandler.OutboundIn
    package typealias OutboundOut = HTTPConnectionStateHandler.OutboundIn

    private let limits: ConnectionLimits
    /// A request is on its way in, and its answer on its way out.
    private var isReading = false, isAnswering = false
    private var isLast = false
    private var received = 0
    /// Since when the server asks for nothing, busy with what it has; `nil` while it waits for the client.
    private var busySince: NIODeadline?
    /// How long it was so since the speed was looked at last.
    private var busy = TimeAmount.nanoseconds(0)
    private var check: Scheduled<Void>?
    private var headDeadline: Scheduled<Void>?
    /// Long enough for the client to read the answer before what it still sends is refused.
    private static let lingering = TimeAmount.seconds(2)

    package init(_ limits: ConnectionLimits = ConnectionLimits()) { self.limits = limits }

    /// Bytes that one look at the socket takes at most: as each piece costs its way to the handler, a large body comes in
    /// large ones. Whoever sends little, or slowly, never has a buffer of that size.
    static let largestPiece = 256 << 10
    private static let firstPiece = 2 << 10

    package func handlerAdded(context: ChannelHandlerContext) {
        let allocator = AdaptiveRecvByteBufferAllocator(
            minimum: 64, initial: ConnectionHandler.firstPiece, maximum: ConnectionHandler.largestPiece)
        // A channel that closes already needs none.
        try? context.channel.syncOptions?.setOption(.recvAllocator, value: allocator)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            (isReading, isAnswering) = (true, true)
            received = 0
            stopWaiting()
            if ConnectionHandler.hasBody(head) { watch(context) }
            if head.headerFields[.expect]?.lowercased() == "100-continue" { welcome(head, context) }
        case .body(let buffer):
            received += buffer.readableBytes
        case .end:
            isReading = false
            stopWatching()
            if isLast { context.close(promise: nil) }
        }
        context.fireChannelRead(data)
    }

    /// Bytes came, and no head is complete: the clock of the next one runs.
    package func channelReadComplete(context: ChannelHandlerContext) {
        if !isReading, !isAnswering, headDeadline == nil {
            headDeadline = context.eventLoop.assumeIsolated().scheduleTask(in: limits.head) {
                context.close(promise: nil)
            }
        }
        if busySince == nil { busySince = context.eventLoop.now }
        context.fireChannelReadComplete()
    }

    /// The server asks for more.
    package func read(context: ChannelHandlerContext) {
        settleBusy(context)
        busySince = nil
        context.read()
    }

    private func settleBusy(_ context: ChannelHandlerContext) {
        guard let since = busySince else { return }
        busy = busy + (context.eventLoop.now - since)
        busySince = context.eventLoop.now
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isLast = head.headerFields[.connection] == "close"
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            isAnswering = false
            context.writeAndFlush(data, promise: promise)
            if isLast { finish(context) }
        }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        stopWatching()
        stopWaiting()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        stopWatching()
        stopWaiting()
    }

    private static func hasBody(_ head: HTTPRequest) -> Bool {
        head.headerFields[.transferEncoding] != nil || (head.headerFields[.contentLength] ?? "0") != "0"
    }

    /// A body that is too large for every route is not asked for; its answer will be 413. Only uploads that can be
    /// resumed come by `PATCH` and may be larger.
    private func welcome(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
        let length = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
        guard length <= Route.largestBody || head.method == .patch else { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    private func watch(_ context: ChannelHandlerContext) {
        settleBusy(context)
        busy = .nanoseconds(0)
        let before = received
        check = context.eventLoop.assumeIsolated().scheduleTask(in: limits.interval) { [weak self] in
            guard let self, self.isReading else { return }
            self.settleBusy(context)
            // Whoever was not asked is not slow.
            let wasAsked = self.busy.nanoseconds * 2 < self.limits.interval.nanoseconds
            if wasAsked, self.received - before < self.limits.bytes { return context.close(promise: nil) }
            self.watch(context)
        }
    }

    private func stopWatching() {
        check?.cancel()
        check = nil
    }

    private func stopWaiting() {
        headDeadline?.cancel()
        headDeadline = nil
    }

    private func finish(_ context: ChannelHandlerContext) {
        guard isReading else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        _ = context.eventLoop.assumeIsolated().scheduleTask(in: ConnectionHandler.lingering) {
            context.close(promise: nil)
        }
    }
}
