import Varlink

/// Which events are wanted; nil is all.
struct EventFilter {
  var scanners: [String]?
  var types: [String]?
  var finalOnly: Bool?
}

/// Events over the control socket, across restarts of the daemon.
struct EventReader {
  private let socket: String
  private let filter: EventFilter
  private var position: EventPosition
  private var retry = RetryDelay()
  private var lastProblem = ""

  /// One event: what it says, and its object as it was sent.
  typealias Event = (reply: SpectradInterface.Subscribe.Reply, line: [UInt8])

  /// Reads from the socket at `path` what comes after the number `last`, nil for what happens from
  /// now on.
  init(socket path: String, filter: EventFilter = EventFilter(), after last: Int?) {
    (socket, self.filter) = (path, filter)
    let isComplete = filter.scanners == nil && filter.types == nil && filter.finalOnly != true
    position = EventPosition(after: last, expectsEveryNumber: isComplete)
  }

  /// Shows every event once, until `show` says that it has seen enough.
  ///
  /// When the daemon goes away: connects again with growing pauses and goes on after the last
  /// number; with `once` ends the command with status 69.
  mutating func read(once: Bool = false, _ show: (Event) throws -> Bool) throws {
    while true {
      do {
        if try readConnection(show) { return }
        report("\(socket): the daemon ended the connection")
      } catch let error as VarlinkClientError {
        if case .refused(.streamChanged(let stream)) = error {
          StandardError.print(
            "numbers count in another stream now (\(stream.printable)); what happened in the one "
              + "before is lost to this client, going on with the oldest number of the new one"
          )
          position.change(to: stream)
          continue
        }
        guard error.isPassing else { throw error }
        report(error.explanation)
      }
      if once { throw ExitStatus.unavailable.exitCode }
      retry.wait()
    }
  }

  /// Reads one connection; true when enough was seen.
  private mutating func readConnection(_ show: (Event) throws -> Bool) throws -> Bool {
    let parameters = SpectradInterface.Subscribe.Parameters(
      after: position.last,
      stream: position.stream,
      scanners: filter.scanners,
      types: filter.types,
      finalOnly: filter.finalOnly
    )
    let connection = try ControlConnection(path: socket)
    var isEnough = false
    try connection.readAll(
      SpectradInterface.Subscribe.self,
      parameters,
      patience: .subscription
    ) { answer in
      isEnough = try take(answer, show)
      return isEnough
    }
    return isEnough
  }

  private mutating func take(
    _ answer: ControlAnswer<SpectradInterface.Subscribe>,
    _ show: (Event) throws -> Bool
  ) throws -> Bool {
    if answer.reply.hello != nil {
      retry.reset()
      lastProblem = ""
    }
    switch position.take(answer.reply) {
    case .new: break
    case .repeated: return false
    case .newAfterMissing(let numbers):
      StandardError.print(
        "numbers \(numbers.lowerBound) to \(numbers.upperBound) did not come, and no gap was "
          + "announced: please report this as a fault of spectrad"
      )
    }
    guard let member = answer.text.members.first(where: { !$0.value.isNull }) else { return false }
    return try show((answer.reply, member.value.bytes))
  }

  /// One line for as long as the same thing is wrong.
  private mutating func report(_ problem: String) {
    if problem != lastProblem { StandardError.print(problem.printable) }
    lastProblem = problem
  }
}
