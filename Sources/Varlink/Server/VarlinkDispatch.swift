import NIOCore

/// Reads a message and has it answered; runs in a task of its own, off the event loop.
struct VarlinkDispatch: Sendable {
  let service: any VarlinkService
  let settings: VarlinkSettings
  /// Why the peer is refused; nil for a client.
  let refusal: (any VarlinkFailure)?
  let answer: NIOLoopBound<VarlinkAnswer>

  func run(_ message: [UInt8], from peer: PeerCredentials) async -> VarlinkAnswer.Outcome {
    let call: VarlinkCall
    do throws(VarlinkMessageError) {
      call = try VarlinkCall(parsing: message, from: peer, limits: settings.limits)
    } catch {
      return .malformed
    }
    let isWanted = try? await answer.eventLoop.submit { [answer, isOneway = call.isOneway] in
      answer.value.admit(isOneway: isOneway)
    }.get()
    guard isWanted == true else { return .answered }
    let replies = VarlinkReplies(to: call, through: answer)
    do {
      try await self.answer(call, to: replies)
      try await replies.finish()
    } catch let failure as any VarlinkFailure {
      try? await replies.fail(failure)
    } catch is VarlinkReplyError {
      // Nobody is left to be told.
    } catch {
      return Task.isCancelled ? .answered : .failed
    }
    return .answered
  }

  private func answer(_ call: VarlinkCall, to replies: VarlinkReplies) async throws {
    if let refusal { throw refusal }
    if call.wantsUpgrade { throw VarlinkServiceError.invalidParameter(parameter: "upgrade") }
    guard !call.interface.isEmpty else {
      throw VarlinkServiceError.methodNotFound(method: call.method)
    }
    if call.interface == ServiceInterface.name { return try await introspect(call, replies) }
    guard let interface = settings.interfaces.first(where: { $0.name == call.interface }) else {
      throw VarlinkServiceError.interfaceNotFound(interface: call.interface)
    }
    guard interface.methods.contains(call.method) else {
      throw VarlinkServiceError.methodNotFound(method: call.method)
    }
    try await service.answer(call, to: replies)
  }

  private func introspect(_ call: VarlinkCall, _ replies: VarlinkReplies) async throws {
    switch call.method {
    case ServiceInterface.Introduction.name:
      let reply = ServiceInterface.Introduction.Reply(
        vendor: settings.vendor,
        product: settings.product,
        version: settings.version,
        url: settings.url,
        interfaces: [ServiceInterface.name] + settings.interfaces.map(\.name)
      )
      try await replies.send(reply, to: ServiceInterface.Introduction.self)
    case ServiceInterface.Definition.name:
      let method = ServiceInterface.Definition.self
      let name = try call.parameters(of: method).interface
      guard let description = description(of: name) else {
        throw VarlinkServiceError.interfaceNotFound(interface: name)
      }
      try await replies.send(method.Reply(description: description), to: method)
    default: throw VarlinkServiceError.methodNotFound(method: call.method)
    }
  }

  private func description(of name: String) -> String? {
    if name == ServiceInterface.name { return ServiceInterface.description }
    return settings.interfaces.first { $0.name == name }?.description
  }
}
