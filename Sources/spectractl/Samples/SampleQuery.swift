import Spectra
import Varlink

/// Which stored samples are meant, for every command that goes through them.
struct SampleQuery {
  var scanner: String?
  var sample: String?
  var since: Timestamp?
  var labelled: Bool?

  /// One stored sample, and as it was sent.
  typealias Found = (reply: SpectradInterface.Sample, text: JSONText)

  /// What the interface sends at most at once.
  private static let pageMax = 1_000

  /// The newest samples, at most `limit`, and whether there are older ones.
  func samples(
    _ daemon: ControlConnection,
    limit: Int
  ) throws(VarlinkClientError) -> (samples: [Found], hasMore: Bool) {
    var found: [Found] = []
    while true {
      let page = try daemon.call(
        SpectradInterface.ListSamples.self,
        .init(
          scanner: scanner,
          sample: sample,
          since: since?.description,
          labelled: labelled,
          before: found.last?.reply.sampleId,
          limit: min(SampleQuery.pageMax, limit - found.count)
        )
      )
      found += zip(page.reply.samples, page.text["samples"]?.elements ?? []).map { ($0, $1) }
      // A page without samples would be asked for again for ever.
      guard page.reply.more, !page.reply.samples.isEmpty, found.count < limit else {
        return (found, page.reply.more)
      }
    }
  }
}
