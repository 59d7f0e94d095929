import Foundation
import Testing

/// `spectractl doctor` on a machine with a scanner on USB, which umockdev plays.
@Suite(.enabled(if: MockedBus.isAvailable, "umockdev is missing (libumockdev-dev)"))
struct DoctorOnUSBTests {
  @Test func `beside a daemon that reads the scanner on USB, all is well`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--repeat", "--sample-gap", "0"]
    )
    let result = try ProgramResult(
      "usbmock",
      [
        "--scanner", laboratory.folder.path("simulator.sock"), "1-1", "--", "sh", "-c",
        DoctorOnUSBTests.script, RunningProgram.path(of: "spectrad"),
        RunningProgram.path(of: "spectractl"),
        ProjectFiles.bundle,
        laboratory.socket, laboratory.folder.path("findings"),
      ],
      in: laboratory.folder
    )
    #expect(result.status == 0, "\(result.output)\(result.errors)\(simulator.errors)")
    let words = [
      #""name":"devicePresent","text":"a scanner is plugged in at port 1-1""#,
      #""name":"daemonMayOpen""#, #""name":"heldByDaemon""#, #""name":"answers""#,
      #""name":"ready""#, #""name":"inUse""#,
    ]
    for word in words { #expect(result.output.contains(word), "\(word): \(result.output)") }
  }

  @Test func `a scanner on USB that nobody reads is found, and what is missing is named`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let simulator = try laboratory.startSimulator(replaying: recording)
    let result = try ProgramResult(
      "usbmock",
      [
        "--scanner", laboratory.folder.path("simulator.sock"), "1-1", "--",
        RunningProgram.path(of: "spectractl"),
        "doctor", "--socket", laboratory.socket, "--set", "bundle.path=",
      ],
      in: laboratory.folder
    )
    #expect(result.status == 1, "\(result.output)\(result.errors)\(simulator.errors)")
    #expect(result.output.contains("a scanner is plugged in at port 1-1"))
    #expect(result.output.split(separator: "\n").count { $0.hasPrefix("problem ") } == 1)
    #expect(result.output.contains("  $ "))
  }

  /// Starts a daemon, asks the doctor until it has seen a scanner ready, and ends both.
  private static let script = """
    "$0" --source usb --bundle "$2" --socket "$3" --set acquisition.statusPollMilliseconds=0 \
      --set control.socket= --set store.folder= &
    daemon=$!
    for turn in $(seq 100); do
      "$1" doctor --json --socket "$3" --set bundle.path="$2" > "$4"
      status=$?
      if [ $status = 0 ] && grep -q '"name":"ready"' "$4"; then break; fi
      sleep 0.1
    done
    kill $daemon
    wait $daemon
    cat "$4"
    exit $status
    """
}
