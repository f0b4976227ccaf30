"""What `make run` says when it cannot: one sentence each, which says what to do."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from setup.progress import ROOT, Refusal, fingerprint, is_done, mark_done, run
from setup.running import _refuse_second_start, _refuse_taken_port

_MAKE_RUN = [sys.executable, "-m", "setup.start", "run"]


def test_a_taken_port_names_a_free_one() -> None:
    with socket.socket() as somebody_else:
        somebody_else.bind(("127.0.0.1", 0))
        somebody_else.listen()
        port = somebody_else.getsockname()[1]
        with pytest.raises(Refusal, match=f"{port} numaralı kapı dolu.*SAHA_PORT={port + 1} make run"):
            _refuse_taken_port("127.0.0.1", str(port))
    _refuse_taken_port("127.0.0.1", str(port))


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(Refusal, match=r"192\.0\.2\.1 bu makinenin adresi değil"):
        _refuse_taken_port("192.0.2.1", "8000")


@pytest.mark.parametrize("port", ["", "sekiz", "-1", "٨٠"])
def test_a_port_that_is_no_number_is_refused(port: str) -> None:
    with pytest.raises(Refusal, match="SAHA_PORT bir sayı olmalıdır"):
        _refuse_taken_port("127.0.0.1", port)


def test_a_second_start_names_the_first(tmp_path: Path) -> None:
    _refuse_second_start(tmp_path)
    second = subprocess.run(
        _MAKE_RUN,
        cwd=ROOT,
        env={**os.environ, "SAHA_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"zaten çalışıyor (süreç {os.getpid()})" in second.stderr


def test_an_installer_without_network_says_so() -> None:
    offline = "import sys; sys.exit('Temporary failure in name resolution')"
    with pytest.raises(Refusal, match="İnternete ulaşılamadı"):
        run([sys.executable, "-c", offline], environment=os.environ)


def test_an_installer_that_fails_is_quoted() -> None:
    with pytest.raises(Refusal, match="disk dolu\nKurulum adımı başarısız oldu"):
        run([sys.executable, "-c", "import sys; sys.exit('disk dolu')"], environment=os.environ)


def test_a_step_is_done_again_when_what_it_was_made_from_changes(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    before = fingerprint([ROOT / "Makefile"])
    mark_done(stamp, before)
    assert is_done(stamp, before)
    assert not is_done(stamp, fingerprint([ROOT / "Makefile", ROOT / "pyproject.toml"]))
