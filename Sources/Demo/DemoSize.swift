/// How much of a city a demo fills an empty data folder with.
package enum DemoSize: String, CaseIterable, Sendable {
    /// The four counties and 市直 with about 40 schools.
    case small
    /// 412 schools, 200,000 pupils and 12,000 teachers, as many as the plan's city has.
    case city
    /// Nothing: a real installation.
    case none
}
