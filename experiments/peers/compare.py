#!/usr/bin/env python3
"""Residual beside PyTorch and ONNX Runtime: the same work, in turn, in one sitting.

    python3 experiments/peers/compare.py                      the whole table, three rounds (hours)
    python3 experiments/peers/compare.py --rows train- --rounds 5
    python3 experiments/peers/compare.py --list               the rows
    python3 experiments/peers/compare.py --render             the tables anew from results.json

A round runs every row once: Residual, then each configuration of the peers, each in a process of
its own. PyTorch is taken eager and compiled, contiguous and channels last, with malloc as it is and
told to keep large blocks; what is slower than 85 % of the best in the first round is left out of
the later ones. Each measurement is saved in results.json at once, so a run that was stopped goes on
where it was; results.md is made of it. The machine should do nothing else.

PyTorch and ONNX Runtime come from PyPI (or what pip is told to use) into .venv beside this file,
unless --python names an interpreter that has them. torch.compile needs a C++ compiler and Python's
headers (on Debian: g++ and python3-dev); what could not run is listed at the end of results.md.
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import environment
import report
import works

PRUNE_BELOW = 0.85


class Measurer:
    """Runs measurements and keeps their results in a file."""

    def __init__(self, options, python, folder):
        self.options = options
        self.python = python
        self.folder = Path(folder)
        self.path = Path(options.output)
        self.results = self.load()

    def load(self):
        head = {
            "commit": environment.commit(), "machine": environment.machine(),
            "versions": environment.versions(self.python), "threads": self.options.threads,
            "quick": self.options.quick}
        if not self.path.exists():
            return head | {"measurements": []}
        found = json.loads(self.path.read_text())
        different = [key for key in head if found.get(key) != head[key]]
        if different:
            sys.exit(
                f"{self.path} holds measurements of another {' and '.join(different)}; "
                "figures of one table must come from one sitting: name another --output, or remove "
                "the file")
        # What failed is tried again.
        found["measurements"] = [
            known for known in found["measurements"] if "error" not in known["result"]]
        return found

    def save(self):
        temporary = self.path.with_suffix(".part")
        temporary.write_text(json.dumps(self.results, indent=1) + "\n")
        temporary.replace(self.path)
        self.path.with_suffix(".md").write_text(report.markdown(self.results))

    def round(self, number, selected):
        for work in selected:
            ours = self.measure(work, number, "Residual", "", lambda: self.residual(work))
            if ours is None or "error" in ours:
                # Nothing to compare with (a model or a precision that this version lacks).
                continue
            for peer in self.worth_running(work, number):
                self.measure(
                    work, number, peer.program, peer.name, lambda: self.peer(work, peer, ours))

    def worth_running(self, work, number):
        """All configurations in the first round; later those near the best of their program."""
        rates = report.rates(self.results["measurements"], work.key, rounds=[1])
        best = {}
        for (program, _), rate in rates.items():
            best[program] = max(best.get(program, 0), rate)
        for peer in work.peers:
            if self.options.eager_only and peer.job.get("compiled"):
                continue
            rate = rates.get((peer.program, peer.name))
            if number == 1 or work.kind == "kernels" or self.options.no_pruning:
                yield peer
            elif rate is not None and rate >= PRUNE_BELOW * best[peer.program]:
                yield peer

    def measure(self, work, number, program, configuration, body):
        """The result of `body`, or the one that is there already."""
        name = {"work": work.key, "round": number, "program": program,
                "configuration": configuration}
        for known in self.results["measurements"]:
            if all(known[key] == value for key, value in name.items()):
                return known["result"]
        load = os.getloadavg()[0]
        started = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        try:
            result = body()
        except subprocess.TimeoutExpired:
            result = {"error": f"stopped after {self.options.timeout} s"}
        except subprocess.CalledProcessError as failure:
            lines = (failure.stderr or "").strip().splitlines() or [f"status {failure.returncode}"]
            # Ours says what is wrong first, a Python trace last.
            result = {"error": lines[0 if program == "Residual" else -1]}
        self.results["measurements"].append(
            name | {"started": started, "load_before": round(load, 2), "result": result})
        self.save()
        print(f"{number} {work.key}: {program} {configuration}: {report.short(result)}",
              file=sys.stderr)
        return result

    def residual(self, work):
        arguments = [self.options.residual, "bench", *self.quickened(work.arguments)]
        threads = 1 if work.kind == "one thread" else self.options.threads
        output = self.run(arguments + ["--threads", str(threads)], work.environment)
        lines = [json.loads(line) for line in output.splitlines()]
        return {"lines": lines} if work.kind == "kernels" else lines[0]

    def quickened(self, arguments):
        if not self.options.quick:
            return arguments
        place = arguments.index("--steps") + 1
        return [*arguments[:place], "2", *arguments[place + 1:]]

    def peer(self, work, peer, ours):
        job = peer.job | {"threads": self.options.threads, "warm_up": 3}
        if self.options.quick:
            job |= {"steps": 2, "warm_up": 1}
        script = "peer_torch.py"
        if peer.program == "ONNX Runtime":
            script = "peer_onnxruntime.py"
            job["path"] = str(self.exported(job))
        shapes = json.dumps(ours["lines"]) if work.kind == "kernels" else ""
        output = self.run(
            [self.python, str(environment.FOLDER / script), json.dumps(job)], peer.environment,
            shapes)
        result = json.loads(output.splitlines()[-1])
        return result if work.kind == "kernels" else self.figures(result, job["batch"])

    def figures(self, result, batch):
        """The same figures that `residual bench` prints."""
        rates = sorted(batch / seconds for seconds in result["seconds"])
        return {
            "images_per_second": round(statistics.median(rates), 3),
            "images_per_second_spread": [round(rates[0], 3), round(rates[-1], 3)],
            "milliseconds_p50": round(1000 * statistics.median(result["seconds"]), 4),
            "peak_memory_bytes": result["peak_memory_bytes"]}

    def exported(self, job):
        """The model as an ONNX file, written once in a run."""
        path = self.folder / f"{job['model']}-{job['size']}-b{job['batch']}.onnx"
        if not path.exists():
            export = json.dumps(job | {"work": "export", "path": str(path)})
            self.run([self.python, str(environment.FOLDER / "peer_torch.py"), export], {})
        return path

    def run(self, arguments, variables, text=""):
        return subprocess.run(
            arguments, env={**os.environ, **variables}, cwd=environment.REPOSITORY, input=text,
            capture_output=True, text=True, check=True, timeout=self.options.timeout).stdout


def parsed_options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="", help="comma-separated keys, or beginnings of them")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="one round of two steps each")
    parser.add_argument("--eager-only", action="store_true", help="leave torch.compile out")
    parser.add_argument("--no-pruning", action="store_true", help="all configurations every round")
    parser.add_argument("--python", help="an interpreter that has PyTorch and ONNX Runtime")
    parser.add_argument("--residual", default=str(environment.REPOSITORY / "residual"))
    parser.add_argument("--output", default=str(environment.FOLDER / "results.json"))
    parser.add_argument("--timeout", type=int, default=1800, help="seconds for a measurement")
    parser.add_argument("--render", action="store_true", help="make results.md of what is there")
    parser.add_argument("--list", action="store_true", help="print the rows' keys")
    return parser.parse_args()


def selected_works(text):
    """The works that `--rows` names: by their whole keys, or by the beginning of them."""
    every = works.all_works()
    chosen = []
    for name in text.split(","):
        named = [work for work in every if work.key == name] or [
            work for work in every if work.key.startswith(name)]
        if not named:
            sys.exit(f"--rows {name}: no row begins like this; there are "
                     + ", ".join(work.key for work in every))
        chosen += [work for work in named if work not in chosen]
    return chosen


def main():
    options = parsed_options()
    selected = selected_works(options.rows)
    if options.list:
        for work in selected:
            print(f"{work.key:28} {work.title}")
        return
    if options.render:
        path = Path(options.output)
        path.with_suffix(".md").write_text(report.markdown(json.loads(path.read_text())))
        return
    if os.getloadavg()[0] > 0.5:
        print(f"other programs use the processor (load {os.getloadavg()[0]:.1f}): figures will be "
              "too low", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        measurer = Measurer(options, environment.interpreter(options.python), folder)
        for number in range(1, (1 if options.quick else options.rounds) + 1):
            measurer.round(number, selected)
    print(measurer.path.with_suffix(".md"))


if __name__ == "__main__":
    main()
