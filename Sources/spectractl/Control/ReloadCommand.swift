import ArgumentParser
import Varlink

/// `spectractl reload`: the configuration and the bundle are read again.
struct ReloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Let the daemon read its configuration and bundle again, without dropping a scan.",
    discussion: """
      Waits until it has, and says which keys took effect and which need a restart. When the \
      configuration or the bundle is refused nothing is changed, the daemon's reason is printed \
      and the status is 65. systemctl reload spectrad does the same.
      """
  )

  @OptionGroup var options: ControlOutputOptions

  func run() throws {
    try options.ask(
      SpectradInterface.Reload.self,
      NoMembers(),
      patience: .slow,
      text: { reply in
        guard !reply.applied.isEmpty || !reply.restartNeeded.isEmpty else {
          return ["nothing has changed"]
        }
        let restart = "sudo systemctl restart spectrad"
        return [
          reply.applied.isEmpty ? nil : "in effect: " + reply.applied.joined(separator: ", "),
          reply.restartNeeded.isEmpty
            ? nil
            : "in effect after a restart (\(restart)): "
              + reply.restartNeeded.joined(separator: ", "),
        ]
        .compactMap(\.self)
      }
    )
  }
}
