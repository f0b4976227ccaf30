"""Whatever a tablet hands in as its cursor: what we gave it is read back, and nothing else is believed."""

from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sync.cursors import BadCursor, Cursor, FeedState, PullReset, check_cursor, open_cursor, scope_hash, seal_cursor

KEYS = st.binary(min_size=16, max_size=64)
NUMBERS = st.integers(0, 2**63 - 1)
CURSORS = st.builds(
    Cursor, epoch=st.uuids(), device_id=st.uuids(), scope=st.binary(min_size=8, max_size=8), sequence=NUMBERS,
    began_at=NUMBERS,
)  # fmt: skip
URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(KEYS, CURSORS)
def test_what_was_sealed_is_read_back(key: bytes, cursor: Cursor) -> None:
    text = seal_cursor(key, cursor)
    assert open_cursor(key, text) == cursor
    assert set(text) <= set(URL_SAFE)


@given(KEYS, CURSORS, st.data())
def test_a_cursor_with_anything_changed_is_not_believed(key: bytes, cursor: Cursor, data: st.DataObject) -> None:
    text = seal_cursor(key, cursor)
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    forged = text[:start] + data.draw(st.text(URL_SAFE + "+/= \nş", max_size=4)) + text[end:]
    assume(forged != text)
    with pytest.raises(BadCursor):
        open_cursor(key, forged)


@given(KEYS, st.text(max_size=140) | st.text(URL_SAFE, max_size=140))
def test_a_text_that_we_did_not_write_is_not_believed(key: bytes, text: str) -> None:
    with pytest.raises(BadCursor):
        open_cursor(key, text)


@given(KEYS, KEYS, CURSORS)
def test_a_cursor_of_another_key_is_not_believed(key: bytes, other: bytes, cursor: Cursor) -> None:
    # HMAC pads a short key with zeros, so these two are one.
    assume(key.rstrip(b"\0") != other.rstrip(b"\0"))
    with pytest.raises(BadCursor):
        open_cursor(other, seal_cursor(key, cursor))


@given(CURSORS, st.uuids(), NUMBERS, NUMBERS)
def test_no_other_tablet_goes_on_from_it_whatever_the_feed(
    cursor: Cursor, other: UUID, sequence: int, horizon: int
) -> None:
    assume(other != cursor.device_id)
    with pytest.raises(PullReset) as reset:
        check_cursor(
            cursor, device_id=other, scope=cursor.scope, feed=FeedState(cursor.epoch, sequence, horizon)
        )  # fmt: skip
    assert reset.value.reason == "device"


@given(CURSORS, st.uuids(), st.binary(min_size=8, max_size=8), NUMBERS, NUMBERS)
def test_a_tablet_goes_on_only_where_nothing_can_have_been_missed(
    cursor: Cursor, epoch: UUID, scope: bytes, sequence: int, horizon: int
) -> None:
    reached = max(cursor.sequence, cursor.began_at)
    for feed_epoch in (cursor.epoch, epoch):
        for feed_scope in (cursor.scope, scope):
            feed = FeedState(feed_epoch, sequence, horizon)
            fits = (feed_epoch, feed_scope) == (cursor.epoch, cursor.scope) and horizon <= reached <= sequence
            try:
                check_cursor(cursor, device_id=cursor.device_id, scope=feed_scope, feed=feed)
            except PullReset:
                assert not fits
            else:
                assert fits


@given(st.sets(st.from_regex(r"(team|mahalle|device):[0-9a-f-]{1,36}", fullmatch=True), max_size=6))
def test_another_list_of_areas_is_another_scope(areas: set[str]) -> None:
    ordered = sorted(areas)
    assert scope_hash(ordered) == scope_hash(list(ordered))
    for area in ordered:
        assert scope_hash(sorted(areas - {area})) != scope_hash(ordered)
