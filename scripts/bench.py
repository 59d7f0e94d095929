#!/usr/bin/env python3
"""Prints the figures of README: latency, throughput, steps, network beside onnxruntime, memory, start.

    python3 scripts/bench.py FOLDER_WITH_PROGRAMS

Everything runs on this machine in this run, the daemon pinned to one core and the simulator to
another where there are two. Shared machines are noisy: quote medians and ratios.
"""

import json
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import onnxruntime

BUNDLE = Path("bundles/blood-synthetic")
DONORS, SCANS = 40, 10
IDLE_SECONDS = 65
STARTS = 7
NETWORK_ROUNDS, NETWORK_RUNS = 8, 200
STORED_LINES = 15_000


def pinned(core, command):
    """The command on one core, where there is more than one to choose from."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2 or shutil.which("taskset") is None:
        return command
    return ["taskset", "-c", str(cores[core % len(cores)]), *command]


def wait_until(condition, what, seconds=30.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.002)
    sys.exit(f"bench: {what} within {seconds} s")


def row(name, value):
    print(f"| {name} | {value} |", flush=True)


class Daemon:
    """spectrad on its own socket, reading one simulated scanner."""

    def __init__(self, programs, work, source, bundle=BUNDLE, settings=()):
        self.socket, self.control = str(work / "predictions.sock"), str(work / "io.spectrad")
        configuration = work / "spectrad.conf"
        configuration.write_text("")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            pinned(0, [
                str(programs / "spectrad"), "--config", str(configuration), "--source", source,
                "--bundle", str(bundle), "--socket", self.socket, "--set", f"sample.scans={SCANS}",
                "--set", f"control.socket={self.control}", "--set", f"store.folder={work}/store",
                "--set", "sample.silenceSeconds=1", "--set", "acquisition.statusPollMilliseconds=1",
                *(part for setting in settings for part in ("--set", setting)),
            ]),
            stderr=(work / "spectrad.log").open("w"),
        )
        wait_until(self.connect, "the daemon did not listen")
        self.start_milliseconds = (time.monotonic() - self.started) * 1e3

    def connect(self):
        self.client = socket.socket(socket.AF_UNIX)
        try:
            self.client.connect(self.socket)
            return True
        except OSError:
            self.client.close()
            return False

    def lines(self, finals):
        """Every line until so many final predictions have come."""
        with self.client.makefile() as stream:
            for text in stream:
                line = json.loads(text)
                yield line
                finals -= line.get("final") is True
                if finals == 0:
                    return

    def processor_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self, field):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+) kB", status).group(1)) / 1024

    def metrics(self):
        """What the daemon has counted, asked over its other socket."""
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(self.control)
            control.sendall(b'{"method":"io.spectrad.GetMetrics"}\0')
            reply = b""
            while not reply.endswith(b"\0"):
                reply += control.recv(1 << 16)
        return json.loads(reply[:-1])["parameters"]["metrics"]

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def measure_publishing(programs, work, recording, clients):
    """From the answer in its slot to its line written to every client that reads."""
    usb = work / "publishing.sock"
    daemon = Daemon(programs, work, f"usbip+unix://{usb}/1-1")
    readers = [
        subprocess.Popen(
            ["cat"], stdin=connected(daemon.socket), stdout=subprocess.DEVNULL
        )
        for _ in range(clients - 1)
    ]
    simulator = start_simulator(programs, recording, usb, "--speed", "50", "--sample-gap", "0.01")
    try:
        daemon.client.settimeout(60)
        for _ in daemon.lines(DONORS):
            pass
        stage = daemon.metrics()["latencies"]["publishing"]
        mean = stage["sumMicroseconds"] / max(1, sum(stage["counts"]))
        row(f"prediction slot to line in {clients} client{'s' * (clients > 1)}, mean", f"{mean:.0f} µs")
    finally:
        daemon.stop()
        for process in [simulator, *readers]:
            process.terminate()
            process.wait(10)


def connected(path):
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    return client


def measure_store(programs, work, recording):
    """The same scans with a store and without: what a scan costs more, of the whole process."""
    usb = work / "store.sock"
    microseconds = {}
    for folder in [f"{work}/store", ""]:
        daemon = Daemon(
            programs, work, f"usbip+unix://{usb}/1-1", bundle="",
            settings=["acquisition.statusPollMilliseconds=0", f"store.folder={folder}"],
        )
        simulator = start_simulator(
            programs, recording, usb, "--speed", "max", "--sample-gap", "0", "--repeat"
        )
        try:
            daemon.client.settimeout(60)
            lines = daemon.lines(1_000_000)
            while next(lines).get("type") != "prediction":
                pass
            before = daemon.processor_seconds()
            for _ in range(STORED_LINES):
                next(lines)
            used = daemon.processor_seconds() - before
            microseconds[folder] = used / STORED_LINES * 1e6
            if folder:
                metrics = daemon.metrics()
                storing, written = metrics["latencies"]["storing"], metrics["status"]["store"]["written"]
        finally:
            daemon.stop()
            simulator.terminate()
            simulator.wait(10)
    row("store: processor time of a stored scan and its line",
        f"{microseconds[f'{work}/store'] - microseconds['']:.0f} µs")
    row("store: its thread's time for one, written and synced",
        f"{storing['sumMicroseconds'] / max(1, written):.0f} µs")


def measure_daemon(programs, work, recording):
    usb = work / "usbip.sock"
    daemon = Daemon(programs, work, f"usbip+unix://{usb}/1-1")
    # A hundred times a real scanner's speed: each scan finds the pipeline idle, as a real one does.
    simulator = start_simulator(
        programs, recording, usb, "--speed", "100", "--sample-gap", "0.01"
    )
    try:
        daemon.client.settimeout(60)
        latencies = [
            line["latencyMicroseconds"]
            for line in daemon.lines(DONORS)
            if line["type"] == "prediction" and not line["final"]
        ]
        row("scan complete to line queued, three targets, median", f"{np.median(latencies):.0f} µs")
        row("the same, p99", f"{np.percentile(latencies, 99):.0f} µs")
        row("daemon resident", f"{daemon.memory('VmRSS'):.1f} MiB")
    finally:
        daemon.stop()
        simulator.terminate()
        simulator.wait(10)


def measure_start(programs, work):
    """Several starts: the first after a build reads the programs from the disk."""
    milliseconds = []
    for _ in range(STARTS):
        daemon = Daemon(programs, work, f"usbip+unix://{work}/nobody.sock/1-1")
        milliseconds.append(daemon.start_milliseconds)
        daemon.stop()
    row("process start to listening, bundle loaded and golden-checked, median",
        f"{statistics.median(milliseconds):.0f} ms")


def start_simulator(programs, recording, usb, *options):
    return subprocess.Popen(
        pinned(1, [
            str(programs / "spectrasim"), "--replay", str(recording), "--unix", str(usb),
            *options,
        ]),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def measure_acquisition(programs, work, recording):
    """From scan to scan of a scanner that needs no time of its own: all that USB/IP and we take."""
    usb = work / "fast.sock"
    simulator = start_simulator(programs, recording, usb, "--speed", "max", "--sample-gap", "0", "--repeat")
    daemon = Daemon(
        programs, work, f"usbip+unix://{usb}/1-1", bundle="",
        settings=["acquisition.statusPollMilliseconds=0"],
    )
    try:
        daemon.client.settimeout(60)
        times = [
            datetime.fromisoformat(line["time"].rstrip("Z"))
            for line in daemon.lines(200)
            if line["type"] == "prediction" and not line["final"]
        ]
        gaps = [(b - a).total_seconds() * 1e3 for a, b in zip(times[100:], times[101:])]
        row("start of a scan to decoded scan besides the device's own time, median",
            f"{statistics.median(gaps):.2f} ms")
    finally:
        daemon.stop()
        simulator.terminate()
        simulator.wait(10)


def measure_idle(programs, work, recording):
    """A scanner is attached and nobody asks for a scan."""
    usb = work / "idle.sock"
    simulator = start_simulator(programs, recording, usb)
    daemon = Daemon(
        programs, work, f"usbip+unix://{usb}/1-1", settings=["acquisition.mode=onRequest"]
    )
    try:
        daemon.client.settimeout(60)
        for text in daemon.client.makefile():
            if json.loads(text).get("state") == "ready":
                break
        before, started = daemon.processor_seconds(), time.monotonic()
        time.sleep(IDLE_SECONDS)
        used = daemon.processor_seconds() - before
        row(f"idle with a scanner attached, of one core over {IDLE_SECONDS} s",
            f"{used / (time.monotonic() - started) * 100:.2f} %")
    finally:
        daemon.stop()
        simulator.terminate()
        simulator.wait(10)


def measure_classify(programs, recording):
    command = pinned(0, [
        str(programs / "spectractl"), "classify", str(recording), "--bundle", str(BUNDLE), "--json",
    ])
    seconds = []
    for _ in range(5):
        started = time.monotonic()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        seconds.append(time.monotonic() - started)
    row("`spectractl classify`, three targets, start included",
        f"{DONORS * SCANS / statistics.median(seconds):.0f} scans/s")


def measure_steps(programs):
    output = subprocess.run(
        pinned(0, [str(programs / "benchmarks")]), capture_output=True, text=True, check=True
    ).stdout
    for line in output.splitlines():
        step, microseconds = line.split("\t")
        row(f"preprocessing: {step}", f"{microseconds} µs")


def measure_network(programs):
    """One network of the bundle: ours and onnxruntime's in turn, one thread each, the same core."""
    model = sorted(BUNDLE.glob("*/*.onnx"))[0]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(1)
    feeds = {
        tensor.name: random.uniform(-1, 1, tensor.shape).astype(np.float32)
        for tensor in session.get_inputs()
    }
    ours, theirs = [], []
    affinity = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(affinity)[0]})
    for _ in range(20):
        session.run(None, feeds)
    for _ in range(NETWORK_ROUNDS):
        times = []
        for _ in range(NETWORK_RUNS):
            started = time.perf_counter()
            session.run(None, feeds)
            times.append((time.perf_counter() - started) * 1e6)
        theirs.append(statistics.median(times))
        output = subprocess.run(
            [str(programs / "spectractl"), "network", "bench", str(model), "--runs",
             str(NETWORK_RUNS), "--json"],
            capture_output=True, text=True, check=True,
        ).stdout
        ours.append(json.loads(output)["medianMicroseconds"])
    os.sched_setaffinity(0, affinity)
    ratio = statistics.median(t / o for t, o in zip(theirs, ours))
    row(f"network {model.relative_to(BUNDLE)}, one thread", f"{statistics.median(ours):.0f} µs")
    row(f"the same in onnxruntime {onnxruntime.__version__}", f"{statistics.median(theirs):.0f} µs")
    row("onnxruntime's time / ours, median of pairs", f"{ratio:.2f}")


