/// What can go wrong with a scanner, in the words of docs/faults.md.
enum FaultKind: String, CaseIterable {
  case unplugAndReplug = "unplug and replug"
  case unplugForGood = "unplug for good"
  case stall
  case silence
  case lateReply = "late reply"
  case busy
  case errorReply = "error reply"
  case wrongSequenceNumber = "wrong sequence number"
  case shortPacket = "short packet"
  case garbagePacket = "garbage packet"
  case truncatedChunk = "truncated chunk"
  case failedScan = "scan that ends in error with old data"
  case temperatureSensor = "detector temperature sensor -1"
  case humiditySensor = "humidity and system temperature sensor -1"
  case zeroReference = "zero reference"
  case saturation
  case lowLight = "low light"
  case hibernation
  case reset
  case bootClock = "clock at boot default"
}
