import Synchronization

/// Counts and times of requests, by route pattern; told in the Prometheus text format.
package final class WebMetrics: Sendable {
    private struct Key: Hashable { let pattern: String, method: String, status: Int }
    private struct Times { var buckets = [Int](repeating: 0, count: 10), sum = 0.0, count = 0 }
    private struct State { var counts: [Key: Int] = [:], times: [String: Times] = [:] }
    private let state = Mutex(State())
    /// Upper bounds in seconds.
    private static let bounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0]

    package init() {}

    func record(pattern: String, method: String, status: Int, elapsed: Duration) {
        let seconds = elapsed.milliseconds / 1000
        // Methods come from outside; only known ones become labels.
        let method = RouteMethod(rawValue: method) != nil ? method : "OTHER"
        state.withLock { state in
            state.counts[Key(pattern: pattern, method: method, status: status), default: 0] += 1
            var times = state.times[pattern] ?? Times()
            times.buckets[WebMetrics.bounds.firstIndex { seconds <= $0 } ?? 9] += 1
            times.sum += seconds
            times.count += 1
            state.times[pattern] = times
        }
    }

    package var text: String {
        let state = state.withLock { $0 }
        var lines = [
            "# HELP santong_http_requests_total Requests answered.", "# TYPE santong_http_requests_total counter",
        ]
        for (key, count) in state.counts.sorted(by: {
            ($0.key.pattern, $0.key.status) < ($1.key.pattern, $1.key.status)
        }) {
            lines.append(
                #"santong_http_requests_total{route="\#(key.pattern)",method="\#(key.method)",status="\#(key.status)"} \#(count)"#
            )
        }
        lines.append("# HELP santong_http_request_duration_seconds Time from the head of the request to its answer.")
        lines.append("# TYPE santong_http_request_duration_seconds histogram")
        for (pattern, times) in state.times.sorted(by: { $0.key < $1.key }) {
            var running = 0
            for (bound, count) in zip(WebMetrics.bounds, times.buckets) {
                running += count
                lines.append(
                    #"santong_http_request_duration_seconds_bucket{route="\#(pattern)",le="\#(bound)"} \#(running)"#)
            }
            lines.append(
                #"santong_http_request_duration_seconds_bucket{route="\#(pattern)",le="+Inf"} \#(times.count)"#)
            lines.append(#"santong_http_request_duration_seconds_sum{route="\#(pattern)"} \#(times.sum)"#)
            lines.append(#"santong_http_request_duration_seconds_count{route="\#(pattern)"} \#(times.count)"#)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
