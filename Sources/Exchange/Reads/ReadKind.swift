import Database
import Directory
import Kernel

/// What data of people another system read through an interface (读取信息).
enum ReadKind: String, Column, Sendable, CaseIterable {
    case users, demographics, enrollments, results, staff, students

    var title: String {
        switch self {
        case .users: "姓名、身份和学校"
        case .demographics: "性别、出生日期和民族"
        case .enrollments: "班级名单"
        case .results: "成绩"
        case .staff: "教职工信息"
        case .students: "学籍信息"
        }
    }

    /// `nil` for collections that tell of no person.
    init?(_ collection: OneRosterCollection) {
        switch collection {
        case .users: self = .users
        case .demographics: self = .demographics
        case .enrollments: self = .enrollments
        case .results: self = .results
        default: return nil
        }
    }

    init?(_ dataset: FeedDataset) {
        switch dataset {
        case .students: self = .students
        case .enrolments: self = .enrollments
        case .staff: self = .staff
        case .organisations, .classes: return nil
        }
    }

    /// The pupil whom a record is about; `nil` for anybody else.
    func pupil(in record: OneRosterRecord, on day: LocalDate) -> String? {
        switch self {
        case .users: record.texts(at: ["role"]).contains("student") ? record.id : nil
        case .demographics:
            // The record tells no role: whoever is not of age counts.
            record.texts(at: ["birthDate"]).first.map { $0 > Majority.latestBirth(ofAgeOn: day) } == true
                ? record.id : nil
        case .enrollments:
            record.texts(at: ["role"]).contains("student") ? record.texts(at: ["user"]).first : nil
        case .results: record.texts(at: ["student"]).first
        case .staff, .students: nil
        }
    }
}
