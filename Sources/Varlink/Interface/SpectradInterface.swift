/// The interface `io.spectrad`: the one schema of both sockets.
package enum SpectradInterface {
  /// Its name, by which introspection finds it.
  package static let name = "io.spectrad"

  /// The interface file, as a client reads it by `org.varlink.service.GetInterfaceDescription`.
  package static let description = String(
    decoding: PackageResources.io_spectrad_varlink,
    as: UTF8.self
  )
}
