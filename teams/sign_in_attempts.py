"""Slows down whoever guesses passwords: after ten wrong ones in a quarter of an hour a user name has to wait.

Counted by user name, not by address: a whole office stands behind one address. Counted per process: with several
workers a guesser has that many times ten attempts, which argon2 and the quarter of an hour still make hopeless.
Pure: time is passed in.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

from foundation.errors import SahaError
from teams.sign_in import username_key

MOST_WRONG = 10
WINDOW = timedelta(minutes=15)
# Made-up names must not fill the memory; the name that was tried longest ago is forgotten first.
MOST_NAMES = 10_000


class TooManyAttempts(SahaError):
    """Too many wrong passwords for this user name. `facts["retry_after_s"]` says how long to wait."""

    code = "auth.too_many_attempts"

    def __init__(self, retry_after_s: int) -> None:
        minutes = -(-retry_after_s // 60)
        super().__init__(
            f"Bu kullanıcı adıyla çok sayıda hatalı giriş denendi. {minutes} dakika sonra yeniden deneyin.",
            retry_after_s=retry_after_s,
        )


class SignInAttempts:
    """The wrong attempts of the last quarter of an hour, by folded user name."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def refuse_if_too_many(self, username: str, at: datetime) -> None:
        """Raise `TooManyAttempts` while the name has to wait."""
        with self._lock:
            wrong = self._recent(username_key(username), at)
            if len(wrong) >= MOST_WRONG:
                raise TooManyAttempts(max(1, round((wrong[0] + WINDOW - at).total_seconds())))

    def record_wrong(self, username: str, at: datetime) -> None:
        """Count a wrong password."""
        key = username_key(username)
        with self._lock:
            wrong = self._recent(key, at)
            wrong.append(at)
            self._wrong[key] = wrong
            self._wrong.move_to_end(key)
            while len(self._wrong) > MOST_NAMES:
                self._wrong.popitem(last=False)

    def forget(self, username: str) -> None:
        """Start anew after a right password."""
        with self._lock:
            self._wrong.pop(username_key(username), None)

    def _recent(self, key: str, at: datetime) -> deque[datetime]:
        wrong = self._wrong.get(key) or deque(maxlen=MOST_WRONG)
        while wrong and wrong[0] + WINDOW <= at:
            wrong.popleft()
        return wrong
