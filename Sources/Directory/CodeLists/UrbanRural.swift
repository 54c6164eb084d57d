/// What is urban (城镇) and what is rural (农村), told from the 所在地城乡类型 code.
package enum UrbanRural {
    /// The plan says 城镇 and 农村 without defining them; both readings are in use.
    package enum Reading: String, Sendable, Hashable, CaseIterable {
        /// 代码口径: 城区 (11x) and 镇区 (12x) are urban, as in the statistics. A central school in the middle of a
        /// town is urban.
        case code
        /// 习惯口径: only 城区 (11x) is urban; everything from the town downwards is rural, as people say.
        case customary

        /// The word on the page.
        package var title: String { self == .code ? "代码口径" : "习惯口径" }
    }

    /// - Returns: `nil` for no code, a code that is not in the list, and a group too coarse to tell in this reading.
    package static func area(code: String?, reading: Reading = .code) -> Area? {
        guard let code, CodeLists.urbanRural[code] != nil else { return nil }
        if code.hasPrefix("2") { return .rural }
        if reading == .code { return .urban }
        if code.hasPrefix("11") { return .urban }
        return code.hasPrefix("12") ? .rural : nil
    }
}
