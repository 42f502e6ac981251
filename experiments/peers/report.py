"""The tables: medians over the rounds, ratios ours : theirs, and how they stand to the goals."""

import math
import statistics

import works

# A convolution's passes, as they are called in the tables.
PASSES = {"forward": "forward", "input_gradient": "data gradient",
          "filter_gradient": "weight gradient"}


def rates(measurements, key, rounds=None):
    """The median images a second of each (program, configuration) of a work."""
    return {name: statistics.median(values)
            for name, values in collected(measurements, key, "images_per_second", rounds).items()}


def collected(measurements, key, figure, rounds=None):
    """All values of a figure of a work, by (program, configuration)."""
    values = {}
    for measurement in measurements:
        result = measurement["result"]
        if measurement["work"] == key and figure in result and (
                rounds is None or measurement["round"] in rounds):
            name = (measurement["program"], measurement["configuration"])
            values.setdefault(name, []).append(result[figure])
    return values


def short(result):
    """A result in a few words, for the progress."""
    if "error" in result:
        return f"FAILED: {result['error']}"
    if "images_per_second" in result:
        return f"{result['images_per_second']:.1f} images a second"
    return "done"


def markdown(results):
    parts = [heading(results), speed_table(results), convolution_tables(results),
             memory_table(results), other_table(results), all_configurations(results)]
    return "\n\n".join(part for part in parts if part) + "\n"


def heading(results):
    machine, versions = results["machine"], results["versions"]
    count = max((m["round"] for m in results["measurements"]), default=0)
    named = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    started = min((m["started"] for m in results["measurements"]), default="")
    ended = max((m["started"] for m in results["measurements"]), default="")
    text = (
        "# Residual beside its peers\n\n"
        f"Commit {results['commit'][:12]}{'+' if results['commit'].endswith('+') else ''}, "
        f"{machine['processor']}, {results['threads']} threads of {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, {machine['system']}; {named}. "
        f"{count} round{'s' if count != 1 else ''} between {started} and {ended}, by "
        f"`python3 {results['command']}`. Figures are medians over the rounds, in brackets "
        "the lowest and the highest; ratios are ours : theirs, in bold where the goal is reached. "
        "Theirs is the best configuration of each program that ran.")
    if results["quick"]:
        text += "\n\n**A quick run of two steps each: not fit to be published.**"
    busy = max((m["load_before"] for m in results["measurements"]), default=0)
    if busy > 4:
        text += f"\n\n**The machine was busy (load up to {busy:.1f}).**"
    return text


def table(titles, rows, right=()):
    marks = ["--:" if title in right else "---" for title in titles]
    lines = [titles, marks] + rows
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def figure(values, digits=1):
    """`458.1 [450.0, 465.2]`."""
    text = f"{statistics.median(values):,.{digits}f}"
    if len(values) > 1:
        text += f" [{min(values):,.{digits}f}, {max(values):,.{digits}f}]"
    return text


def judged(ratio, goal, at_most=False):
    """A ratio, in bold where the goal is reached."""
    text = f"{ratio:.2f}×"
    reached = goal is not None and (ratio <= goal if at_most else ratio >= goal)
    return f"**{text}**" if reached else text


def best_of(values, program):
    """The fastest configuration of a program: its name and values."""
    of_program = {name: v for (p, name), v in values.items() if p == program}
    if not of_program:
        return None
    name = max(of_program, key=lambda n: statistics.median(of_program[n]))
    return name, of_program[name]


