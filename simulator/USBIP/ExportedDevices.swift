/// One device and the client that has it, if any.
package final class ExportedDevice {
  /// What clients are told about it.
  package let description: USBIPDeviceDescription
  let device: NanoDevice
  var isImported = false

  init(description: USBIPDeviceDescription, device: NanoDevice) {
    (self.description, self.device) = (description, device)
  }
}

/// The devices of one server, all owned by its event loop.
package final class ExportedDevices {
  /// The devices in the order of their bus ids: 1-1, 1-2 and so on.
  package let all: [ExportedDevice]
  var connectionCount = 0

  /// Gives each device its place on virtual bus 1.
  package init(_ devices: [NanoDevice]) {
    all = devices.enumerated().map { index, device in
      ExportedDevice(
        description: USBIPDeviceDescription(
          busID: "1-\(index + 1)",
          busNumber: 1,
          deviceNumber: UInt32(index + 2),
          vendor: NanoDescriptors.vendor,
          product: NanoDescriptors.product,
          release: NanoDescriptors.release
        ),
        device: device
      )
    }
  }

  /// Gives the device with `busID` to a client; nil with the reason when that cannot be.
  func importDevice(busID: String) -> (ExportedDevice?, USBIPOperationStatus) {
    guard let wanted = all.first(where: { $0.description.busID == busID }) else {
      return (nil, .noDevice)
    }
    guard !wanted.isImported else { return (nil, .deviceBusy) }
    wanted.isImported = true
    return (wanted, .accepted)
  }
}
