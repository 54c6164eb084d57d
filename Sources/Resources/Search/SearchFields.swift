import Kernel

/// What a resource is found by, field by field, as people read it.
struct SearchFields: Sendable, Equatable {
    enum Name: Int, CaseIterable, Sendable {
        case title, lesson, teacher, tag, school, word

        /// How much a word in it says about what the resource is.
        var weight: Double {
            switch self {
            case .title: 1
            case .lesson: 0.92
            case .teacher: 0.85
            case .tag: 0.75
            case .school: 0.65
            case .word: 0.55
            }
        }

        /// Chinese, for telling what matched.
        var label: String {
            switch self {
            case .title: "标题"
            case .lesson: "教材的课"
            case .teacher: "教师"
            case .tag: "标签"
            case .school: "学校"
            case .word: "类别"
            }
        }
    }

    /// By the raw value of the name.
    private var values: [[String]]

    init() { values = Array(repeating: [], count: Name.allCases.count) }

    subscript(name: Name) -> [String] {
        get { values[name.rawValue] }
        set { values[name.rawValue] = newValue }
    }

    /// As the index keeps it: a line a field, its values parted by tabs.
    var text: String {
        values.map { $0.map(SearchFields.plain).joined(separator: "\t") }.joined(separator: "\n")
    }

    init(text: String) {
        self.init()
        // By bytes: to look for the ends of characters takes longer than all else that is done with an answer.
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.prefix(values.count).enumerated() {
            values[index] = line.split(separator: UInt8(ascii: "\t")).map { String(Substring($0)) }
        }
    }

    private static func plain(_ text: String) -> String {
        text.contains { $0 == "\t" || $0.isNewline } ? String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 }) : text
    }
}

/// A published resource as the index has it.
struct SearchEntry: Sendable, Equatable {
    let item: ID<Item>
    var fields = SearchFields()
    /// Summary, and the text of its files as far as it is known.
    var body: [String] = []
    /// The terms by which facets and visibility are asked.
    var marks: Set<String> = []
    var merit = SearchMerit()
}

/// What puts one resource before another that fits as well: how far it was chosen and how much it is used.
struct SearchMerit: Sendable, Equatable {
    /// 0 for the school's own, 1 for the county, 2 for the city or the public.
    var level = 0
    /// Times it was adapted or opened in class.
    var uses = 0

    /// 0 to 8; a use more counts less the more there are.
    var points: Int {
        var points = level * 2, left = uses
        while left > 0, points < 8 {
            points += 1
            left /= 3
        }
        return min(points, 8)
    }

    /// Which part of the index it stands in, 0 being looked at first.
    var band: Int {
        switch points {
        case 6...: 0
        case 3...: 1
        case 1...: 2
        default: 3
        }
    }

    static let bands = 4
}
