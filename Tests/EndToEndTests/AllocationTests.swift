import CAllocationCounter
import Testing

/// What the two threads of a scan's way allocate, counted in this process; the scanner is another.
///
/// Skipped under a sanitizer, whose own allocator leaves nothing to count. The acquisition thread is
/// counted in its whole loop, the pipeline thread with samples that begin and end.
@Suite(.serialized, .enabled(if: callocation_is_counting()))
struct AllocationTests {
  /// A debug build is checked with fewer scans because it is slower.
  #if DEBUG
  static let scans = 300
  #else
  static let scans = 10_000
  #endif

  @Test func `scans over USBIP are received and classified without an allocation`() throws {
    let counts = try AllocationTrial().count(scans: AllocationTests.scans, plant: nil)
    #expect(counts.acquisition == 0)
    #expect(counts.pipeline == 0)
  }

  @Test(arguments: AllocationPlant.allCases)
  func `one planted allocation is found where it is`(plant: AllocationPlant) throws {
    let counts = try AllocationTrial().count(scans: 100, plant: plant)
    #expect(counts.acquisition == (plant == .acquisition ? 1 : 0))
    #expect(counts.pipeline == (plant == .pipeline ? 1 : 0))
  }

  @Test func `the daemon's pipeline stage allocates no more for many scans than for few`() throws {
    let trial = try StageAllocationTrial()
    _ = try trial.allocations(scans: 150)
    let few = try trial.allocations(scans: 150)
    let many = try trial.allocations(scans: 150 + AllocationTests.scans)
    #expect(many == few)
  }
}
