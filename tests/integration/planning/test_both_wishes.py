"""Who asks for a woman or a man, and for a team that has one: that team goes where those of the mahalle have none."""

from api.wiring import Wiring
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.planning.sweeping import sweep
from tests.integration.planning.test_campaigns import let_team_be
from tests.integration.planning.test_what_follows import visits_of
from tests.integration.planning.test_wishes_of_households import (
    MONDAY,
    TUESDAY,
    answered,
    asked_before,
    family,
    let_be_away,
    unmet,
)


def test_the_team_that_is_wanted_goes_where_only_it_has_whom_the_household_wants(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    let_team_be(office, place.team, ("saha", "erkek"))
    let_team_be(office, place.other_team, ("saha2", "kadin"))
    let_be_away(office, MONDAY, MONDAY, user_id=place.users["saha2"])
    wish = {"istenen_ekip": str(place.other_team)}
    by_event, by_answer = family(entities, "Taşınan", **wish), entities.record_target(ad="Cevaplanan", **wish)
    for target in (by_event, by_answer):
        asked_before(entities, target, "kadin")
    answered(office, wiring, by_answer)
    sweep(wiring)
    for target in (by_event, by_answer):
        _, told = visits_of(wiring, target)
        assert (told.team_id, told.day, told.fields["ziyaretci"]) == (place.other_team, TUESDAY, "kadin")
    assert unmet(office) == []


def test_whom_the_teams_of_the_mahalle_do_not_have_is_told_in_words_that_are_true(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    let_team_be(office, place.team, ("saha", "erkek"))
    # There is a woman, in a team of another mahalle that nobody asked for.
    let_team_be(office, place.other_team, ("saha2", "kadin"))
    hers = family(entities, "Kadın ister")
    asked_before(entities, hers, "kadin")
    sweep(wiring)
    assert unmet(office) == [(str(hers), "hos_geldiniz", "Kadın görevli")]
    (listed,) = office.get("koordinator", "/v1/campaigns").json()["unmet"]
    assert listed["reason"].startswith(
        "İstenen görevli (kadın ya da erkek) mahallesine bakan ekiplerin hiçbirinde zamanında yok."
    )
