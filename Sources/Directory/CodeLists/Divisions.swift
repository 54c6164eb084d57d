import Platform

/// The administrative divisions of the city: 6-digit codes to the county, 9-digit codes for the towns.
package enum Divisions {
    /// 防城港市
    package static let city = "450600"
    /// 市直: GB/T 2260's pseudo division 市辖区, used here as the unit that manages the schools run by the city.
    package static let municipal = "450601"

    /// The four counties (县、市、区), without 市直.
    package static let counties: [Code] = CodeLists.divisions.children(of: city).filter { $0.code != municipal }

    /// The five management units: 市直 and the counties.
    package static let managementUnits: [Code] = CodeLists.divisions.children(of: city)

    /// The towns (乡镇、街道) of a county, by code; empty for 市直 and for codes that are no county.
    package static func towns(in county: String) -> [Code] { townsByCounty[county] ?? [] }

    /// The county or 市直 that a name or code means: 上思县, 上思, 450621, 防城港市上思县.
    package static func managementUnit(named text: String) -> Code? {
        let list = CodeLists.divisions
        let key = withoutPrefix(ChineseText.matchingKey(text), of: list[city])
        if let found = list.code(matching: key), found.parent == city { return found }
        let short = managementUnits.filter { shortForms(of: $0.name, suffixes: ["县", "市", "区"]).contains(key) }
        return short.count == 1 ? short.first : nil
    }

    /// The town of a county that a name or code means. Accepts old names, 办事处 behind 街道, the names of city and
    /// county in front, and a name without its 镇, 乡 or 街道 as long as one town alone can be meant.
    /// - Parameter county: 6-digit code of the county.
    package static func town(named text: String, in county: String) -> Code? {
        let list = CodeLists.divisions
        var key = ChineseText.matchingKey(text)
        if key.hasSuffix("办事处"), key.count > 3 { key = String(key.dropLast(3)) }
        let inner = withoutPrefix(withoutPrefix(key, of: list[city]), of: list[county])
        for candidate in [key, inner] {
            if let found = list.code(matching: candidate), found.parent == county { return found }
            let short = towns(in: county).filter { shortForms(of: $0.name, suffixes: townSuffixes).contains(candidate) }
            if short.count == 1 { return short.first }
        }
        return nil
    }

    private static let townSuffixes = ["街道", "镇", "乡", "经济作物场"]

    private static let townsByCounty: [String: [Code]] = Dictionary(
        grouping: CodeLists.divisions.codes.filter { $0.code.utf8.count == 9 }, by: { $0.parent ?? "" })

    /// 十万山瑶族乡 may be called 十万山瑶族, 十万山 and 十万山乡.
    private static func shortForms(of name: String, suffixes: [String]) -> [String] {
        guard let suffix = suffixes.first(where: name.hasSuffix) else { return [] }
        let stem = String(name.dropLast(suffix.count))
        guard stem.hasSuffix("瑶族") else { return [stem] }
        let place = String(stem.dropLast(2))
        return [stem, place, place + suffix]
    }

    /// Takes the name of a division off the front, unless nothing would be left.
    private static func withoutPrefix(_ key: String, of division: Code?) -> String {
        guard let division, key.hasPrefix(division.name), key != division.name else { return key }
        return String(key.dropFirst(division.name.count))
    }
}
