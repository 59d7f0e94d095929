/// The interface `io.spectrad`: the one schema of both sockets.
package enum SpectradInterface {
  /// Its name, by which introspection finds it.
  package static let name = "io.spectrad"

  /// The interface file, as a client reads it by `org.varlink.service.GetInterfaceDescription`.
  package static let description = String(
    decoding: PackageResources.io_spectrad_varlink,
    as: UTF8.self
  )

  /// Every method, in the file's order: first those that read, then those that control.
  package static let methods: [any VarlinkMethod.Type] = readingMethods + controllingMethods

  /// The methods for which a caller needs the permission to read.
  package static let readingMethods: [any VarlinkMethod.Type] = [
    GetStatus.self, GetMetrics.self, ListScanners.self, Subscribe.self, GetScan.self,
    ListSamples.self, GetSample.self, ReadScans.self, ListBundles.self, GetBaseline.self,
  ]

  /// The methods for which a caller needs the permission to control.
  package static let controllingMethods: [any VarlinkMethod.Type] = [
    BeginSample.self, EndSample.self, DeleteSample.self, Scan.self, MeasureReference.self,
    LoadBundle.self, Label.self, Reload.self, SetBaseline.self,
  ]
}
