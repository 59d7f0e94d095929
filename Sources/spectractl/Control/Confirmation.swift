import ArgumentParser
import Glibc

/// A question before something that cannot be undone or that needs somebody's hands.
struct Confirmation: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Do not ask; needed where standard input is no terminal.")
  var yes = false

  /// Returns when the person agrees; ends the command with status 64 when nobody can be asked and
  /// with 1 when the answer is no.
  func ask(_ question: String) throws {
    guard !yes else { return }
    guard isatty(STDIN_FILENO) == 1 else {
      StandardError.print("\(question): nobody can be asked here; say --yes")
      throw ExitStatus.usage.exitCode
    }
    StandardError.write(question.printable + " [y/N] ")
    let answer = readLine(strippingNewline: true)?.lowercased() ?? ""
    guard answer == "y" || answer == "yes" else {
      StandardError.print("nothing was done")
      throw ExitStatus.problemFound.exitCode
    }
  }
}
