#if canImport(Glibc)
    import Glibc
#endif

/// A moment, as UTC milliseconds since 1970. Stored as it is; shown in Asia/Shanghai, which has had no summer time since 1991.
package struct Timestamp: Hashable, Sendable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static var now: Timestamp {
        var spec = timespec()
        clock_gettime(CLOCK_REALTIME, &spec)
        return Timestamp(milliseconds: Int64(spec.tv_sec) * 1000 + Int64(spec.tv_nsec) / 1_000_000)
    }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
    package func adding(seconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds + seconds * 1000) }
    package func adding(days: Int64) -> Timestamp { adding(seconds: days * 86_400) }

    /// Seconds of China Standard Time ahead of UTC.
    private static let shanghaiOffset: Int64 = 8 * 3600

    /// The calendar day in Asia/Shanghai.
    package var day: LocalDate {
        LocalDate(daysSince1970: Int(floorDivide(milliseconds / 1000 + Timestamp.shanghaiOffset, 86_400)))
    }

    /// The first moment of the day in Asia/Shanghai.
    package init(startOf day: LocalDate) {
        milliseconds = (Int64(day.daysSince1970) * 86_400 - Timestamp.shanghaiOffset) * 1000
    }

    /// `2026-11-23 14:30`, Asia/Shanghai.
    package var text: String {
        let second = floorModulo(milliseconds / 1000 + Timestamp.shanghaiOffset, 86_400)
        return "\(day.iso) \(twoDigits(Int(second / 3600))):\(twoDigits(Int(second / 60 % 60)))"
    }

    /// RFC 3339 in UTC, for machines: `2026-11-23T06:30:00.123Z`.
    package var rfc3339: String {
        let seconds = floorDivide(milliseconds, 1000), second = floorModulo(seconds, 86_400)
        let date = LocalDate(daysSince1970: Int(floorDivide(seconds, 86_400)))
        let fraction = String(floorModulo(milliseconds, 1000) + 1000).dropFirst()
        let clock = [second / 3600, second / 60 % 60, second % 60].map { twoDigits(Int($0)) }.joined(separator: ":")
        return "\(date.iso)T\(clock).\(fraction)Z"
    }
}

func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : -((-a + b - 1) / b) }
func floorModulo(_ a: Int64, _ b: Int64) -> Int64 { a - floorDivide(a, b) * b }
func twoDigits(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
