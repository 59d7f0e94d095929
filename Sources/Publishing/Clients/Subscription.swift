import NIOCore

/// What an outlet holds to say how it fares; usable from everywhere.
package struct Subscription: Sendable {
  private let subscriber: NIOLoopBound<Subscriber>
  private let entrance: LoopEntrance

  init(_ subscriber: Subscriber, entrance: LoopEntrance, loop: any EventLoop) {
    self.entrance = entrance
    self.subscriber = NIOLoopBound(subscriber, eventLoop: loop)
  }

  /// The outlet takes more again.
  package func outletBecameWritable() {
    onLoop { $0.pump() }
  }

  /// The outlet has closed: nothing more is written to it, and its client's place is free.
  package func outletClosed() {
    onLoop { $0.leaveAtOnce() }
  }

  private func onLoop(_ work: @escaping @Sendable (Subscriber) -> Void) {
    if subscriber.eventLoop.inEventLoop {
      work(subscriber.value)
    } else {
      entrance.execute { [subscriber] in work(subscriber.value) }
    }
  }
}
