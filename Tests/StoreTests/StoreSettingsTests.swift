import Store
import Testing

@Suite struct StoreSettingsTests {
  @Test func `the limits are those that were given`() {
    let settings = StoreSettings(ageDaysMax: 30, bytesMax: 1 << 30)
    #expect(settings.ageDaysMax == 30)
    #expect(settings.bytesMax == 1 << 30)
  }
}
