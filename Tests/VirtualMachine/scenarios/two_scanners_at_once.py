#!/usr/bin/env python3
"""Two scanners come after the daemon started and are read at once; one goes, one stays."""

from laboratory import bus
from laboratory.programs import Daemon, Simulator, synthesize

SCANS = 20
options = ("--devices", 2, "--repeat")
with Simulator(synthesize(donors=4, scans=SCANS), options=options):
    with Daemon(f"sample.scans={SCANS}") as daemon:
        stream = daemon.connect()

        def predictions_of(scanner: str) -> list[dict]:
            return [line for line in stream.predictions() if line["scanner"] == scanner]

        def states_of(scanner: str) -> list[str]:
            changes = stream.of_type("scanner")
            return [line["state"] for line in changes if line["scanner"] == scanner]

        first = bus.plug_in("1-1")
        stream.wait_for(lambda _: "ready" in states_of("SIM0001"), "the first scanner is ready")
        bus.plug_in("1-2")
        stream.wait_for(
            lambda _: len({line["scanner"] for line in stream.predictions()}) == 2,
            "predictions of two scanners",
        )
        (second_name,) = {line["scanner"] for line in stream.predictions()} - {"SIM0001"}
        for name in ("SIM0001", second_name):
            stream.wait_for(
                lambda _: any(line["final"] for line in predictions_of(name)),
                f"a final line of {name}",
            )

        first.unplug()
        stream.wait_for(lambda _: states_of("SIM0001")[-1] == "disconnected", "one is gone")
        count = len(predictions_of(second_name))
        stream.wait_for(
            lambda _: len(predictions_of(second_name)) >= count + 2 * SCANS, "the other goes on"
        )
        assert states_of(second_name)[-1] == "ready"
        daemon.stop()
        stream.check_numbers()
        for name in ("SIM0001", second_name):
            counts = [line["scans"] for line in predictions_of(name) if not line["final"]]
            cycle = [1 + index % SCANS for index in range(len(counts))]
            assert counts == cycle, f"{name}: {counts}"
