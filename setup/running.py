"""`make run`: everything a fresh machine needs, then the server; a second start finds most of it done.

What the operator reads is Turkish, and whatever they have to put right is one sentence.
"""

import errno
import fcntl
import os
import socket
from pathlib import Path

from setup.node_packages import build_webapp
from setup.progress import ROOT, Refusal, step
from setup.python_environment import VENV, provide_python_environment

_PREPARATIONS = {
    "Veritabanı güncelleniyor": ["migrate"],
    "Örnek belediye hazırlanıyor (yalnızca veri yoksa)": ["demo", "--if-empty"],
}


def run_server() -> int:
    """Install, build, migrate, load the demo, and become the server. Raises `Refusal`."""
    environment = {**_settings_file(), **os.environ}
    data = ROOT / environment.get("SAHA_DATA_DIR", "var")
    data.mkdir(parents=True, exist_ok=True)
    _refuse_second_start(data)
    _refuse_taken_port(environment.get("SAHA_HOST", "127.0.0.1"), environment.get("SAHA_PORT", "8000"))
    provide_python_environment()
    build_webapp()
    saha = str(VENV / "bin" / "saha")
    for what, arguments in _PREPARATIONS.items():
        with step(what):
            code = os.spawnve(os.P_WAIT, saha, [saha, *arguments], environment)  # noqa: S606  no shell is wanted
            if code != 0:
                raise Refusal(f"'{what}' adımı başarısız oldu: yukarıdaki açıklamayı giderip komutu yeniden verin.")
    os.chdir(ROOT)
    os.execve(saha, [saha, "serve"], environment)  # noqa: S606  the server gets Ctrl-C itself


def _settings_file() -> dict[str, str]:
    """Read `.env` (NAME=value lines) if there is one; the environment has the last word over it."""
    file = ROOT / ".env"
    if not file.exists():
        return {}
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def _refuse_second_start(data: Path) -> None:
    """Take the lock that says somebody runs here; the server inherits it, and a crash frees it."""
    lock = os.open(data / "running", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        number = os.read(lock, 20).decode().strip()
        raise Refusal(
            f"Saha bu klasörde zaten çalışıyor (süreç {number}): onu kullanın ya da önce 'kill {number}' ile durdurun."
        ) from None
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())
    os.set_inheritable(lock, True)  # noqa: FBT003  the signature is Python's


def _refuse_taken_port(host: str, port_setting: str) -> None:
    if not port_setting.isascii() or not port_setting.isdigit():
        raise Refusal(f"SAHA_PORT bir sayı olmalıdır ('{port_setting}' değil): ayarı düzeltip komutu yeniden verin.")
    port = int(port_setting)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            raise Refusal(_what_to_do(error, host, port)) from None


def _what_to_do(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{port} numaralı kapı dolu: başka bir kapı seçin, örneğin 'SAHA_PORT={port + 1} make run'."
    if error.errno == errno.EACCES:
        return f"{port} numaralı kapıyı açma yetkiniz yok: 1024'ten büyük bir kapı seçin (SAHA_PORT=8000 make run)."
    return f"{host} bu makinenin adresi değil: SAHA_HOST ayarını düzeltin (bütün adresler için 0.0.0.0)."
