extension SpectradInterface {
  /// The bundles that can be loaded.
  package enum ListBundles: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.ListBundles"

    /// What a call gives.
    package typealias Parameters = NoMembers

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// By name.
      package var bundles: [InstalledBundle]

      /// Makes one from its members.
      package init(bundles: [InstalledBundle]) {
        self.bundles = bundles
      }
    }
  }

  /// Loads an installed bundle, checks it, and selects it for now and for later starts.
  package enum LoadBundle: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.LoadBundle"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// The name under which it is installed.
      package var name: String

      /// Makes one from its members.
      package init(name: String) {
        self.name = name
      }
    }

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// The bundle that is in use now.
      package var bundle: Bundle

      /// Makes one from its members.
      package init(bundle: Bundle) {
        self.bundle = bundle
      }
    }
  }

  /// Reads the configuration and the bundle again.
  package enum Reload: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.Reload"

    /// What a call gives.
    package typealias Parameters = NoMembers

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// The keys that changed and took effect.
      package var applied: [String]
      /// The keys that changed and take effect with the next start.
      package var restartNeeded: [String]

      /// Makes one from its members.
      package init(applied: [String], restartNeeded: [String]) {
        (self.applied, self.restartNeeded) = (applied, restartNeeded)
      }
    }
  }
}
