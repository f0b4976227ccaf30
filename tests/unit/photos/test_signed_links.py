from datetime import UTC, datetime, timedelta

import pytest

from photos.signed_links import sign_link, verify_link

KEY = b"k" * 32
SHA = "ab" * 32
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LINK = sign_link(KEY, SHA, "thumb", NOW + timedelta(minutes=5), "kullanici-7")


def test_a_link_opens_the_photo_it_was_made_for() -> None:
    assert verify_link(KEY, SHA, "thumb", LINK, at=NOW)
    assert verify_link(KEY, SHA, "thumb", LINK, at=NOW, viewer="kullanici-7")


def test_a_link_ends_at_its_time() -> None:
    assert verify_link(KEY, SHA, "thumb", LINK, at=NOW + timedelta(minutes=5, seconds=-1))
    assert not verify_link(KEY, SHA, "thumb", LINK, at=NOW + timedelta(minutes=5))


def test_a_link_opens_no_other_photo_variant_or_key() -> None:
    assert not verify_link(KEY, "cd" * 32, "thumb", LINK, at=NOW)
    assert not verify_link(KEY, SHA, "original", LINK, at=NOW)
    assert not verify_link(b"x" * 32, SHA, "thumb", LINK, at=NOW)


def test_a_link_made_for_one_is_no_link_for_another() -> None:
    assert not verify_link(KEY, SHA, "thumb", LINK, at=NOW, viewer="kullanici-8")
    assert not verify_link(KEY, SHA, "thumb", LINK.replace("kullanici-7", "kullanici-8"), at=NOW)


def test_a_link_cannot_be_prolonged() -> None:
    expires = int((NOW + timedelta(minutes=5)).timestamp())
    assert str(expires) in LINK
    assert not verify_link(KEY, SHA, "thumb", LINK.replace(str(expires), str(expires + 1)), at=NOW)


@pytest.mark.parametrize("query", ["", "v=&e=&s=", "v=a&e=b&s=c", LINK + "&s=x", LINK + "&x=1", "v=a&e=1&s=é", "%"])
def test_what_is_not_ours_is_refused_without_an_error(query: str) -> None:
    assert not verify_link(KEY, SHA, "thumb", query, at=NOW)


def test_any_name_of_a_viewer_survives_the_link() -> None:
    link = sign_link(KEY, SHA, "shown", NOW + timedelta(minutes=1), "Ayşe & Iğdır=%")
    assert verify_link(KEY, SHA, "shown", link, at=NOW, viewer="Ayşe & Iğdır=%")
