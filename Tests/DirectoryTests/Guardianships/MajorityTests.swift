import Kernel
import Testing

@testable import Directory

@Suite("成年") struct MajorityTests {
    @Test(arguments: [
        ("2008-10-10", "2026-10-10"), ("2008-02-29", "2026-03-01"), ("2008-02-28", "2026-02-28"),
        ("2010-12-31", "2028-12-31"), ("2010-02-28", "2028-02-28"),
    ])
    func `somebody is of age on her eighteenth birthday`(_ birth: String, _ day: String) throws {
        #expect(Majority.day(ofBirth: try #require(LocalDate(iso: birth))).iso == day)
    }

    /// The rule of pages and the condition of statements are one.
    @Test func `around every birthday the rule agrees with the bound by which the database asks`() throws {
        for start in ["2026-02-20", "2027-12-20", "2028-02-20"] {
            let first = try #require(LocalDate(iso: start))
            for offset in 0..<20 {
                let day = first.adding(days: offset), bound = Majority.latestBirth(ofAgeOn: day)
                let near = day.adding(days: -18 * 365 - 5)
                for shift in -30...30 {
                    let birth = near.adding(days: shift)
                    #expect((Majority.day(ofBirth: birth) <= day) == (birth.iso <= bound), "\(birth) \(day)")
                }
            }
        }
    }
}
