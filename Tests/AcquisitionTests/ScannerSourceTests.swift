import Acquisition
import Testing

@Suite struct ScannerSourceTests {
  @Test(arguments: [
    ("usbip://localhost/1-1", "usbip://localhost:3240/1-1"),
    ("usbip://10.0.0.7:4000/3-1.2", "usbip://10.0.0.7:4000/3-1.2"),
    ("usbip://[fe80::1]:3241/1-1", "usbip://[fe80::1]:3241/1-1"),
    ("usbip://[::1]/1-1", "usbip://[::1]:3240/1-1"),
    ("usbip+unix:///run/sim.sock/1-2", "usbip+unix:///run/sim.sock/1-2"),
    ("usbip+unix:///s/1-1", "usbip+unix:///s/1-1"),
    ("usb", "usb"),
    ("usb:5510004", "usb:5510004"),
    ("usb:1-1.2", "usb:1-1.2"),
  ])
  func `a source is read and written`(text: String, canonical: String) throws {
    let source = try ScannerSource(parsing: text)
    #expect(source.description == canonical)
    #expect(try ScannerSource(parsing: canonical) == source)
  }

  @Test(arguments: [
    ("", ScannerSourceError.unknownScheme("")),
    ("USB", .unknownScheme("USB")),
    ("usb:", .badName("usb:")),
    ("usb:1,2", .badName("usb:1,2")),
    ("usb:SIM 001", .badName("usb:SIM 001")),
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
  func `what is no source is refused with its reason`(text: String, error: ScannerSourceError) {
    #expect(throws: error) { try ScannerSource(parsing: text) }
    #expect(error.description.hasPrefix(text))
  }

  @Test func `paths and bus ids have limits`() {
    let longest = "usbip+unix:///" + String(repeating: "p", count: 106) + "/1-1"
    #expect(throws: Never.self) { try ScannerSource(parsing: longest) }
    let path = "usbip+unix:///" + String(repeating: "p", count: 107) + "/1-1"
    #expect(throws: ScannerSourceError.pathTooLong(path)) { try ScannerSource(parsing: path) }
    let busID = "usbip://host/" + String(repeating: "1", count: 32)
    #expect(throws: ScannerSourceError.badBusID(busID)) { try ScannerSource(parsing: busID) }
  }
}
