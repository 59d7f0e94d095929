import ArgumentParser
import Varlink

/// Where the daemon is asked, for every command that asks it.
struct ControlOptions: ParsableArguments {
  /// Where the daemon listens unless its configuration says otherwise.
  static let defaultSocket = "/run/spectrad/io.spectrad"

  @Option(help: "The daemon's control socket.", completion: .file())
  var socket = ControlOptions.defaultSocket

  func validate() throws { try ControlOptions.checkPath(socket) }

  /// Refuses a path that no socket can have.
  static func checkPath(_ path: String) throws {
    guard path.utf8.count > PredictionConnection.pathBytesMax else { return }
    throw ValidationError(
      "--socket must have at most \(PredictionConnection.pathBytesMax) bytes, found "
        + "\(path.utf8.count)"
    )
  }

  /// Connects and does what is to be done there; what the daemon refuses is printed and ends the
  /// command.
  func ask<Result>(_ work: (ControlConnection) throws -> Result) throws -> Result {
    try ControlOptions.failingInWords { try work(try ControlConnection(path: socket)) }
  }

  /// Prints what the daemon refuses and ends the command.
  static func failingInWords<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let error as VarlinkClientError {
      StandardError.print(error.explanation.printable)
      throw ExitStatus(error).exitCode
    }
  }
}

/// The same, for commands whose results programs read too.
struct ControlOutputOptions: ParsableArguments {
  @OptionGroup var control: ControlOptions

  @Flag(help: "Print one JSON object a line, as the daemon sent it.")
  var json = false

  /// Asks one thing, and prints the answer for programs or for people.
  func ask<Method: VarlinkMethod>(
    _ method: Method.Type,
    _ parameters: Method.Parameters,
    patience: Patience = .quick,
    json part: (JSONText) -> [JSONText] = { [$0] },
    text: (Method.Reply) -> [String]
  ) throws {
    let answer = try control.ask { try $0.call(method, parameters, patience: patience) }
    if json {
      for object in part(answer.text) { try Output.print(object) }
    } else {
      for line in text(answer.reply) { try Output.print(line.printable) }
    }
  }
}

/// A scanner, for every command that concerns one.
struct ScannerOption: ParsableArguments {
  @Option(help: "The scanner's name; needed when there are several (see spectractl scanners).")
  var scanner: String?
}

/// How long an answer may take.
enum Patience: Int {
  /// What the daemon knows or reads from its store.
  case quick = 30
  /// What a scanner measures, or what a bundle's checks take.
  case slow = 180
  /// A subscription sends something every 20 s.
  case subscription = 45

  /// The same as a duration.
  var duration: Duration { .seconds(rawValue) }
}

extension Output {
  /// Prints a value on a line.
  static func print(_ value: JSONText) throws { try write(value.bytes + [UInt8(ascii: "\n")]) }
}
