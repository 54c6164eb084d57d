import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import Web

@Suite("连接") struct ConnectionHandlerTests {
    private func withChannel(_ body: (EmbeddedChannel) throws -> Void) throws {
        let channel = EmbeddedChannel(handler: ConnectionHandler(ConnectionLimits(bodySeconds: 30)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let head = HTTPRequest(
            method: .patch, scheme: "http", authority: "localhost", path: "/uploads/1",
            headerFields: [.contentLength: "4000000"])
        try channel.writeInbound(ConnectionHandler.InboundIn.head(head))
        try body(channel)
        _ = try? channel.finish(acceptAlreadyClosed: true)  // closed already in most
    }

    private func send(_ count: Int, to channel: EmbeddedChannel) throws {
        try channel.writeInbound(ConnectionHandler.InboundIn.body(ByteBuffer(repeating: 7, count: count)))
    }

    @Test func `a client that is asked and sends nothing is left`() throws {
        try withChannel { channel in
            channel.read()
            channel.embeddedEventLoop.advanceTime(by: .seconds(29))
            #expect(channel.isActive)
            channel.embeddedEventLoop.advanceTime(by: .seconds(2))
            #expect(!channel.isActive)
        }
    }

    @Test func `a client that is not asked is not slow`() throws {
        try withChannel { channel in
            // The server makes a hash anew and reads nothing meanwhile.
            channel.embeddedEventLoop.advanceTime(by: .seconds(100))
            #expect(channel.isActive)
            channel.read()
            try send(20_000, to: channel)
            channel.read()
            channel.embeddedEventLoop.advanceTime(by: .seconds(20))
            #expect(channel.isActive)
            // From here on it is asked, and silent.
            channel.embeddedEventLoop.advanceTime(by: .seconds(60))
            #expect(!channel.isActive)
        }
    }

    @Test func `buffers begin small and grow with what comes`() throws {
        try withChannel { channel in
            var allocator = try #require(try channel.syncOptions?.getOption(.recvAllocator))
            #expect(allocator.nextBufferSize() == 2048)
            for _ in 0..<20 { _ = allocator.record(actualReadBytes: allocator.nextBufferSize() ?? 0) }
            #expect(allocator.nextBufferSize() == ConnectionHandler.largestPiece)
            for _ in 0..<40 { _ = allocator.record(actualReadBytes: 100) }
            #expect(try #require(allocator.nextBufferSize()) <= 2048)
        }
    }
}
