import Kernel

/// The information model of the gradebook, as far as other systems write it.
enum GradebookModel {
    /// How a property is written.
    enum Kind: Sendable, Equatable {
        case text, number, day, moment, flag, structure
        case choice([String])
        case reference(String, OneRosterCollection)
    }

    struct Property: Sendable {
        let name: String
        let kind: Kind
        let isRequired: Bool
        /// Version 1.1 knows it as well.
        let isOld: Bool

        init(_ name: String, _ kind: Kind, required: Bool = false, old: Bool = true) {
            (self.name, self.kind, isRequired, isOld) = (name, kind, required, old)
        }
    }

    private static let scoreStatuses = ["exempt", "fully graded", "not submitted", "partially graded", "submitted"]
    private static let scale = Property("scoreScale", .reference("scoreScale", .scoreScales), old: false)

    static func properties(of collection: OneRosterCollection) -> [Property] {
        switch collection {
        case .categories: [Property("title", .text, required: true), Property("weight", .number, old: false)]
        case .lineItems: lineItems
        case .results: results
        case .scoreScales:
            [
                Property("title", .text, required: true), Property("type", .text, required: true),
                Property("course", .reference("course", .courses)),
                Property("class", .reference("class", .classes), required: true),
                Property("scoreScaleValue", .structure, required: true),
            ]
        case .orgs, .academicSessions, .courses, .classes, .enrollments, .users, .demographics: []
        }
    }

    private static let lineItems = [
        Property("title", .text, required: true), Property("description", .text),
        Property("assignDate", .moment, required: true), Property("dueDate", .moment, required: true),
        Property("class", .reference("class", .classes), required: true),
        Property("school", .reference("org", .orgs), old: false),
        Property("category", .reference("category", .categories), required: true),
        Property("gradingPeriod", .reference("academicSession", .academicSessions)),
        Property("academicSession", .reference("academicSession", .academicSessions), old: false), scale,
        Property("resultValueMin", .number), Property("resultValueMax", .number),
        Property("learningObjectiveSet", .structure, old: false),
    ]

    private static let results =
        [
            Property("lineItem", .reference("lineItem", .lineItems), required: true),
            Property("student", .reference("user", .users), required: true),
            Property("class", .reference("class", .classes), old: false), scale,
            Property("scoreStatus", .choice(scoreStatuses), required: true), Property("score", .number),
            Property("textScore", .text, old: false), Property("scoreDate", .day, required: true),
            Property("comment", .text), Property("learningObjectiveSet", .structure, old: false),
        ] + ["inProgress", "incomplete", "late", "missing"].map { Property($0, .flag, old: false) }

    /// 成绩类别 that every school has, whoever asks.
    static let usualCategories = [
        ("category-usual", "平时成绩"), ("category-midterm", "期中考试"), ("category-final", "期末考试"),
    ]

    static func isUsualCategory(_ key: String) -> Bool { usualCategories.contains { $0.0 == key } }

    /// They never change, so the moment is as good as any: the beginning of 2015 in China.
    static var usualCategoryRecords: [OneRosterRecord] {
        usualCategories.map { key, title in
            OneRosterRecord(
                key, isActive: true, modified: Timestamp(milliseconds: 1_420_041_600_000),
                [OneRosterMember("title", title)])
        }
    }
}
