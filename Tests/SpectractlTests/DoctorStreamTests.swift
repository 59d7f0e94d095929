import Testing
import spectractl

@Suite struct DoctorStreamTests {
  private static let hello =
    #"{"type":"hello","protocol":1,"stream":"6f1c","daemon":"spectrad 0.1.0","oldest":1,"next":9,"#
    + #""demonstration":true,"bundle":{"name":"b","version":"1","sha256":"00ff"},"#
    + #""scanners":[{"scanner":"6100014","state":"ready","reason":"lampWeak","#
    + #""model":"NIRscan Nano","firmware":"2.1.0"},"#
    + #"{"scanner":"usb:1-3","state":"connecting"}]}"#

  @Test func `hello tells the bundle and the scanners, an older daemon's as well`() throws {
    let stream = try #require(StreamFacts(hello: Array(DoctorStreamTests.hello.utf8)))
    #expect(
      stream
        == StreamFacts(
          daemon: "spectrad 0.1.0",
          bundle: StreamFacts.Bundle(label: "b@1", sha256: "00ff", isDemonstration: true),
          scanners: [
            StreamFacts.Scanner(
              name: "6100014",
              state: "ready",
              reason: "lampWeak",
              model: "NIRscan Nano",
              firmware: "2.1.0"
            ),
            StreamFacts.Scanner(name: "usb:1-3", state: "connecting"),
          ]
        )
    )
  }

  @Test(arguments: ["", "HTTP/1.1 400 Bad Request", #"{"type":"heartbeat"}"#, "{}", "[1]", "null"])
  func `what is no hello is none`(line: String) {
    #expect(StreamFacts(hello: Array(line.utf8)) == nil)
  }

  @Test func `later lines change what is known`() throws {
    var stream = try #require(StreamFacts(hello: Array(DoctorStreamTests.hello.utf8)))
    let lines = [
      #"{"type":"prediction","seq":9,"scanner":"6100014","reference":{"kind":"user"},"targets":["#
        + #"{"name":"a","class":null,"reasons":["lowConfidence"]},"#
        + #"{"name":"b","class":null,"reasons":["lowConfidence","flatSpectrum"]}],"#
        + #""quality":{"accepted":false,"reasons":["lowLight"]},"bundle":"b@1"}"#,
      #"{"type":"scanner","seq":10,"scanner":"6100014","state":"disconnected","#
        + #""reason":"deviceGone","model":"NIRscan Nano","firmware":"2.1.0"}"#,
      #"{"type":"scanner","seq":11,"scanner":"6100016","state":"ready","reason":null}"#,
      #"{"type":"scansLost","seq":12,"scanner":"6100014","count":3,"reason":"ringFull"}"#,
      "no line",
    ]
    for line in lines { stream.take(Array(line.utf8)) }
    #expect(stream.scanners.map(\.name) == ["6100014", "usb:1-3", "6100016"])
    #expect(stream.scanners[0].state == "disconnected")
    #expect(stream.scanners[0].reason == "deviceGone")
    #expect(
      stream.scanners[0].scan
        == StreamFacts.Scan(
          isAccepted: false,
          reasons: ["lowLight"],
          answerReasons: ["lowConfidence", "flatSpectrum"],
          referenceKind: "user"
        )
    )
    #expect(stream.scansLost == 3)
  }
}
