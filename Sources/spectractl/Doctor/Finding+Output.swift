import Spectra

extension Finding {
  /// A line for people, with lines of advice below it; commands stand behind a dollar sign.
  package var lines: String {
    let words = verdict == .notChecked ? "not checked" : verdict.rawValue
    var text = padded(words, 13) + padded(check.rawValue, 15) + self.text + "\n"
    for item in advice {
      switch item {
      case .say(let sentence): text += indentation + sentence + "\n"
      case .type(let command): text += indentation + "  $ " + command + "\n"
      }
    }
    return text
  }

  /// A line for programs.
  package var jsonLine: [UInt8] {
    var line = JSONLine()
    line.add("type", "finding")
    line.add("check", check.rawValue)
    line.add("verdict", verdict.rawValue)
    line.add("name", name)
    line.add("text", text)
    line.addObjects("advice", advice) { object, item in
      switch item {
      case .say(let sentence): object.add("say", sentence)
      case .type(let command): object.add("type", command)
      }
    }
    return line.finish()
  }

  private var indentation: String { String(repeating: " ", count: 13 + 15) }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.utf8.count))
  }
}
