import Testing
import Varlink

@Suite struct SpectradInterfaceTests {
  @Test func `the interface names itself`() {
    #expect(SpectradInterface.description.contains("\ninterface \(SpectradInterface.name)\n"))
  }
}
