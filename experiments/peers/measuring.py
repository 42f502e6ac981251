"""Times steps, and measures the memory of this process as `residual bench` does."""

import resource
import time

FEWEST_STEPS = 2
# Later steps of a fresh process may still be slower than the rest: short ones get this long.
WARM_UP_SECONDS = 1.0
# Of a configuration so much slower than the best one, two steps are enough.
HOPELESS = 1 / 0.7


def timed(step, job):
    """The seconds of each step and the peak memory, after at least two steps to warm up.

    Steps are timed until job["seconds"] have passed since the first, at least two of them. If the
    warm-up shows a configuration far slower than job["best_seconds"], there are just two."""
    begin = time.perf_counter()
    warm_up = [duration(step), duration(step)]
    while time.perf_counter() - begin < min(WARM_UP_SECONDS, job["seconds"]):
        warm_up.append(duration(step))
    end = begin + job["seconds"]
    if warm_up[-1] > HOPELESS * job.get("best_seconds", float("inf")):
        end = begin
    reset_peak_memory()
    seconds = []
    while len(seconds) < FEWEST_STEPS or time.perf_counter() < end:
        seconds.append(duration(step))
    return {"seconds": seconds} | memory()


def duration(step):
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def reset_peak_memory():
    """Linux forgets the peak when 5 is written here (proc(5)); elsewhere it is that of the run."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def memory():
    """The peak of the resident memory since the reset, and how much of what is resident now are
    pages of files: the code of the libraries."""
    sizes = {}
    try:
        with open("/proc/self/status") as file:
            for line in file:
                name, _, value = line.partition(":")
                if name in ("VmHWM", "RssFile"):
                    sizes[name] = int(value.split()[0]) << 10
    except OSError:
        pass
    peak = sizes.get("VmHWM", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10)
    return {"peak_memory_bytes": peak, "library_bytes": sizes.get("RssFile", 0)}
