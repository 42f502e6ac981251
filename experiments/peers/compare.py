#!/usr/bin/env python3
"""Residual beside PyTorch and ONNX Runtime: the same work, in turn, in one sitting.

    python3 experiments/peers/compare.py --compile            once before: torch.compile's work
    python3 experiments/peers/compare.py --minutes 45         the table, as many rounds as fit
    python3 experiments/peers/compare.py                      the table, three rounds
    python3 experiments/peers/compare.py --rows train- --rounds 5
    python3 experiments/peers/compare.py --list               the rows
    python3 experiments/peers/compare.py --render             the tables anew from results.json

A round runs every row once: Residual, then each configuration of the peers, each in a process of
its own. PyTorch is taken eager and compiled, contiguous and channels last, with malloc as it is and
told to keep large blocks.

The first round goes in stages, so that every row has been measured on both sides before anything is
measured twice: ours and the configuration that is most often the fastest; the other eager ones; the
second round; compiled, channels last; the other rounds; compiled, contiguous. What is slower than
90 % of the best in the first round is left out of the later ones. With --minutes, what would not
end in time is left out.

Each measurement is saved in results.json at once, so a run that was stopped goes on where it was;
results.md is made of it. The machine should do nothing else.

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
import time
from pathlib import Path

import environment
import report
import works

PRUNE_BELOW = 0.9
# Seconds that a measurement is expected to take before one like it has been made.
EXPECTED = {"ours": 15, "eager": 20, "compiled": 90, "kernels": 30}


class Measurer:
    """Runs measurements and keeps their results in a file."""

    def __init__(self, options, python, folder):
        self.options = options
        self.python = python
        self.folder = Path(folder)
        self.path = Path(options.output)
        self.results = self.load()
        self.deadline = time.monotonic() + 60 * (options.minutes or float("inf"))

    def load(self):
        head = {
            "commit": environment.commit(), "machine": environment.machine(),
            "versions": environment.versions(self.python), "threads": self.options.threads,
            "quick": self.options.quick}
        command = {"command": " ".join(["experiments/peers/compare.py", *sys.argv[1:]])}
        if not self.path.exists():
            return head | command | {"measurements": []}
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

    def sitting(self, selected):
        """All rounds, the first in stages."""
        last = 1 if self.options.quick else self.options.rounds
        for stage in range(3):
            self.round(1, selected, [stage])
        if last > 1:
            self.round(2, selected)
        self.round(1, selected, [3])
        for number in range(3, last + 1):
            self.round(number, selected)
        self.round(1, selected, [4])

    def round(self, number, selected, stages=None):
        """One measurement of every row; of the first round those of the peers in `stages`."""
        for work in selected:
            peers = [peer for peer in self.worth_running(work, number)
                     if stages is None or peer.stage in stages]
            is_first = number == 1 and stages == [0]
            if number > 1 or is_first:
                kind = "kernels" if work.kind == "kernels" else "ours"
                # Both sides or none: a ratio is of figures taken together.
                needed = [(work, "Residual", "", kind)] + [
                    (work, peer.program, peer.name, self.kind(work, peer)) for peer in peers]
                if not is_first and not self.fits(needed):
                    continue
                self.measure(work, number, "Residual", "", lambda: self.residual(work))
            ours = self.known(work.key, 1, "Residual", "")
            if (ours is None or "error" in ours["result"]) and not self.is_wanted_alone(
                    work, selected):
                # Nothing to compare with (a model or a precision that this version lacks).
                continue
            for peer in peers:
                needed = [(work, peer.program, peer.name, self.kind(work, peer))]
                if number > 1 or is_first or self.fits(needed):
                    self.measure(
                        work, number, peer.program, peer.name,
                        lambda: self.peer(work, peer, ours["result"]))

    def kind(self, work, peer):
        if work.kind == "kernels":
            return "kernels"
        return "compiled" if peer.job.get("compiled") else "eager"

    def is_wanted_alone(self, work, selected):
        return any(other.also_beats == work.key for other in selected)

    def fits(self, needed):
        """Whether these measurements are likely to end in time."""
        seconds = 0
        for work, program, configuration, kind in needed:
            took = [m["took"] for m in self.results["measurements"] if m["work"] == work.key
                    and (m["program"], m["configuration"]) == (program, configuration)]
            alike = [m["took"] for m in self.results["measurements"] if m["kind"] == kind]
            seconds += max(took) if took else statistics.fmean(alike or [EXPECTED[kind]])
        return time.monotonic() + seconds <= self.deadline

    def worth_running(self, work, number):
        """All configurations in the first round, but none with malloc as it is whose sibling is
        slow; later those near the best of their program."""
        rates = report.rates(self.results["measurements"], work.key, rounds=[1])
        best = {}
        for (program, _), rate in rates.items():
            best[program] = max(best.get(program, 0), rate)

        def is_near(program, name, unknown):
            rate = rates.get((program, name))
            return unknown if rate is None else rate >= PRUNE_BELOW * best[program]

        for peer in work.peers:
            if self.options.eager_only and peer.job.get("compiled"):
                continue
            if work.kind == "kernels" or self.options.no_pruning or (
                    is_near(peer.program, peer.sibling, True) if number == 1
                    else is_near(peer.program, peer.name, False)):
                yield peer

    def known(self, work, number, program, configuration):
        """The measurement that is there already."""
        name = {"work": work, "round": number, "program": program, "configuration": configuration}
        for measurement in self.results["measurements"]:
            if all(measurement[key] == value for key, value in name.items()):
                return measurement
        return None

    def measure(self, work, number, program, configuration, body):
        """Saves the result of `body`, unless one is there already."""
        if self.known(work.key, number, program, configuration):
            return
        kind = "ours" if program == "Residual" else "eager"
        if work.kind == "kernels":
            kind = "kernels"
        elif configuration.startswith("compiled"):
            kind = "compiled"
        load = os.getloadavg()[0]
        begin = time.monotonic()
        started = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        try:
            result = body()
        except subprocess.TimeoutExpired as stop:
            result = {"error": f"stopped after {stop.timeout:.0f} s"}
        except subprocess.CalledProcessError as failure:
            lines = (failure.stderr or "").strip().splitlines() or [f"status {failure.returncode}"]
            # Ours says what is wrong first, a Python trace last.
            result = {"error": lines[0 if program == "Residual" else -1]}
        took = round(time.monotonic() - begin, 1)
        self.results["measurements"].append({
            "work": work.key, "round": number, "program": program, "configuration": configuration,
            "kind": kind, "started": started, "took": took, "load_before": round(load, 2),
            "result": result})
        self.save()
        print(f"{number} {work.key}: {program} {configuration}: {report.short(result)}, {took} s",
              file=sys.stderr)

    def residual(self, work):
        arguments = [self.options.residual, "bench", *self.timed_arguments(work)]
        threads = 1 if work.kind == "one thread" else self.options.threads
        output = self.run(arguments + ["--threads", str(threads)], work.environment)
        lines = [json.loads(line) for line in output.splitlines()]
        return {"lines": lines} if work.kind == "kernels" else lines[0]

    def timed_arguments(self, work):
        """As many steps as take about as long as the peers get; what the first round showed."""
        if work.kind == "kernels" and not self.options.quick:
            return work.arguments
        place = work.arguments.index("--steps") + 1
        steps = int(work.arguments[place])
        first = self.known(work.key, 1, "Residual", "")
        if self.options.quick:
            steps = 2
        elif first and "milliseconds_p50" in first["result"]:
            steps = round(works.SECONDS / first["result"]["milliseconds_p50"] * 1000)
            steps = min(max(steps, 2), 2000)
        return [*work.arguments[:place], str(steps), *work.arguments[place + 1:]]

    def peer(self, work, peer, ours):
        job = peer.job | {"threads": self.options.threads}
        fastest = report.rates(self.results["measurements"], work.key)
        rates = [rate for (program, _), rate in fastest.items() if program == peer.program]
        if rates:
            job["best_seconds"] = job["batch"] / max(rates)
        if self.options.quick:
            job |= {"steps": 2, "seconds": 0}
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
            "steps": len(rates),
            "peak_memory_bytes": result["peak_memory_bytes"],
            "library_bytes": result["library_bytes"]}

    def exported(self, job):
        """The model as an ONNX file, written once in a run."""
        path = self.folder / f"{job['model']}-{job['size']}-b{job['batch']}.onnx"
        if not path.exists():
            export = json.dumps(job | {"work": "export", "path": str(path)})
            self.run([self.python, str(environment.FOLDER / "peer_torch.py"), export], {})
        return path

    def run(self, arguments, variables, text=""):
        timeout = self.options.timeout
        if self.options.minutes:
            # What every row must have may go beyond.
            timeout = min(timeout, max(180, self.deadline - time.monotonic()))
        variables = {"TORCHINDUCTOR_CACHE_DIR": environment.COMPILED} | variables
        return subprocess.run(
            arguments, env={**os.environ, **variables}, cwd=environment.REPOSITORY, input=text,
            capture_output=True, text=True, check=True, timeout=timeout).stdout

    def compile(self, selected):
        """Runs a step of all that is compiled, which fills the compiler's cache."""
        for work in selected:
            for peer in work.peers:
                if not peer.job.get("compiled"):
                    continue
                begin = time.monotonic()
                job = peer.job | {"threads": self.options.threads, "seconds": 0}
                command = [self.python, str(environment.FOLDER / "peer_torch.py"), json.dumps(job)]
                try:
                    self.run(command, peer.environment)
                    said = "compiled"
                except subprocess.CalledProcessError as failure:
                    said = f"FAILED: {(failure.stderr or 'no reason').strip().splitlines()[-1]}"
                except subprocess.TimeoutExpired:
                    said = "FAILED: too slow"
                print(f"{work.key}: {peer.name}: {said}, {time.monotonic() - begin:.0f} s",
                      file=sys.stderr)


def parsed_options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="", help="comma-separated keys, or beginnings of them")
    parser.add_argument("--rounds", type=int, default=3, help="the most rounds")
    parser.add_argument("--minutes", type=float, help="leave out what would take longer")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="one round of two steps each")
    parser.add_argument("--eager-only", action="store_true", help="leave torch.compile out")
    parser.add_argument("--no-pruning", action="store_true", help="all configurations every round")
    parser.add_argument("--python", help="an interpreter that has PyTorch and ONNX Runtime")
    parser.add_argument("--residual", default=str(environment.REPOSITORY / "residual"))
    parser.add_argument("--output", default=str(environment.FOLDER / "results.json"))
    parser.add_argument("--timeout", type=int, default=1800, help="seconds for a measurement")
    parser.add_argument("--render", action="store_true", help="make results.md of what is there")
    parser.add_argument(
        "--compile", action="store_true",
        help="let torch.compile do its work and keep it, so that a later sitting need not wait")
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
        if options.compile:
            measurer.compile(selected)
            return
        measurer.sitting(selected)
    print(measurer.path.with_suffix(".md"))


if __name__ == "__main__":
    main()
