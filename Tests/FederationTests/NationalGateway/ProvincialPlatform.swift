import Foundation
import Kernel
import Platform
import Synchronization

@testable import Federation

/// A platform of no flavour that is shipped: other paths, names, case of the signature and envelope. It takes a file.
final class ProvincialPlatform: OutboundHTTP {
    static let flavour = """
        {
          "name": "jx", "title": "某省接口", "ticketNames": ["st"], "systemNames": ["region"],
          "signature": { "isUpperCase": false, "isInSeconds": true },
          "codes": { "names": ["code"], "done": ["0"], "wrong": ["9"], "notRealName": ["7"], "certificate": ["url"] },
          "steps": [
            { "kind": "token", "method": "POST", "path": "/open/token",
              "body": { "client": "{appId}", "time": "{timeStamp}", "sign": "{keyInfo}", "extra": "{unknown}" },
              "take": { "token": ["result.tk"], "validTime": ["result.expire"] }, "needs": ["token"] },
            { "kind": "ticket", "method": "GET", "path": "/open/who?st={ticket}&tk={token}",
              "take": { "personId": ["result.id"], "name": ["result.xm"] }, "needs": ["personId", "name"] }
          ]
        }
        """

    private let answer = Mutex<@Sendable (OutboundRequest) throws -> String>({ _ in "" })
    private let requests = Mutex<[OutboundRequest]>([])
    var sent: [OutboundRequest] { requests.withLock { $0 } }

    func answer(_ body: @escaping @Sendable (OutboundRequest) throws -> String) { answer.withLock { $0 = body } }

    func send(_ request: OutboundRequest) async throws -> OutboundResponse {
        requests.withLock { $0.append(request) }
        let answer = answer.withLock { $0 }
        return OutboundResponse(status: 200, body: Array(try answer(request).utf8))
    }
}
