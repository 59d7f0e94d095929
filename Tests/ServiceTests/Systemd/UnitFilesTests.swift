import Foundation
import Testing

/// What the units promise; `scripts/lint-units.sh` asks systemd itself whether it understands them.
@Suite struct UnitFilesTests {
  private static let names = [
    "spectrad.service", "spectrad-predictions.socket", "spectrad-control.socket",
    "usbip.conf.example",
  ]

  @Test(arguments: names)
  func `systemd 252 knows every setting`(name: String) throws {
    let known = try SystemdFolder.settingsOfSystemd252()
    let settings = try UnitFile(name).settings
    #expect(settings.count > 3)
    for setting in settings {
      let isKnown = known[setting.section]?.contains(setting.key) ?? false
      #expect(isKnown, "\(name): [\(setting.section)] \(setting.key)= is not in systemd 252")
    }
  }

  @Test(arguments: [
    ("Type", "notify"), ("RestartSec", "2"), ("Restart", "always"), ("User", "spectrad"),
    ("StateDirectory", "spectrad spectrad/bundles"), ("ExecReload", "/usr/bin/spectractl reload"),
    ("PrivateUsers", "no"), ("PrivateMounts", "yes"), ("DevicePolicy", "closed"),
    ("DeviceAllow", "char-usb_device rw"), ("RestrictAddressFamilies", "AF_UNIX AF_NETLINK"),
    ("IPAddressDeny", "any"), ("CapabilityBoundingSet", ""), ("UMask", "0077"),
  ])
  func `the service keeps its promises`(key: String, value: String) throws {
    #expect(try UnitFile("spectrad.service").values("Service", key) == [value])
  }

  /// What would take its user, its sockets' folder, its scanners or their news from the daemon.
  @Test(arguments: ["DynamicUser", "RuntimeDirectory", "PrivateDevices", "PrivateNetwork"])
  func `the service has none of what would break it`(key: String) throws {
    #expect(try UnitFile("spectrad.service").values("Service", key) == [])
  }

  @Test func `the service starts without a client and as often as it must`() throws {
    let unit = try UnitFile("spectrad.service")
    #expect(unit.values("Install", "WantedBy") == ["multi-user.target"])
    #expect(unit.values("Unit", "StartLimitIntervalSec") == ["0"])
    let watchdog = try #require(unit.values("Service", "WatchdogSec").first.flatMap { Int($0) })
    #expect(watchdog >= 10, "a slow disk is no reason to restart")
  }

  @Test(arguments: [
    (
      "spectrad-predictions.socket", "/run/spectrad/predictions.sock", "predictions",
      "spectrad-read", "0660"
    ),
    ("spectrad-control.socket", "/run/spectrad/io.spectrad", "control", "root", "0666"),
  ])
  func `a socket has its path, name, group and mode`(
    name: String,
    path: String,
    descriptor: String,
    group: String,
    mode: String
  ) throws {
    let unit = try UnitFile(name)
    #expect(unit.values("Socket", "ListenStream") == [path])
    #expect(unit.values("Socket", "FileDescriptorName") == [descriptor])
    #expect(unit.values("Socket", "SocketGroup") == [group])
    #expect(unit.values("Socket", "SocketMode") == [mode])
    #expect(unit.values("Socket", "Service") == ["spectrad.service"])
    let service = try UnitFile("spectrad.service")
    #expect(service.values("Service", "Sockets").joined().contains(name))
    #expect(service.values("Unit", "Requires").joined().contains(name))
  }
}
