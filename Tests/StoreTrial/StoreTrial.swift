import Glibc
import Spectra
import Store

/// Uses a store in one way, and prints what it did for the test that started it.
///
///     storetrial write FOLDER      writes until it is killed
///     storetrial hold FOLDER       opens the store and keeps it until its input ends
///     storetrial bench FOLDER      measures what storing costs
@main enum StoreTrial {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else { return say("storetrial: expected a trial and a folder") }
    let settings = StoreSettings(ageDaysMax: nil, bytesMax: 4 << 30)
    let store = Store.open(folder: arguments[2], settings: settings) { say("report \($0)") }
    say("open \(store.stream) \(store.nextNumber) \(store.problem ?? "")")
    switch arguments[1] {
    case "write": write(store)
    case "bench": StoreBench(store).run()
    default: while readLine() != nil {}
    }
    store.close()
  }

  /// Reserves, uses and commits numbers as fast as it can; each line is true once it is printed.
  private static func write(_ store: Store) {
    while true {
      let first = store.nextNumber
      let last = first + TrialEvents.mixed(first) % 40
      guard store.reserve(through: last) else { return say("refused \(last)") }
      say("used \(last)")
      store.append(TrialEvents.events(first...last))
      guard TrialEvents.mixed(last) % 4 == 0 else { continue }
      do throws(StoreError) {
        try store.writeWaiting()
        say("committed \(last)")
      } catch {
        say("error \(error)")
      }
    }
  }
}

/// Prints a line at once: what is buffered would die with the process.
func say(_ text: String) {
  var line = text + "\n"
  line.withUTF8 { bytes in
    // SAFETY: as many bytes as there are.
    _ = unsafe Glibc.write(1, bytes.baseAddress, bytes.count)
  }
}
