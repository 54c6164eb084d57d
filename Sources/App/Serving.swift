import Hummingbird
import Kernel
import Logging
import NIOCore
import Platform
import ServiceLifecycle
import Web

extension CityPlatform {
    /// Serves until SIGTERM or SIGINT, then lets running requests end. Tells the address it listens on.
    package func serve(listening: @escaping @Sendable (_ address: String) -> Void) async throws {
        try clearUploads()
        try await verifyKeys()
        let host = configuration.host
        let limits = ConnectionLimits(
            headSeconds: configuration.headSeconds, bodySeconds: configuration.bodySeconds)
        let application = Application(
            responder: pipeline,
            server: .http1(
                configuration: .init(additionalChannelHandlers: [ConnectionHandler(limits)], idleTimeout: .seconds(75))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: configuration.port), serverName: nil, backlog: 1024),
            services: configuration.runsJobs ? [BackgroundWork(platform: self)] : [],
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                if configuration.publicURL == nil { address.listening(on: "http://\(host):\(port)") }
                listening("http://\(host):\(port)")
            },
            logger: logger)
        try await application.runService(gracefulShutdownSignals: [.sigterm, .sigint])
        await close()
    }

    /// Runs only the work beside the requests, for a separate process.
    package func work() async throws {
        try await verifyKeys()
        let group = ServiceGroup(
            configuration: .init(
                services: [BackgroundWork(platform: self)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        await close()
    }

    package func close() async {
        await hasher.shutdown()
        (outbound as? OutboundClient)?.close()
        database.close()
    }
}
