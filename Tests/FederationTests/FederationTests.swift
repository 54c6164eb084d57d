import Federation
import Testing

@Suite struct `The federation module` {
    @Test func `names its schema steps in order`() {
        let names = FederationModule.migrations.map(\.name)
        #expect(names == names.sorted())
        #expect(!names.isEmpty)
    }
}
