import Directory

/// How a demo fills one management unit: which towns, how many schools of each sort, and how it goes ahead.
struct CountyPlan {
    /// GB/T 2260
    let code: String
    /// What stands before 第一小学.
    let prefix: String
    /// Towns where people call a school urban.
    let urbanTowns: [String]
    /// In the order in which central schools are founded; the later have fewer schools.
    let ruralTowns: [String]
    /// Where teaching points stand, over and over; mountain towns more often.
    let pointTowns: [String]
    /// 所在地城乡类型码 of a school in an urban town.
    let urbanArea: String
    let course: CountyCourse

    private let small: [SchoolSort: Int]
    private let city: [SchoolSort: Int]

    func count(of sort: SchoolSort, in size: DemoSize) -> Int {
        switch size {
        case .small: small[sort] ?? 0
        case .city: city[sort] ?? 0
        case .none: 0
        }
    }

    /// One more teaching point than the count says stands here until its merger.
    var hasMergedPoint: Bool { code == "450681" }

    static let all: [CountyPlan] = [municipal, gangkou, fangcheng, shangsi, dongxing]

    private static let municipal = CountyPlan(
        code: Divisions.municipal, prefix: "防城港市", urbanTowns: [], ruralTowns: [], pointTowns: [], urbanArea: "111",
        course: .municipal,
        small: [.urbanPrimary: 1, .twelveYear: 1, .senior: 1, .vocational: 1, .special: 1],
        city: [
            .urbanPrimary: 4, .junior: 3, .twelveYear: 1, .senior: 3, .vocational: 2, .special: 1, .kindergarten: 4,
        ])

    /// Urban and near the target.
    private static let gangkou = CountyPlan(
        code: "450602", prefix: "港口区", urbanTowns: ["450602001", "450602002", "450602003", "450602004"],
        ruralTowns: ["450602100", "450602101"], pointTowns: ["450602100", "450602101"], urbanArea: "111",
        course: .gangkou,
        small: [.central: 1, .teachingPoint: 1, .completePrimary: 1, .urbanPrimary: 1, .junior: 1],
        city: [
            .central: 6, .teachingPoint: 8, .completePrimary: 12, .urbanPrimary: 10, .junior: 6, .nineYear: 1,
            .complete: 1, .senior: 1, .kindergarten: 9,
        ])

    /// Many teaching points, most of them in the mountains of 峒中 and 十万山.
    private static let fangcheng = CountyPlan(
        code: "450603", prefix: "防城区", urbanTowns: ["450603001", "450603002", "450603003"],
        ruralTowns: [
            "450603102", "450603105", "450603209", "450603104", "450603101", "450603103", "450603106", "450603107",
            "450603108", "450603203", "450603450",
        ],
        pointTowns: [
            "450603102", "450603102", "450603105", "450603209", "450603105", "450603209", "450603104", "450603105",
            "450603209", "450603108", "450603101", "450603105", "450603209", "450603103", "450603203", "450603450",
        ],
        urbanArea: "111", course: .fangcheng,
        small: [
            .central: 2, .teachingPoint: 5, .completePrimary: 3, .urbanPrimary: 1, .junior: 1, .complete: 1,
            .kindergarten: 1,
        ],
        city: [
            .central: 13, .teachingPoint: 68, .completePrimary: 46, .urbanPrimary: 10, .junior: 15, .nineYear: 3,
            .complete: 2, .senior: 2, .vocational: 1, .special: 1, .kindergarten: 15,
        ])

    /// Narrow lines.
    private static let shangsi = CountyPlan(
        code: "450621", prefix: "上思县", urbanTowns: ["450621100"],
        ruralTowns: ["450621101", "450621103", "450621102", "450621203", "450621204", "450621205", "450621206"],
        pointTowns: [
            "450621203", "450621101", "450621103", "450621203", "450621206", "450621102", "450621204", "450621205",
        ],
        urbanArea: "121", course: .shangsi,
        small: [
            .central: 1, .teachingPoint: 3, .completePrimary: 2, .urbanPrimary: 1, .junior: 1, .senior: 1,
        ],
        city: [
            .central: 8, .teachingPoint: 34, .completePrimary: 34, .urbanPrimary: 5, .junior: 10, .nineYear: 2,
            .complete: 1, .senior: 1, .vocational: 1, .kindergarten: 9,
        ])

