import ArgumentParser
package import Varlink

/// `spectractl label SAMPLE TARGET CLASS`: what somebody found out about a sample.
struct LabelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "label",
    abstract: "Note the class that is known for a target of a sample, to train from.",
    discussion: """
      spectractl export --labelled writes samples with labels. A target or class that the sample's \
      bundle does not know is noted with a warning: it may be meant for a bundle to come.
      """
  )

  @Argument(help: "The sample's identity (see spectractl history).")
  var sample: String

  @Argument(help: "The target, such as hdl_cholesterol.")
  var target: String

  @Argument(help: ArgumentHelp("The class, such as ok.", valueName: "class"))
  var className: String?

  @Flag(help: "Remove the target's label.")
  var remove = false

  @OptionGroup var options: ControlOutputOptions

  func validate() throws {
    guard remove == (className == nil) else {
      throw ValidationError("Give either a CLASS or --remove.")
    }
  }

  func run() throws {
    if let className {
      let known = try options.control.ask {
        try $0.call(SpectradInterface.GetSample.self, .init(sampleId: sample)).reply.sample.targets
      }
      if let doubt = LabelDoubt.text(target: target, className: className, known: known) {
        StandardError.print(doubt.printable)
      }
    }
    try options.ask(
      SpectradInterface.Label.self,
      .init(sampleId: sample, target: target, class: className),
      text: { _ in
        [
          className.map { "sample \(sample): \(target) is \($0)" }
            ?? "sample \(sample): \(target) has no label"
        ]
      }
    )
  }
}

/// Why a label may be a slip of the keyboard.
package enum LabelDoubt {
  /// A warning, or nil when the sample's bundle knows the target and the class.
  package static func text(
    target: String,
    className: String,
    known: [SpectradInterface.Target]
  ) -> String? {
    guard !known.isEmpty else { return nil }
    guard let found = known.first(where: { $0.name == target }) else {
      return "the sample's bundle has no target \(target), only "
        + known.map(\.name).joined(separator: ", ")
    }
    let classes = found.probabilities.keys.sorted()
    guard !classes.isEmpty, !classes.contains(className) else { return nil }
    return "the sample's bundle has no class \(className) of \(target), only "
      + classes.joined(separator: ", ")
  }
}
