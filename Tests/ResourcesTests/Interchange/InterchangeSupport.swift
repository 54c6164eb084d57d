import Database
import Directory
import Foundation
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

@testable import Resources

/// A clock that tests turn.
final class TurnedClock: Sendable {
    private let moment: Mutex<Timestamp>
    init(_ start: Timestamp = .now) { moment = Mutex(start) }
    var now: Timestamp { moment.withLock { $0 } }
    func advance(_ seconds: Int64) { moment.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// Other platforms: answers as the test says and keeps what it was asked.
final class OtherPlatform: OutboundHTTP {
    typealias Answer = @Sendable (OutboundRequest) throws -> OutboundResponse
    private let state: Mutex<(asked: [String], answer: Answer)>

    init(_ answer: @escaping Answer) { state = Mutex(([], answer)) }

    var asked: [String] { state.withLock { $0.asked } }
    func answer(_ answer: @escaping Answer) { state.withLock { $0.answer = answer } }

    func send(_ request: OutboundRequest) async throws -> OutboundResponse {
        let answer = state.withLock { state in
            state.asked.append("\(request.method.rawValue) \(request.url)")
            return state.answer
        }
        return try answer(request)
    }
}

/// Answers of a source, written as sources do.
enum OAIText {
    static func answer(_ body: String, date: String = "2026-11-30T08:00:00Z") -> [UInt8] {
        Array(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>\(date)</responseDate>
            <request>https://lib.example/oai</request>\(body)</OAI-PMH>
            """.utf8)
    }

    static let identify = answer(
        """
        <Identify><repositoryName>馆</repositoryName><granularity>YYYY-MM-DDThh:mm:ssZ</granularity>
        <deletedRecord>persistent</deletedRecord></Identify>
        """)

    static func record(_ id: String, _ title: String, more: String = "") -> String {
        """
        <record><header><identifier>\(id)</identifier><datestamp>2026-11-01T00:00:00Z</datestamp></header>
        <metadata><oai_dc:dc xmlns:oai_dc="x" xmlns:dc="y"><dc:title>\(title)</dc:title>
        <dc:identifier>https://lib.example/items/\(id)</dc:identifier><dc:publisher>示例数字图书馆</dc:publisher>
        <dc:subject>潮汐</dc:subject>\(more)</oai_dc:dc></metadata></record>
        """
    }

    static func deleted(_ id: String) -> String {
        """
        <record><header status="deleted"><identifier>\(id)</identifier><datestamp>2026-11-01T00:00:00Z</datestamp>
        </header></record>
        """
    }

    static func list(_ records: String, token: String? = nil) -> [UInt8] {
        let end = token.map { "<resumptionToken>\($0)</resumptionToken>" } ?? ""
        return answer("<ListRecords>\(records)\(end)</ListRecords>")
    }

    static func error(_ code: String) -> [UInt8] { answer("<error code=\"\(code)\">no</error>") }
}
