#!/usr/bin/env python3
"""One peer with one network in a process of its own, asked over its standard input.

    python engine_worker.py ENGINE FOLDER MODEL IMAGE_SIZE

Every line printed is JSON: first what starting took, then one reply to each line read. `check` is
answered with the outputs of all check inputs, a number with the times of so many inferences. The
end of the input ends the process. Only numpy and the one engine need to be installed.
"""

import json
import re
import sys
import time
from pathlib import Path

import numpy as np

# As `spectractl network bench` warms up, before every batch.
WARM_UP_SECONDS = 0.05


def load_onnxruntime(path):
    import onnxruntime

    yield
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        f"{path}.onnx", options, providers=["CPUExecutionProvider"]
    )

    def prepare(image, aux):
        feeds = {"image": image, "aux": aux}
        return lambda: session.run(None, feeds)[0]

    yield prepare


OPENVINO_OPTIONS = {
    "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1,
    "ENABLE_CPU_PINNING": False, "INFERENCE_PRECISION_HINT": "f32",
}


def load_openvino(path):
    import openvino

    yield
    core = openvino.Core()
    model = core.compile_model(core.read_model(f"{path}.onnx"), "CPU", OPENVINO_OPTIONS)
    request = model.create_infer_request()

    def prepare(image, aux):
        request.set_tensor("image", openvino.Tensor(image))
        request.set_tensor("aux", openvino.Tensor(aux))

        def run():
            request.infer()
            return request.get_output_tensor(0).data

        return run

    yield prepare


def load_openvino_tflite(path):
    import openvino

    yield
    core = openvino.Core()
    model = core.compile_model(core.read_model(f"{path}.tflite"), "CPU", OPENVINO_OPTIONS)
    request = model.create_infer_request()
    scales = tflite_scales(path)

    def prepare(image, aux):
        for index, port in enumerate(model.inputs):
            values = tflite_input(len(port.shape), image, aux, scales)
            request.set_input_tensor(index, openvino.Tensor(values))

        def run():
            request.infer()
            return from_tflite(request.get_output_tensor(0).data, scales)

        return run

    yield prepare


def load_litert(path):
    from ai_edge_litert.interpreter import Interpreter

    yield
    interpreter = Interpreter(model_path=f"{path}.tflite", num_threads=1)
    interpreter.allocate_tensors()
    scales = tflite_scales(path)
    output = interpreter.get_output_details()[0]["index"]

    def prepare(image, aux):
        tensors = [
            (details["index"], tflite_input(len(details["shape"]), image, aux, scales))
            for details in interpreter.get_input_details()
        ]

        def run():
            for index, values in tensors:
                interpreter.set_tensor(index, values)
            interpreter.invoke()
            return from_tflite(interpreter.get_tensor(output), scales)

        return run

    yield prepare


def load_ncnn(path, with_winograd=True):
    import ncnn

    yield
    network = ncnn.Net()
    network.opt.num_threads = 1
    network.opt.use_vulkan_compute = False
    network.opt.use_winograd_convolution = with_winograd
    network.load_param(f"{path}.ncnn.param")
    network.load_model(f"{path}.ncnn.bin")

    def prepare(image, aux):
        # A clone: ncnn keeps its channels aligned, numpy does not.
        inputs = [ncnn.Mat(values[0]).clone() for values in (image, aux)]

        def run():
            extractor = network.create_extractor()
            extractor.input("image", inputs[0])
            extractor.input("aux", inputs[1])
            return np.array(extractor.extract("prob")[1])[None]

        return run

    yield prepare


def load_ncnn_direct(path):
    return load_ncnn(path, with_winograd=False)


# Each loader stops twice: when the engine is imported, and with its network loaded.
LOADERS = {
    "onnxruntime": load_onnxruntime,
    "openvino": load_openvino,
    "openvino-tflite": load_openvino_tflite,
    "litert": load_litert,
    "ncnn": load_ncnn,
    "ncnn-direct": load_ncnn_direct,
}


def tflite_scales(path):
    return json.loads(Path(f"{path}.tflite.json").read_text())


def tflite_input(rank, image, aux, scales):
    """The image, channels last, or the auxiliary values, as the file's int8."""
    values = image.transpose(0, 2, 3, 1) if rank == 4 else aux
    scale, zero = scales["image" if rank == 4 else "aux"]
    return np.ascontiguousarray(np.clip(np.rint(values / scale) + zero, -128, 127).astype(np.int8))


def from_tflite(output, scales):
    scale, zero = scales["output"]
    return (output.astype(np.float32) - zero) * np.float32(scale)


def peak_resident_bytes():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024


def microseconds(action):
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1e6


def timed(run, count):
    """The times of `count` inferences behind a warm-up."""
    end = time.perf_counter() + WARM_UP_SECONDS
    while time.perf_counter() < end:
        run()
    return [microseconds(run) for _ in range(count)]


def check_inputs(folder, size):
    """One image and its auxiliary values at a time, as the network takes them."""
    inputs = np.load(folder / "checks.npz")
    images, aux = np.ascontiguousarray(inputs["image"][:, :, :size, :size]), inputs["aux"]
    return [(images[i : i + 1], aux[i : i + 1]) for i in range(len(images))]


def reply(**members):
    print(json.dumps(members), flush=True)


def main():
    engine, folder, model, size = sys.argv[1:]
    inputs = check_inputs(Path(folder), int(size))
    interpreter_bytes = peak_resident_bytes()
    loading = LOADERS[engine](str(Path(folder, model)))
    try:
        next(loading)
    except ImportError as error:
        return reply(failure=f"not installed: {error}")
    start = time.perf_counter()
    try:
        prepare = next(loading)
        load_microseconds = (time.perf_counter() - start) * 1e6
        run = prepare(*inputs[0])
        first = microseconds(run)
    except Exception as error:  # Whatever a runtime raises, its row of the table says it.
        return reply(failure=f"cannot run the network: {error}")
    reply(
        loadMicroseconds=load_microseconds, firstInferenceMicroseconds=first,
        interpreterBytes=interpreter_bytes,
    )
    for line in sys.stdin:
        if line.strip() == "check":
            reply(outputs=[np.asarray(prepare(*each)()).ravel().tolist() for each in inputs])
            run = prepare(*inputs[0])
        else:
            reply(microseconds=timed(run, int(line)), residentBytes=peak_resident_bytes())


if __name__ == "__main__":
    main()
