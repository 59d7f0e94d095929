/// The interface `org.varlink.service`, by which a client finds out what a service offers.
enum ServiceInterface {
  static let name = "org.varlink.service"

  static let description = """
    # What every Varlink service tells about itself.
    interface org.varlink.service

    # Who made the service, and which interfaces it has.
    method GetInfo() -> (
      # Who made it.
      vendor: string,
      # The program.
      product: string,
      # The program's version.
      version: string,
      # Where to read more.
      url: string,
      # The names of its interfaces.
      interfaces: []string
    )

    # The definition of an interface in the language in which this one is written.
    method GetInterfaceDescription(
      # The interface's name.
      interface: string
    ) -> (
      # Its definition.
      description: string
    )

    # The service has no such interface.
    error InterfaceNotFound (
      # The name that was asked for.
      interface: string
    )

    # The interface has no such method.
    error MethodNotFound (
      # The name that was called.
      method: string
    )

    # The interface has the method, but the service does not offer it.
    error MethodNotImplemented (
      # The name that was called.
      method: string
    )

    # A parameter is missing or has the wrong type or value.
    error InvalidParameter (
      # The parameter's name.
      parameter: string
    )

    # The caller may not do that.
    error PermissionDenied ()

    # The method replies more than once: call it with `more`.
    error ExpectedMore ()

    """
}

extension ServiceInterface {
  /// Who made the service, and which interfaces it has.
  enum Introduction: VarlinkMethod {
    static let name = "org.varlink.service.GetInfo"

    typealias Parameters = NoMembers

    struct Reply: Codable, Equatable, Sendable {
      var vendor: String
      var product: String
      var version: String
      var url: String
      var interfaces: [String]
    }
  }

  /// The definition of an interface.
  enum Definition: VarlinkMethod {
    static let name = "org.varlink.service.GetInterfaceDescription"

    struct Parameters: Codable, Equatable, Sendable {
      var interface: String
    }

    struct Reply: Codable, Equatable, Sendable {
      var description: String
    }
  }
}
