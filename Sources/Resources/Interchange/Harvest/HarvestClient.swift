import Kernel
import Platform
import Web

/// Asks a source: with patience for one that is busy or fails in passing, and with limits for one that never ends.
struct HarvestClient: Sendable {
    let outbound: any OutboundHTTP
    /// Waits for so many seconds.
    let pause: @Sendable (Int) async throws -> Void

    enum Answer: Sendable {
        case body([UInt8])
        /// The source asks to come again after so many seconds, which is longer than a job waits.
        case busy(seconds: Int)
        /// Why there is no answer, in Chinese.
        case failed(String)
    }

    /// Bytes of one answer at most.
    static let byteLimit = 16 << 20
    /// Seconds for one answer.
    private static let timeout = 45
    /// Seconds before each new try.
    private static let pauses = [2, 8, 30]
    /// The longest that a job stands by for a source that names a time.
    private static let longestPause = 40
    private static let mostPauses = 6
    private static let mostRedirects = 3

    /// - Parameter waiting: called while it waits, so that the job is known to be alive.
    func get(_ base: String, _ arguments: [(String, String)], waiting: () async throws -> Void) async throws -> Answer {
        let query = arguments.map { URLCoding.encode($0.0) + "=" + URLCoding.encode($0.1) }.joined(separator: "&")
        guard var link = WebLink(base + (base.contains("?") ? "&" : "?") + query) else { return .failed("采集地址不能使用") }
        var tries = 0, waits = 0, redirects = 0
        while true {
            try await waiting()
            let reason: String
            switch await ask(link) {
            case .body(let bytes): return .body(bytes)
            case .moved(let location):
                redirects += 1
                guard redirects <= HarvestClient.mostRedirects, let next = link.following(location) else {
                    return .failed("对方一再转到别的地址")
                }
                link = next
                continue
            case .busy(let seconds):
                waits += 1
                guard seconds <= HarvestClient.longestPause, waits <= HarvestClient.mostPauses else {
                    return .busy(seconds: seconds)
                }
                try await waiting()
                try await pause(seconds)
                continue
            case .refused(let text): return .failed(text)
            case .passing(let text): reason = text
            }
            guard tries < HarvestClient.pauses.count else { return .failed(reason) }
            try await waiting()
            try await pause(HarvestClient.pauses[tries])
            tries += 1
        }
    }

    private enum Outcome {
        case body([UInt8]), moved(String), busy(Int), refused(String)
        /// May be better the next time.
        case passing(String)
    }

    private func ask(_ link: WebLink) async -> Outcome {
        let request = OutboundRequest(
            url: link.text,
            headers: [("accept", "text/xml, application/xml"), ("user-agent", "Santong OAI-PMH harvester")],
            timeout: HarvestClient.timeout, byteLimit: HarvestClient.byteLimit)
        do {
            let answer = try await outbound.send(request)
            switch answer.status {
            case 200: return .body(answer.body)
            case 301, 302, 303, 307, 308:
                return answer.header("location").map { .moved($0) } ?? .refused("对方转到别的地址，但没有说是哪里")
            case 429, 503: return .busy(HarvestClient.seconds(answer.header("retry-after")))
            case 500...599: return .passing("对方出错（HTTP \(answer.status)）")
            default: return .refused("对方拒绝了请求（HTTP \(answer.status)）")
            }
        } catch let error as OutboundError {
            switch error {
            case .timeout, .unreachable: return .passing(error.description)
            default: return .refused(error.description)
            }
        } catch { return .passing(OutboundError.unreachable.description) }
    }

    /// A number of seconds; a date, which is not read, stands for a while.
    private static func seconds(_ text: String?) -> Int {
        guard let text else { return 30 }
        return min(max(Int(HarvestText.trimmed(text)) ?? 60, 1), 24 * 3600)
    }
}