    /// A border town, with the school of the 京 people in 江平镇.
    private static let dongxing = CountyPlan(
        code: "450681", prefix: "东兴市", urbanTowns: ["450681100"], ruralTowns: ["450681101", "450681102"],
        pointTowns: ["450681101", "450681102"], urbanArea: "112", course: .dongxing,
        small: [
            .central: 1, .teachingPoint: 1, .completePrimary: 2, .urbanPrimary: 1, .junior: 1, .nineYear: 1,
        ],
        city: [
            .central: 3, .teachingPoint: 10, .completePrimary: 18, .urbanPrimary: 6, .junior: 6, .nineYear: 2,
            .complete: 1, .senior: 1, .vocational: 1, .special: 1, .kindergarten: 10,
        ])
}

/// How a county gets on from the autumn of 2015 to that of 2017, each pair from begin to end.
struct CountyCourse {
    /// Share of schools with a line.
    let connected: Course
    /// Share of schools whose line is as wide as their tier asks.
    let tier: Course
    /// Share of schools whose line is wide enough for each class.
    let perClass: Course
    /// Share of ordinary rooms with multimedia.
    let urbanRooms: Course
    let ruralRooms: Course
    /// Pupils per computer, as a multiple of what is allowed.
    let crowding: Course
    /// Computers per teacher.
    let teachers: Course
    let recording: Course
    let campusNetwork: Course
    /// Mbit/s of lines that are too narrow for a tier that asks for 30.
    let narrow: [Double]

    static let municipal = CountyCourse(
        connected: Course(1, 1), tier: Course(0.9, 1), perClass: Course(0.55, 0.9), urbanRooms: Course(0.82, 0.96),
        ruralRooms: Course(0.82, 0.96), crowding: Course(1.25, 0.94), teachers: Course(0.92, 1.05),
        recording: Course(0.8, 1), campusNetwork: Course(0.95, 1), narrow: [20])
    static let gangkou = CountyCourse(
        connected: Course(0.95, 1), tier: Course(0.7, 0.97), perClass: Course(0.42, 0.83),
        urbanRooms: Course(0.74, 0.91),
        ruralRooms: Course(0.5, 0.7), crowding: Course(1.35, 0.97), teachers: Course(0.86, 1.02),
        recording: Course(0.6, 0.95), campusNetwork: Course(0.85, 1), narrow: [10, 20])
    static let fangcheng = CountyCourse(
        connected: Course(0.84, 0.97), tier: Course(0.52, 0.86), perClass: Course(0.3, 0.62),
        urbanRooms: Course(0.66, 0.85),
        ruralRooms: Course(0.36, 0.55), crowding: Course(1.5, 1.06), teachers: Course(0.78, 0.96),
        recording: Course(0.4, 0.75), campusNetwork: Course(0.66, 0.92), narrow: [8, 10, 20])
    static let shangsi = CountyCourse(
        connected: Course(0.9, 0.99), tier: Course(0.28, 0.6), perClass: Course(0.1, 0.34),
        urbanRooms: Course(0.62, 0.83),
        ruralRooms: Course(0.38, 0.57), crowding: Course(1.45, 1.02), teachers: Course(0.8, 0.97),
        recording: Course(0.35, 0.7), campusNetwork: Course(0.7, 0.93), narrow: [4, 8, 10])
    static let dongxing = CountyCourse(
        connected: Course(0.92, 1), tier: Course(0.58, 0.92), perClass: Course(0.36, 0.7),
        urbanRooms: Course(0.7, 0.88),
        ruralRooms: Course(0.45, 0.63), crowding: Course(1.4, 1.0), teachers: Course(0.82, 0.99),
        recording: Course(0.5, 0.85), campusNetwork: Course(0.78, 0.97), narrow: [8, 10, 20])
}

/// A figure on its way.
struct Course {
    let begin: Double
    let end: Double
    init(_ begin: Double, _ end: Double) { (self.begin, self.end) = (begin, end) }

    /// - Parameter progress: 0 at the begin, 1 at the end.
    func at(_ progress: Double) -> Double { begin + (end - begin) * progress }
}
