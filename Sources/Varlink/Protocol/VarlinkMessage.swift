import FoundationEssentials
import NIOCore

/// Writes messages, each with the NUL that ends it.
enum VarlinkMessage {
  /// A reply with `parameters`, a JSON object.
  static func reply(_ parameters: [UInt8], continues: Bool) -> ByteBuffer {
    var message = ByteBuffer()
    message.reserveCapacity(parameters.count + 40)
    message.writeString("{\"parameters\":")
    message.writeBytes(parameters)
    message.writeString(continues ? ",\"continues\":true}\0" : "}\0")
    return message
  }

  /// A reply with one member, whose value is written in JSON already.
  static func reply(member: String, json: ByteBuffer, continues: Bool) -> ByteBuffer {
    var message = ByteBuffer()
    message.reserveCapacity(json.readableBytes + member.utf8.count + 48)
    message.writeString("{\"parameters\":{\"\(member)\":")
    message.writeImmutableBuffer(json)
    message.writeString(continues ? "},\"continues\":true}\0" : "}}\0")
    return message
  }

  /// A reply that is an error.
  static func failure(_ failure: any VarlinkFailure) -> ByteBuffer {
    var message = ByteBuffer()
    message.writeString("{\"error\":\"\(failure.name)\",\"parameters\":")
    message.writeBytes(failure.parameters)
    message.writeString("}\0")
    return message
  }

  /// A call of `method`.
  static func call(_ method: String, _ parameters: [UInt8], more: Bool) -> [UInt8] {
    var message = Array("{\"method\":\"\(method)\",\"parameters\":".utf8)
    message += parameters
    message += (more ? ",\"more\":true}\0" : "}\0").utf8
    return message
  }

  /// The JSON of parameters, members in the order of their names.
  static func encode(_ parameters: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try Array(encoder.encode(parameters))
  }
}
