import Acquisition
import Testing

@Suite struct ScannerAddressTests {
  @Test(arguments: [
    ("usbip://localhost/1-1", "usbip://localhost:3240/1-1"),
    ("usbip://10.0.0.7:4000/3-1.2", "usbip://10.0.0.7:4000/3-1.2"),
    ("usbip://[fe80::1]:3241/1-1", "usbip://[fe80::1]:3241/1-1"),
    ("usbip://[::1]/1-1", "usbip://[::1]:3240/1-1"),
    ("usbip+unix:///run/sim.sock/1-2", "usbip+unix:///run/sim.sock/1-2"),
    ("usbip+unix:///s/1-1", "usbip+unix:///s/1-1"),
  ])
  func `an address is read and written`(text: String, canonical: String) throws {
    let address = try ScannerAddress(parsing: text)
    #expect(address.description == canonical)
    #expect(try ScannerAddress(parsing: canonical) == address)
  }

  @Test(arguments: [
    ("", ScannerAddressError.unknownScheme("")),
    ("usb:1-1", .unknownScheme("usb:1-1")),
    ("usbip://host", .missingBusID("usbip://host")),
    ("usbip://host/", .missingBusID("usbip://host/")),
    ("usbip:///1-1", .missingHost("usbip:///1-1")),
    ("usbip://[::1/1-1", .missingHost("usbip://[::1/1-1")),
    ("usbip://[]/1-1", .missingHost("usbip://[]/1-1")),
    ("usbip://host:/1-1", .badPort("usbip://host:/1-1")),
    ("usbip://host:0/1-1", .badPort("usbip://host:0/1-1")),
    ("usbip://host:65536/1-1", .badPort("usbip://host:65536/1-1")),
    ("usbip://[::1]3240/1-1", .badPort("usbip://[::1]3240/1-1")),
    ("usbip://host/1 1", .badBusID("usbip://host/1 1")),
    ("usbip://host/1-1/2", .badBusID("usbip://host/1-1/2")),
    ("usbip+unix://run/s/1-1", .relativePath("usbip+unix://run/s/1-1")),
    ("usbip+unix:///1-1", .missingBusID("usbip+unix:///1-1")),
    ("usbip+unix:///run/s/", .missingBusID("usbip+unix:///run/s/")),
  ])
  func `what is no address is refused with its reason`(text: String, error: ScannerAddressError) {
    #expect(throws: error) { try ScannerAddress(parsing: text) }
    #expect(error.description.hasPrefix(text))
  }

  @Test func `paths and bus ids have limits`() {
    let longest = "usbip+unix:///" + String(repeating: "p", count: 106) + "/1-1"
    #expect(throws: Never.self) { try ScannerAddress(parsing: longest) }
    let path = "usbip+unix:///" + String(repeating: "p", count: 107) + "/1-1"
    #expect(throws: ScannerAddressError.pathTooLong(path)) { try ScannerAddress(parsing: path) }
    let busID = "usbip://host/" + String(repeating: "1", count: 32)
    #expect(throws: ScannerAddressError.badBusID(busID)) { try ScannerAddress(parsing: busID) }
  }
}
