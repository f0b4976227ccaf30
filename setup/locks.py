"""`make lock`: resolves the dependencies of `pyproject.toml` into lock files for every Python we support.

Each file names versions and hashes and no hosts, so that any mirror may serve it and none can change it.
"""

import subprocess

from setup.progress import ROOT


def write_locks() -> None:
    """Rewrite the lock files; what is locked already stays where it is unless `pyproject.toml` asks for more."""
    product = ROOT / "requirements.lock"
    _compile("requirements.lock", "pyproject.toml")
    _compile("requirements-dev.lock", "--extra=dev", f"--constraints={product}", "pyproject.toml")
    _compile("requirements-node.lock", "--group=node")


def _compile(lock: str, *what: str) -> None:
    subprocess.run(
        [
            "uv", "pip", "compile", "--quiet", "--no-config", "--universal", "--python-version=3.11",
            "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header",
            f"--cache-dir={ROOT / 'var' / 'cache' / 'uv'}", f"--output-file={lock}", *what,
        ],
        cwd=ROOT, check=True,
    )  # fmt: skip
    print(f"{lock}: {(ROOT / lock).read_text(encoding='utf-8').count('==')}")


if __name__ == "__main__":
    write_locks()
