import Kernel

/// A pupil was taken in by a school; her class may come later.
package struct StudentAdmitted: DomainEvent {
    package static let kind = "affairs.student.admitted"
    package let person: String
    package let school: String
    package let on: String

    package init(person: String, school: String, on day: LocalDate) {
        (self.person, self.school, on) = (person, school, day.iso)
    }
}

/// A pupil went from one school of the city to another (转学).
package struct StudentMoved: DomainEvent {
    package static let kind = "affairs.student.moved"
    package let person: String
    package let from: String
    package let to: String
    package let on: String

    package init(person: String, from: String, to: String, on day: LocalDate) {
        (self.person, self.from, self.to, on) = (person, from, to, day.iso)
    }
}

/// What is told of a pupil changed at her school: 休学, 复学, 留级, 毕业, 退学 and the like.
package struct StudentStatusChanged: DomainEvent {
    package static let kind = "affairs.student.status_changed"
    package let person: String
    package let school: String
    /// The raw value of `StudentChangeKind`.
    package let change: String
    package let on: String

    package init(person: String, school: String, change: String, on day: LocalDate) {
        (self.person, self.school, self.change, on) = (person, school, change, day.iso)
    }
}

/// Key data of a pupil were corrected by an approved change; which, without the values.
package struct StudentKeyDataChanged: DomainEvent {
    package static let kind = "affairs.student.key_data_changed"
    package let person: String
    package let fields: [String]

    package init(person: String, fields: [String]) { (self.person, self.fields) = (person, fields) }
}

/// A pupil in compulsory education has been away without leave for too many school days on end.
package struct DropoutAlarmRaised: DomainEvent {
    package static let kind = "affairs.dropout_alarm.raised"
    package let alarm: String
    package let school: String

    package init(alarm: String, school: String) { (self.alarm, self.school) = (alarm, school) }
}