def speed_table(results):
    rows = []
    for work in works.all_works():
        values = collected(results["measurements"], work.key, "images_per_second")
        ours = values.get(("Residual", ""))
        if work.kind != "speed" or not ours:
            continue
        for program in dict.fromkeys(peer.program for peer in work.peers):
            best = best_of(values, program)
            if best is None:
                continue
            goal = work.goals.get(program)
            ratio = statistics.median(ours) / statistics.median(best[1])
            rows.append([
                work.title, figure(ours), figure(best[1]), f"{program}: {best[0]}",
                judged(ratio, goal), f"≥ {goal}×" if goal else ""])
        other = best_of(
            collected(results["measurements"], work.also_beats, "images_per_second"), "PyTorch")
        if other:
            ratio = statistics.median(ours) / statistics.median(other[1])
            rows.append([
                f"{work.title}, theirs in bf16", figure(ours), figure(other[1]),
                f"PyTorch: {other[0]}", judged(ratio, 1), "> 1×"])
    if not rows:
        return ""
    titles = ["work", "Residual, images/s", "theirs, images/s", "which", "ratio", "goal"]
    return "## Training and inference\n\n" + table(titles, rows, titles[1:3] + titles[4:])


# MARK: Convolutions


def convolution_groups(line):
    """The group of the goals to which a line of `residual bench kernels` belongs."""
    channels = min(line["input_channels"], line["output_channels"])
    plain = line["groups"] == 1 and line["dilation"] == [1, 1]
    if plain and line["kernel"] == [3, 3] and line["stride"] == [1, 1] and channels >= 64:
        return "3×3, stride 1, at least 64 channels", 2.3
    if plain and line["kernel"] == [1, 1]:
        return "1×1", 1.1 if line["batch"] == 1 else 1.0
    return "other", None


def convolution_rows(results, work):
    """For each line: the group, the line, our and their best milliseconds."""
    shapes, ours, theirs = {}, {}, {}
    for measurement in results["measurements"]:
        result = measurement["result"]
        if measurement["work"] != work.key or "error" in result:
            continue
        if measurement["program"] == "Residual":
            order = [shape_name(line) for line in result["lines"]]
            for name, line in zip(order, result["lines"]):
                shapes.setdefault(name, line)
                ours.setdefault(name, []).append(line["milliseconds_p50"])
        else:
            for name, times in zip(order, result["milliseconds"]):
                theirs.setdefault(name, {}).setdefault(measurement["configuration"], []).append(
                    statistics.median(times))
    for name, line in shapes.items():
        if name in theirs:
            best = min(theirs[name].items(), key=lambda item: statistics.median(item[1]))
            yield (*convolution_groups(line), line, statistics.median(ours[name]),
                   statistics.median(best[1]), best[0])


def shape_name(line):
    return tuple(str(line[key]) for key in (
        "pass", "batch", "height", "width", "input_channels", "output_channels", "kernel",
        "stride", "padding", "dilation", "groups"))


def convolution_tables(results):
    details, ratios = [], {}
    for work in works.all_works():
        if work.kind != "kernels":
            continue
        for group, goal, line, ours, theirs, configuration in convolution_rows(results, work):
            ratios.setdefault((group, line["batch"], line["pass"], goal), []).append(theirs / ours)
            stride = f", stride {line['stride'][0]}" if line["stride"] != [1, 1] else ""
            shape = (
                f"{line['batch']}×{line['height']}×{line['width']}×{line['input_channels']} → "
                f"{line['output_channels']}, {line['kernel'][0]}×{line['kernel'][1]}{stride}")
            details.append([
                shape, PASSES[line["pass"]], line["algorithm"], f"{ours:.3f}",
                f"{line['gflops']:,.0f}", f"{theirs:.3f}", configuration,
                judged(theirs / ours, goal)])
    if not details:
        return ""
    rows = []
    for (group, batch, name, goal), values in sorted(
            ratios.items(), key=lambda item: (item[0][0], -item[0][1], list(PASSES).index(
                item[0][2]))):
        mean = math.exp(statistics.fmean(math.log(value) for value in values))
        rows.append([
            group, str(batch), PASSES[name], str(len(values)), judged(mean, goal),
            judged(min(values), goal), f"{max(values):.2f}×", f"≥ {goal}×" if goal else ""])
    titles = ["convolutions", "batch", "pass", "shapes", "ratio, geometric mean", "lowest",
              "highest", "goal"]
    detail_titles = ["shape", "pass", "algorithm", "ours, ms", "GFLOP/s", "theirs, ms", "which",
                     "ratio"]
    return (
        "## Convolutions beside PyTorch (oneDNN)\n\n"
        + table(titles, rows, titles[3:])
        + "\n\nGFLOP/s count a direct convolution.\n\n"
        + table(detail_titles, details, ["ours, ms", "GFLOP/s", "theirs, ms", "ratio"]))


