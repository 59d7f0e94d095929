"""The processes that are timed: ours and the peers', all of them pinned to one core."""

import json
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from engine_worker import check_inputs

HERE = Path(__file__).parent
PEER_SECONDS = 120
# Names as the worker knows them; what stands before the hyphen is the environment to run in.
PEERS = ("onnxruntime", "openvino", "openvino-tflite", "litert", "ncnn", "ncnn-direct")
TFLITE_PEERS = ("openvino-tflite", "litert")
OURS = "spectrad"


class PeerFailure(Exception):
    """Why a peer has no figures."""


def pinned(core, command):
    return ["taskset", "-c", str(core), *map(str, command)]


class Peer:
    """One engine with one network loaded, waiting for work in a process of its own."""

    def __init__(self, name, variant, models, environments, core):
        self.name = name
        environment = environments / name.split("-")[0]
        # scripts/setup-venv.sh writes this file last.
        if not (environment / "requirements.sha256").exists():
            raise PeerFailure("could not be installed")
        if name in TFLITE_PEERS and not (models / f"{variant.name}.tflite").exists():
            raise PeerFailure("its .tflite file could not be made")
        worker = [environment / "bin/python", HERE / "engine_worker.py", name, models, variant.name]
        self.process = subprocess.Popen(
            pinned(core, [*worker, variant.image_size]), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        try:
            self.start = self.reply()
        except PeerFailure:
            self.stop()
            raise

    def reply(self):
        """The next line: each answers one request, so nothing waits in the stream's buffer."""
        readable, _, _ = select.select([self.process.stdout], [], [], PEER_SECONDS)
        if not readable:
            raise PeerFailure(f"no answer within {PEER_SECONDS} s")
        line = self.process.stdout.readline()
        if not line:
            raise PeerFailure(f"ended with status {self.process.wait()}")
        answer = json.loads(line)
        if "failure" in answer:
            raise PeerFailure(answer["failure"])
        return answer

    def ask(self, request):
        try:
            print(request, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            raise PeerFailure(f"ended with status {self.process.wait()}") from None
        return self.reply()

    def outputs(self):
        return np.array(self.ask("check")["outputs"], np.float32)

    def time(self, count):
        return self.ask(count)

    def stop(self):
        self.process.kill()
        self.process.communicate()


class Ours:
    """`spectractl network`: it ends with each batch, and so starts anew for the next."""

    name = OURS

    def __init__(self, variant, programs, models, core):
        self.variant, self.models, self.core = variant, models, core
        self.model = models / f"{variant.name}.onnx"
        self.program = programs / "spectractl"

    def command(self, *words):
        return subprocess.run(
            pinned(self.core, [self.program, "network", *words]), capture_output=True, text=True
        )

    def outputs(self):
        with tempfile.TemporaryDirectory() as folder:
            return np.concatenate([
                self.output(Path(folder), image, aux)
                for image, aux in check_inputs(self.models, self.variant.image_size)
            ])

    def output(self, folder, image, aux):
        np.save(folder / "image.npy", image)
        np.save(folder / "aux.npy", aux)
        inputs = (f"--input={name}={folder / name}.npy" for name in ("image", "aux"))
        self.succeeded(self.command("run", self.model, *inputs, "--output", folder / "outputs"))
        return np.load(folder / "outputs/prob.npy")

    def time(self, count):
        result = self.command("bench", self.model, "--runs", count, "--json", "--samples")
        return json.loads(self.succeeded(result).stdout)

    def succeeded(self, result):
        if result.returncode != 0:
            sys.exit(f"bench-network: {' '.join(result.args)}: {result.stderr.strip()}")
        return result

    def stop(self):
        pass


def int8_peak(program, core):
    """The most int8 products a second on the core, and the instruction that makes them."""
    output = subprocess.run(pinned(core, [program]), capture_output=True, text=True, check=True)
    answer = json.loads(output.stdout)
    return answer["multiplicationsPerSecond"], answer["instruction"]
