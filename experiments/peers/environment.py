"""Where the peers run, and what the machine and the versions are."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parent.parent
# Where torch.compile keeps what it has made.
COMPILED = str(FOLDER / ".venv" / "inductor")
PACKAGES = ["torch", "torchvision", "onnx", "onnxruntime"]


def interpreter(path):
    """The interpreter that has the peers: `path`, or else that of a virtual environment here, which
    is made when it is missing."""
    if path:
        return path
    python = FOLDER / ".venv" / "bin" / "python"
    if not python.exists():
        print(f"making {FOLDER / '.venv'} with {', '.join(PACKAGES)}", file=sys.stderr)
        made = subprocess.run([sys.executable, "-m", "venv", FOLDER / ".venv"])
        if made.returncode != 0:
            sys.exit("no virtual environment could be made (on Debian, python3-venv is needed)")
    if None in versions(python).values():
        installed = subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES])
        if installed.returncode != 0:
            sys.exit("the peers could not be installed; --python names an interpreter with them")
    return str(python)


def versions(python):
    """The versions of the peers; nothing for one that cannot be imported."""
    code = (
        "import json, importlib.metadata as m\n"
        "def version(name):\n"
        "    try: return m.version(name)\n"
        "    except m.PackageNotFoundError: return None\n"
        f"print(json.dumps({{name: version(name) for name in {PACKAGES!r}}}))")
    return json.loads(subprocess.run([python, "-c", code], check=True, capture_output=True).stdout)


def machine():
    """The processor, its cores and memory, and the system."""
    processor = platform.processor() or platform.machine()
    for line in lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            processor = line.split(":", 1)[1].strip()
            break
    memory = next((l for l in lines("/proc/meminfo") if l.startswith("MemTotal")), "MemTotal: 0")
    return {
        "processor": processor, "cores": os.cpu_count(),
        "memory_gib": round(int(memory.split()[1]) / (1 << 20), 1), "system": platform.platform()}


def lines(path):
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def commit():
    """The commit that is measured, `+` behind it if files differ from it."""
    def git(*arguments):
        result = subprocess.run(
            ["git", "-C", REPOSITORY, *arguments], capture_output=True, text=True)
        return result.stdout.strip() if result.returncode == 0 else ""
    # What this script writes is no change of the program.
    changed = git("status", "--porcelain", "--", ".", ":!experiments")
    return git("rev-parse", "HEAD") + ("+" if changed else "")
