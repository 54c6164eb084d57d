import Contracts
import Database
import Identity
import Kernel
import Platform
import Web

/// 国家数字教育资源公共服务体系: both roles of its gateway, as the other features of the module see it.
struct NationalGateway: Sendable {
    private let service: GatewayService
    private let arrivals: ArrivalService
    private let reports: UsageReport
    private let counterparts: CounterpartService

    init(
        database: Database, identity: IdentityModule, crypto: any CryptoProvider, address: SiteAddress,
        outbound: any OutboundHTTP, flavours: GatewayFlavours, now: @escaping @Sendable () -> Timestamp
    ) {
        let meter = RequestMeter()
        let client = GatewayClient(outbound: outbound, tokens: TokenCache(), now: now)
        service = GatewayService(
            database: database, crypto: crypto, sessions: identity.sessions, address: address, meter: meter, now: now)
        arrivals = ArrivalService(
            database: database, crypto: crypto, client: client, flavours: flavours, door: identity.door, meter: meter,
            now: now)
        reports = UsageReport(database: database, crypto: crypto, client: client, flavours: flavours)
        counterparts = CounterpartService(database: database, crypto: crypto, flavours: flavours, now: now)
    }

    func add(to routes: inout Routes) {
        GatewayInterface(service: service).add(to: &routes)
        GatewayDoors(service: service).add(to: &routes)
        ArrivalRoutes(service: arrivals, address: service.address, now: service.now).add(to: &routes)
        CounterpartRoutes(service: counterparts, address: service.address).add(to: &routes)
    }

    var job: JobHandler { reports.handler }

    var receiver: EventReceiver {
        EventReceiver(SessionEnded.self) { event in
            try await service.database.write { try GatewayStore($0).end(lineage: event.lineage) }
        }
    }

    /// What a suspended application loses.
    static let end = ApplicationEnd { application, _, db in try GatewayStore(db).end(application: application) }
}
