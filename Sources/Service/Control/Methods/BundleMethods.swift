import Logging
import NIOPosix
import Varlink

/// Which bundle answers.
extension Control {
  func bundles() -> [SpectradInterface.InstalledBundle] {
    let installed = InstalledBundles(folder: daemon.configuration.bundleFolder)
    let selected = installed.selectedName
    return installed.names.compactMap { name in
      // Only what stands in bundle.json: the networks are looked at when the bundle is loaded.
      guard let bundle = try? BundleLoader.load(folder: installed.path(of: name), .draft) else {
        return nil
      }
      return SpectradInterface.InstalledBundle(
        name: name,
        version: bundle.version,
        sha256: bundle.digest,
        demonstration: bundle.isDemonstration,
        selected: name == selected
      )
    }
  }

  func loadBundle(_ name: String) async throws -> SpectradInterface.Bundle {
    if let path = daemon.configuration.bundlePath {
      throw SpectradFailure.bundleFixed(path: path)
    }
    let installed = InstalledBundles(folder: daemon.configuration.bundleFolder)
    guard InstalledBundles.isName(name), installed.names.contains(name) else {
      throw SpectradFailure.noSuchBundle(name: name, installed: installed.names)
    }
    do {
      let report = try await NIOThreadPool.singleton.runIfActive { [daemon] in
        let report = try daemon.bundle.load(folder: installed.path(of: name), on: daemon)
        try installed.select(name)
        return report
      }
      return SpectradInterface.Bundle(report)
    } catch let error as BundleError {
      daemon.logger.tell(.bundleRefused, "the bundle \(name) is refused: \(error)")
      throw SpectradFailure.bundleRefused(name: name, explanation: error.description)
    } catch let error as FileError {
      throw SpectradFailure.bundleNotKept(name: name, explanation: error.description)
    }
  }
}
