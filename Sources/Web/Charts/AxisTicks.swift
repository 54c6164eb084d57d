import Kernel

#if canImport(Glibc)
    import Glibc
#endif

/// Where an axis carries its labels. The first and last value are the ends of the axis.
enum AxisTicks {
    /// Multiples of 1, 2 or 5 times a power of ten that enclose both values, about `count` steps.
    static func round(from low: Double, to high: Double, count: Int = 5) -> [Double] {
        guard low.isFinite, high.isFinite else { return [0, 1] }
        let high = high > low ? high : low + 1
        let rough = (high - low) / Double(count)
        let power = floor(log10(rough))
        let fraction = rough / pow(10, power)
        let multiple: Double = [1, 2, 5].first { fraction <= $0 + 1e-9 } ?? 10
        let step = multiple * pow(10, power)
        let first = floor(low / step + 1e-9), last = ceil(high / step - 1e-9)
        return stride(from: first, through: last, by: 1).map { index in
            // Dividing by a whole power keeps 0.3 exact where multiplying by 0.1 would not.
            power < 0 ? index * multiple / pow(10, -power) : index * multiple * pow(10, power)
        }
    }

    /// 1, 2 and 5 times the powers of ten that enclose both positive values; over eight of them only the ends and the
    /// powers of ten stay.
    static func logarithmic(from low: Double, to high: Double) -> [Double] {
        guard low.isFinite, high.isFinite, low > 0, high >= low else { return [1, 10] }
        var ticks: [Double] = []
        for power in Int(floor(log10(low))) - 1...Int(ceil(log10(high))) + 1 {
            for multiple in [1.0, 2, 5] {
                ticks.append(power < 0 ? multiple / pow(10, Double(-power)) : multiple * pow(10, Double(power)))
            }
        }
        let first = ticks.lastIndex { $0 <= low * (1 + 1e-9) } ?? 0
        let last = ticks.firstIndex { $0 >= high * (1 - 1e-9) } ?? ticks.count - 1
        let chosen = Array(ticks[first...max(last, first + 1)])
        guard chosen.count > 8 else { return chosen }
        return chosen.indices.filter { index in
            index == 0 || index == chosen.count - 1 || (index + first).isMultiple(of: 3)
        }.map { chosen[$0] }
    }

    /// First days of months between two days, at most `limit`, spaced by a round number of months.
    static func months(from start: LocalDate, to end: LocalDate, limit: Int = 8) -> [LocalDate] {
        let first = start.year * 12 + start.month - 1 + (start.day > 1 ? 1 : 0)
        let last = end.year * 12 + end.month - 1
        for step in [1, 2, 3, 6, 12, 24, 60, 120] {
            let aligned = (first + step - 1) / step * step
            let months = Array(stride(from: aligned, through: last, by: step))
            guard months.count <= limit else { continue }
            return months.compactMap { LocalDate(year: $0 / 12, month: $0 % 12 + 1, day: 1) }
        }
        return []
    }
}

/// Puts values on a line of the picture, evenly or by their logarithm.
struct ChartScale {
    private let low: Double
    private let high: Double
    private let start: Double
    private let end: Double
    private let isLogarithmic: Bool

    init(ticks: [Double], from start: Double, to end: Double, isLogarithmic: Bool = false) {
        low = isLogarithmic ? log10(ticks.first ?? 1) : ticks.first ?? 0
        high = isLogarithmic ? log10(ticks.last ?? 10) : ticks.last ?? 1
        (self.start, self.end, self.isLogarithmic) = (start, end, isLogarithmic)
    }

    /// Values beyond the axis stop at its ends.
    func callAsFunction(_ value: Double) -> Double {
        let place = isLogarithmic ? log10(value) : value
        guard high > low else { return start }
        let share = (place - low) / (high - low)
        return start + (end - start) * min(1, max(0, share))
    }
}
