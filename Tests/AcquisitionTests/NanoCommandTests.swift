import Acquisition
import Testing

@Suite struct NanoCommandTests {
  /// Commands that write flash, EEPROM or calibration, start the boot loader, reset the scanner or
  /// put it to sleep, of both makers.
  private static let forbidden = [
    "00/25", "00/2A", "00/2F", "01/0E", "02/1A", "02/1F", "02/21", "02/27", "02/29", "02/30",
    "02/32", "02/36", "02/3B", "02/FE", "02/FF", "03/0D", "03/EE", "03/FC", "04/0A", "04/0B",
    "04/12",
  ]

  @Test func `a command that could harm a scanner cannot be written`() {
    let known = Set(NanoCommand.allCases.map(\.description))
    #expect(known.isDisjoint(with: NanoCommandTests.forbidden))
    #expect(known.count == NanoCommand.allCases.count, "two commands with one number")
  }

  @Test(
    arguments: [
      (NanoCommand.readVersions, 0x02, 0x16, true, "02/16"),
      (.setHibernation, 0x03, 0x0E, false, "03/0E"),
      (.readInnoSpectraModelName, 0x03, 0xFD, true, "03/FD"),
      (.readFileChunk, 0x00, 0x2E, true, "00/2E"),
    ] as [(NanoCommand, UInt8, UInt8, Bool, String)]
  )
  func `a command has its group, code and direction`(
    command: NanoCommand,
    group: UInt8,
    code: UInt8,
    isRead: Bool,
    name: String
  ) {
    #expect(command.group == group)
    #expect(command.code == code)
    #expect(command.isRead == isRead)
    #expect(command.description == name)
  }
}
