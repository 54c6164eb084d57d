import Rosters
import Testing

@Suite("The rosters module")
struct RostersModuleTests {
    @Test("Schema steps are named once and in order")
    func migrations() {
        let names = RostersModule.migrations.map(\.name)
        #expect(names == Array(Set(names)).sorted())
        #expect(!names.isEmpty)
    }
}
