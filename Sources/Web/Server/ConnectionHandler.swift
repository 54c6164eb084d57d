import HTTPTypes
import HummingbirdCore
import NIOCore

/// What one connection is held to beyond its idle timeout: `Expect: 100-continue` is answered, a body that trickles is
/// cut off, and an answer with `Connection: close` really is the last.
package final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPConnectionStateHandler.InboundIn
    package typealias InboundOut = HTTPConnectionStateHandler.InboundIn
    package typealias OutboundIn = HTTPConnectionStateHandler.OutboundIn
    package typealias OutboundOut = HTTPConnectionStateHandler.OutboundIn

    /// How often the speed of a body is looked at, and the bytes it must have brought in that time.
    private let pace: (interval: TimeAmount, bytes: Int)
    private var isReading = false
    private var isLast = false
    private var received = 0
    private var check: Scheduled<Void>?
    /// Long enough for the client to read the answer before what it still sends is refused.
    private static let lingering = TimeAmount.seconds(2)

    package init(interval: TimeAmount = .seconds(60), bytes: Int = 30 << 10) { pace = (interval, bytes) }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isReading = true
            received = 0
            if head.headerFields[.expect]?.lowercased() == "100-continue" { welcome(head, context) }
        case .body(let buffer):
            received += buffer.readableBytes
            if check == nil { watch(context) }
        case .end:
            isReading = false
            stopWatching()
            if isLast { context.close(promise: nil) }
        }
        context.fireChannelRead(data)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isLast = head.headerFields[.connection] == "close"
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            context.writeAndFlush(data, promise: promise)
            if isLast { finish(context) }
        }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        stopWatching()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) { stopWatching() }

    /// A body that is too large for every route is not asked for; its answer will be 413.
    private func welcome(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
        let length = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
        guard length <= Route.largestBody else { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    private func watch(_ context: ChannelHandlerContext) {
        let before = received
        check = context.eventLoop.assumeIsolated().scheduleTask(in: pace.interval) { [weak self] in
            guard let self, self.isReading else { return }
            if self.received - before < self.pace.bytes { return context.close(promise: nil) }
            self.watch(context)
        }
    }

    private func stopWatching() {
        check?.cancel()
        check = nil
    }

    private func finish(_ context: ChannelHandlerContext) {
        guard isReading else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        _ = context.eventLoop.assumeIsolated().scheduleTask(in: ConnectionHandler.lingering) {
            context.close(promise: nil)
        }
    }
}
