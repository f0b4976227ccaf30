"""However deliveries are repeated, reordered and grouped, the same work of the teams ends in the same records.

Where order matters, it is by a rule that is tested by itself at the end of this file: of two contents under one
instance id, of two corrections of one submission and of two submissions with the same finding, the first to come wins.
A correction that comes before what it corrects is refused, kept, and taken when it comes again or is replayed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.wiring import Wiring
from service_requests.incoming import Outcome, Received
from tests.fixtures.municipality import Municipality
from tests.properties.service_requests.deliveries import Filled, Post, Town, finding_id_of
from tests.properties.service_requests.recorded import check_always, recorded

# A database is made per test, not per example: each example empties its tables first.
on_both = settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
FINDINGS = range(8)


@pytest.fixture
def town(wiring: Wiring, municipality: Municipality) -> Town:
    return Town(wiring.database, municipality)


class Work(NamedTuple):
    """What the teams did: filled forms, in the order in which they were filled, with the posts that carry each."""

    filled: list[Filled]
    posts: list[list[Post]]

    @property
    def all_posts(self) -> list[Post]:
        return [post for posts in self.posts for post in posts]

    def heads(self) -> dict[int, Filled]:
        """Say for each finding in whose newest version its request belongs."""
        heads: dict[int, Filled] = {}
        for filled in self.filled:
            for finding, head in heads.items():
                if filled.amends == head.number:
                    heads[finding] = filled
            for finding in filled.findings:
                heads.setdefault(finding, filled)
        return heads


@st.composite
def works(draw: st.DrawFn) -> Work:
    """Draw up to three chains of corrections; no finding stands in two chains."""
    filled: list[Filled] = []
    for chain in range(draw(st.integers(1, 3))):
        own = [finding for finding in FINDINGS if finding % 3 == chain]
        is_later_version = draw(st.booleans())
        findings: tuple[int, ...] = ()
        for step in range(draw(st.integers(1, 3))):
            chosen = draw(st.sets(st.sampled_from(own)))
            # What was held raw opens nothing that its correction left out: see the rule at the end of this file.
            findings = tuple(sorted(chosen | (set(findings) if is_later_version else set())))
            number = len(filled)
            photos = tuple(f"{number}-{place}" for place in range(draw(st.integers(0, len(findings)))))
            filled.append(Filled(number, findings, photos, number - 1 if step else None, is_later_version))
    return Work(filled, [draw(posts_of(one)) for one in filled])


@st.composite
def posts_of(draw: st.DrawFn, filled: Filled) -> list[Post]:
    """Split the photos over posts in any order; some are lost on the tablet, refused, or named by no answer."""
    photos = draw(st.permutations([*filled.photos, f"{filled.number}-unnamed"]))
    fates = {name: draw(st.sampled_from(["kept", "kept", "refused", "lost"])) for name in photos}
    cuts = sorted(draw(st.sets(st.integers(1, len(photos)), max_size=2)))
    parts = [photos[start:end] for start, end in zip([0, *cuts], [*cuts, len(photos)], strict=True)]
    return [
        Post(
            filled,
            tuple(name for name in part if fates[name] == "kept"),
            is_complete=position == len(parts) - 1,
            refused=tuple(name for name in part if fates[name] == "refused"),
        )
        for position, part in enumerate(parts)
    ]


@st.composite
def groupings(draw: st.DrawFn, posts: Sequence[Post]) -> list[list[Post]]:
    """Cut a sequence of posts into batches of one to eight."""
    waiting, batches = list(posts), []
    while waiting:
        size = draw(st.integers(1, 8))
        batches.append(waiting[:size])
        waiting = waiting[size:]
    return batches


def deliver_all(
    town: Town, batches: Sequence[Sequence[Post]], before: Sequence[tuple[Post, Outcome]] = ()
) -> list[tuple[Post, Outcome]]:
    """Deliver batch after batch, checking after each what is always true; `before` was answered already."""
    answered: list[tuple[Post, Outcome]] = []
    for batch in batches:
        answered += zip(batch, town.deliver(batch), strict=True)
        check_always(town.database, [outcome for _, outcome in [*before, *answered]])
    return answered


@on_both
@given(data=st.data(), work=works())
def test_deliveries_in_any_order_and_grouping_end_as_each_once_in_order(
    town: Town, data: st.DataObject, work: Work
) -> None:
    town.empty()
    repeats = data.draw(st.lists(st.sampled_from(work.all_posts), max_size=6), label="repeats")
    arriving = data.draw(st.permutations(work.all_posts + repeats), label="arriving")
    batches = data.draw(groupings(arriving), label="batches")
    published_after = data.draw(st.integers(0, len(batches)), label="published after")
    answered = deliver_all(town, batches[:published_after])
    town.publish_later_version()
    answered += deliver_all(town, batches[published_after:], answered)
    if data.draw(st.booleans(), label="replayed"):
        town.replay_quarantine()
    # Whatever was not taken is sent again, as a tablet does by itself.
    taken = {post for post, outcome in answered if isinstance(outcome, Received)}
    for post in work.all_posts:
        if post not in taken:
            [outcome] = town.deliver([post])
            assert isinstance(outcome, Received)
    town.replay_quarantine()
    reached = recorded(town.database)
    assert {state for _, _, state, _, _ in reached.quarantine.values()} <= {"replayed"}
    assert {finding: where for finding, (where, _) in reached.requests.items()} == {
        finding_id_of(finding): head.instance_id for finding, head in work.heads().items()
    }
    town.empty()
    town.publish_later_version()
    deliver_all(town, [[post] for post in work.all_posts])
    once = recorded(town.database)
    assert once.quarantine == {}
    assert reached._replace(quarantine={}) == once


@st.composite
def quarrels(draw: st.DrawFn) -> list[Post]:
    """Draw posts that contradict each other: other contents, rival corrections, shared findings, strangers."""
    filled = [
        Filled(
            number=number,
            findings=tuple(sorted(draw(st.sets(st.integers(0, 3), max_size=3)))),
            amends=draw(st.sampled_from([None, *range(number)])) if number else None,
            content=draw(st.integers(0, 1)),
            sender=draw(st.sampled_from(["saha", "saha", "saha", "saha2", "yonetici"])),
        )
        for number in draw(st.lists(st.integers(0, 5), min_size=1, max_size=10))
    ]
    return [Post(one) for one in filled]


def comes_after_what_it_amends(posts: Sequence[Post]) -> list[Post]:
    """Leave out corrections that come before every submission they could correct."""
    here: set[int] = set()
    kept = []
    for post in posts:
        if post.filled.amends is None or post.filled.amends in here:
            kept.append(post)
            here.add(post.filled.number)
    return kept


@on_both
@given(data=st.data(), posts=quarrels())
def test_how_deliveries_are_grouped_never_matters_even_when_they_contradict_each_other(
    town: Town, data: st.DataObject, posts: list[Post]
) -> None:
    posts = comes_after_what_it_amends(posts)
    town.empty()
    together = deliver_all(town, data.draw(groupings(posts), label="batches"))
    reached = recorded(town.database)
    town.empty()
    alone = deliver_all(town, [[post] for post in posts])
    assert [_told(outcome) for _, outcome in together] == [_told(outcome) for _, outcome in alone]
    assert reached == recorded(town.database)


def _told(outcome: Outcome) -> object:
    return (outcome.is_new, len(outcome.tracking_numbers)) if isinstance(outcome, Received) else outcome.code


@on_both
@given(data=st.data(), contents=st.permutations([0, 1]))
def test_of_two_contents_under_one_id_the_first_to_come_stands_and_the_other_is_kept(
    town: Town, data: st.DataObject, contents: list[int]
) -> None:
    first, other = (Post(Filled(0, (1,), content=content)) for content in contents)
    town.empty()
    posts = [first, *data.draw(st.permutations([first, other, other]))]
    answered = deliver_all(town, data.draw(groupings(posts)))
    assert {(post, _told(outcome)) for post, outcome in answered[1:]} == {
        (first, (False, 0)), (other, "submission.other_content"),
    }  # fmt: skip
    assert len(recorded(town.database).quarantine) == 1


@on_both
@given(data=st.data(), rivals=st.permutations([1, 2]))
def test_of_two_corrections_of_one_submission_the_first_to_come_stands(
    town: Town, data: st.DataObject, rivals: list[int]
) -> None:
    original = Post(Filled(0, (1, 2)))
    first, other = (Post(Filled(number, (1, 2 + number), amends=0)) for number in rivals)
    town.empty()
    answered = deliver_all(town, data.draw(groupings([original, first, other, first, other])))
    told = [_told(outcome) for _, outcome in answered]
    assert told == [(True, 2), (True, 1), *["submission.edit_superseded", (False, 0)], "submission.edit_superseded"]
    there = recorded(town.database).requests
    assert {where for where, _ in there.values()} == {first.filled.instance_id}
    assert set(there) == {finding_id_of(number) for number in (1, 2, 2 + first.filled.number)}


@on_both
@given(data=st.data(), order=st.permutations([0, 1]))
def test_a_finding_in_two_submissions_is_the_request_of_the_first_to_come(
    town: Town, data: st.DataObject, order: list[int]
) -> None:
    posts = [Post(Filled(number, (1,))) for number in order]
    town.empty()
    answered = deliver_all(town, data.draw(groupings(posts)))
    assert [_told(outcome) for _, outcome in answered] == [(True, 1), (True, 0)]
    assert [where for where, _ in recorded(town.database).requests.values()] == [posts[0].filled.instance_id]


def test_what_was_held_raw_opens_nothing_that_its_correction_left_out(town: Town) -> None:
    town.deliver([Post(Filled(0, (1, 2), is_later_version=True))])
    town.deliver([Post(Filled(1, (1,), amends=0, is_later_version=True))])
    town.publish_later_version()
    assert set(recorded(town.database).requests) == {finding_id_of(1)}


def test_a_late_post_of_other_photos_does_not_take_back_that_one_is_missing(town: Town) -> None:
    filled = Filled(0, (1, 2), ("0-a", "0-b"))
    early, last = Post(filled, ("0-a",), is_complete=False), Post(filled)
    for batches in ([[early], [last]], [[last], [early]], [[last, early]], [[early], [last], [early]]):
        town.empty()
        deliver_all(town, batches)
        assert ",photo.missing," in recorded(town.database).submissions[filled.instance_id][-1]["flags"]
