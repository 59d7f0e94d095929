/// Tells how far a command is, once it has taken longer than two seconds.
///
/// On a terminal one line is rewritten; elsewhere a line is added every ten seconds.
struct ProgressLine {
  private let start = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?
  private let isTerminal = StandardError.isTerminal

  /// Shows `message` when it is time to.
  mutating func show(_ message: @autoclosure () -> String) {
    let now = ContinuousClock.now
    guard now - start >= .seconds(2) else { return }
    let interval: Duration = isTerminal ? .milliseconds(200) : .seconds(10)
    if let lastShown, now - lastShown < interval { return }
    lastShown = now
    if isTerminal {
      StandardError.write("\r\u{1B}[K" + message())
    } else {
      StandardError.print(message())
    }
  }

  /// Takes the line off the terminal.
  mutating func clear() {
    if lastShown != nil, isTerminal { StandardError.write("\r\u{1B}[K") }
    lastShown = nil
  }
}