# MARK: The rest


def memory_table(results):
    rows = []
    for work in works.all_works():
        if not work.key.startswith("train-"):
            continue
        ours, theirs = [], {}
        for m in results["measurements"]:
            peak = m["result"].get("peak_memory_bytes")
            if m["work"] != work.key or peak is None:
                continue
            if m["program"] == "Residual":
                ours.append(peak)
            else:
                theirs.setdefault(m["configuration"], []).append(
                    (peak - m["result"]["library_bytes"], peak))
        if not ours or not theirs:
            continue
        name = min(theirs, key=lambda n: statistics.median_low(theirs[n]))
        own, whole = statistics.median_low(theirs[name])
        ratio = statistics.median(ours) / own
        rows.append([
            work.title, *(f"{n / (1 << 20):,.0f}" for n in (statistics.median(ours), own, whole)),
            name, judged(ratio, 0.6, at_most=True), "≤ 0.6×"])
    if not rows:
        return ""
    titles = ["work", "Residual, MiB", "PyTorch, MiB", "with libraries, MiB", "which", "ratio",
              "goal"]
    return (
        "## Peak memory of the process during training steps\n\n"
        "Resident memory at its peak (VmHWM). Ours is counted whole. Theirs is the configuration "
        "that needs least, and the ratio leaves out the pages of its libraries' files (RssFile at "
        "the end; the build with CUDA brings large ones): what remains is tensors, the allocator's "
        "reserve, Python and its objects.\n\n"
        + table(titles, rows, titles[1:4] + titles[5:]))


def other_table(results):
    rows = []
    measurements = results["measurements"]
    two = rates(measurements, "train-cifar10-cnn-b128-f32").get(("Residual", ""))
    one = rates(measurements, "threads-cifar10-cnn").get(("Residual", ""))
    if one and two:
        rows.append([
            f"training cifar10-cnn, 1 → {results['threads']} threads", judged(two / one, 1.85),
            "≥ 1.85×"])
    shares = [
        row["share"] for m in measurements if m["work"] == "overhead-cifar10-cnn"
        for row in m["result"].get("breakdown", [])
        if row["operation"] == "between the operations"]
    if shares:
        share = 100 * statistics.median(shares)
        text = f"{share:.2f} %"
        rows.append([
            "autograd, modules and dispatch, share of a training step of cifar10-cnn",
            f"**{text}**" if share < 2 else text, "< 2 %"])
    return "## Residual alone\n\n" + table(["what", "figure", "goal"], rows) if rows else ""


def all_configurations(results):
    rows, failures, not_run = [], {}, []
    for work in works.all_works():
        values = collected(results["measurements"], work.key, "images_per_second")
        for (program, name), found in values.items():
            rows.append(
                [work.key, f"{program} {name}".strip(), figure(found), str(len(found))])
        left_out = [
            peer.name for peer in work.peers if values and (peer.program, peer.name) not in values]
        if left_out:
            not_run.append(f"- {work.key}: {'; '.join(left_out)}")
    for m in results["measurements"]:
        if "error" in m["result"]:
            name = f"{m['program']} {m['configuration']}".strip()
            failures[(m["work"], name)] = m["result"]["error"]
    text = ""
    if rows:
        titles = ["row", "program", "images/s", "rounds"]
        text = "## All configurations\n\n" + table(titles, rows, titles[2:])
    if not_run:
        text += "\n\n## What was left out (slow siblings, or no time)\n\n" + "\n".join(not_run)
    if failures:
        text += "\n\n## What could not be measured\n\n" + "\n".join(
            f"- {work}, {name}: {error}" for (work, name), error in failures.items())
    return text
