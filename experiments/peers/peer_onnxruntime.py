"""One measurement in ONNX Runtime: the job is a JSON object on the command line, the result a JSON
line. `path` is a file that the export job of peer_torch.py wrote."""

import json
import sys

import numpy
import onnxruntime

from measuring import timed


def main():
    job = json.loads(sys.argv[1])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(
        job["path"], options, providers=["CPUExecutionProvider"])
    shape = (job["batch"], 3, job["size"], job["size"])
    images = numpy.random.default_rng(0).uniform(-1, 1, shape).astype(numpy.float32)
    print(json.dumps(timed(lambda: session.run(None, {"images": images}), job)))


main()