def processor():
    text = Path("/proc/cpuinfo").read_text()
    name = re.search(r"model name\s*:\s*(.*)", text)
    flags = re.search(r"flags\s*:\s*(.*)", text)
    wanted = ["avx2", "avx_vnni", "avx512_vnni"]
    found = [flag for flag in wanted if flags and flag in flags.group(1).split()]
    return f"{name.group(1) if name else platform.machine()} ({', '.join(found) or 'no AVX2'})"


def main():
    programs = Path(sys.argv[1]).resolve()
    print(f"{processor()}, {os.cpu_count()} cores, {platform.release()}, synthetic donors\n")
    print("| what | figure |\n|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        recording = work / "donors.scans.ndjson"
        subprocess.run(
            [str(programs / "spectrasim"), "synthesize", "blood", "--seed", "99", "--donors",
             str(DONORS), "--scans", str(SCANS), "-o", str(recording)],
            check=True, stdout=subprocess.DEVNULL,
        )
        measure_daemon(programs, work, recording)
        for clients in (1, 32):
            measure_publishing(programs, work, recording, clients)
        measure_store(programs, work, recording)
        measure_start(programs, work)
        measure_acquisition(programs, work, recording)
        measure_idle(programs, work, recording)
        measure_classify(programs, recording)
    measure_steps(programs)
    measure_network(programs)


if __name__ == "__main__":
    main()
