/// An interface file, read: what the tests hold every message against.
package struct VarlinkSchema {
  /// The interface's name.
  package var name = ""
  /// The named types, in the file's order.
  package var types: [Structure] = []
  /// The methods, in the file's order.
  package var methods: [Method] = []
  /// The errors, in the file's order.
  package var errors: [Structure] = []

  /// A type or the parameters of an error: members with their types.
  package struct Structure: Equatable {
    package var name: String
    package var comment: String
    package var members: [Member]
  }

  /// A method.
  package struct Method: Equatable {
    package var name: String
    package var comment: String
    package var parameters: [Member]
    package var reply: [Member]
  }

  /// A member of a type, of an error, or of a method's parameters or reply.
  package struct Member: Equatable {
    package var name: String
    package var comment: String
    package var type: MemberType
  }

  /// The type of a member.
  package indirect enum MemberType: Equatable {
    case bool, int, float, string, object
    case named(String)
    case array(MemberType)
    case map(MemberType)
    case nullable(MemberType)
    case structure([Member])
    case choice([String])
  }

  /// Reads an interface file.
  package init(parsing text: String) throws(VarlinkSyntaxError) {
    var reader = VarlinkReader(text)
    self = try reader.readInterface()
  }

  /// An interface without anything.
  init() {}
}

/// Where a text is no interface file.
package struct VarlinkSyntaxError: Error, Equatable {
  package var line: Int
  package var expected: String
  package var found: String
}
