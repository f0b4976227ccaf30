"""Campaigns: the coordinator makes, changes, stops and finishes them; each change plans what it leaves open."""

from typing import Literal
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.orm import Session

from api.dependencies import shows
from api.problems import NotFound
from api.wiring import Wiring
from foundation.clock import ISTANBUL
from foundation.errors import SahaError
from foundation.identifiers import uuid7
from reports.campaign_lists import (
    CampaignView,
    LeftOutList,
    UnmetView,
    list_campaigns,
    show_one_campaign,
    view_left_out,
    view_unmet,
)
from service_requests.answered_visits import list_unmet_answers, visited_since
from sync.change_log import FeedChanges, write_feed
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Scope
from visits.automatic_visits import WaitingView, list_unmet, list_waiting
from visits.campaign_planning import PlannedRound, find_left_out, plan_round
from visits.campaigns import CampaignPlan, change_campaign, make_campaign, steer_campaign
from visits.recording import Recording
from visits.tables import Campaign

CAMPAIGNS = shows(Resource.VISITS)


class NoTarget(SahaError):
    """Nobody is left whom the campaign could visit."""

    code = "campaign.no_target"

    def __init__(self) -> None:
        super().__init__(
            "Bu koşullara uyan, ziyaret edilebilecek kimse yok ya da ekiplerin bu günlerde yeri ya da "
            "istenen görevlisi yok. Mahalleleri, günleri ya da «son … günde ziyaret edilmemiş» koşulunu değiştirin."
        )


class CampaignList(msgspec.Struct, frozen=True):
    """All campaigns, what waits because no team has its mahalle, who because none there has whom they asked for."""

    items: list[CampaignView]
    waiting: list[WaitingView]
    unmet: list[UnmetView]


class SavedCampaign(msgspec.Struct, frozen=True):
    """A campaign as it stands. `planned`: visits planned just now; `found`: targets there were for them."""

    campaign: CampaignView
    planned: int
    found: int


class Steering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do with a campaign, as it was read."""

    act: Literal["stop", "resume", "finish"]
    version: int


@get("/campaigns", sync_to_thread=True, opt=CAMPAIGNS)
def show_campaigns(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> CampaignList:
    """List campaigns with their progress."""
    del sees  # asking for it is what refuses everybody else
    at = wiring.clock()
    today = at.astimezone(ISTANBUL).date()
    with wiring.database.reading() as session:
        unmet = view_unmet(session, [*list_unmet(session, today), *list_unmet_answers(session, at)])
        return CampaignList(list_campaigns(session, today), list_waiting(session, today), unmet)


@get("/campaigns/{campaign_id:uuid}", sync_to_thread=True, opt=CAMPAIGNS)
def show_campaign(
    campaign_id: FromPath[UUID], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> CampaignView:
    """Show one campaign."""
    del sees
    with wiring.database.reading() as session:
        return _view(session, campaign_id, wiring)


@get("/campaigns/{campaign_id:uuid}/left-out", sync_to_thread=True, opt=CAMPAIGNS)
def show_left_out(
    campaign_id: FromPath[UUID], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> LeftOutList:
    """List whom the campaign's present round has no place for, each with the reason."""
    del sees
    with wiring.database.reading() as session:
        campaign = session.get(Campaign, campaign_id)
        if campaign is None:
            raise NotFound
        return view_left_out(session, find_left_out(session, campaign, wiring.clock(), visited_since))


@post("/campaigns", sync_to_thread=True, opt=CAMPAIGNS)
def add_campaign(
    data: JSONBody[CampaignPlan], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> SavedCampaign:  # fmt: skip
    """Make a campaign and plan its first round."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        campaign = make_campaign(session, actor, data, at=at)
        planned = _plan(session, campaign, Recording(at, actor.user_id, uuid7(at)))
        if not planned.planned:
            raise NoTarget
        record_access(session, actor, Access.CHANGED, Subject.CAMPAIGN, campaign.id, at=at, detail=campaign.name)
        return SavedCampaign(_view(session, campaign.id, wiring), *planned)


@put("/campaigns/{campaign_id:uuid}", sync_to_thread=True, opt=CAMPAIGNS)
def edit_campaign(
    campaign_id: FromPath[UUID], data: JSONBody[CampaignPlan], wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor], sees: NamedDependency[Scope],
) -> SavedCampaign:  # fmt: skip
    """Change a campaign and plan what its quota leaves open."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        campaign = change_campaign(session, campaign_id, data, at=at)
        if campaign is None:
            raise NotFound
        planned = _plan(session, campaign, Recording(at, actor.user_id, uuid7(at)))
        record_access(session, actor, Access.CHANGED, Subject.CAMPAIGN, campaign_id, at=at, detail=campaign.name)
        return SavedCampaign(_view(session, campaign_id, wiring), *planned)


@post("/campaigns/{campaign_id:uuid}/state", status_code=200, sync_to_thread=True, opt=CAMPAIGNS)
def steer(
    campaign_id: FromPath[UUID], data: JSONBody[Steering], wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor], sees: NamedDependency[Scope],
) -> CampaignView:  # fmt: skip
    """Stop a campaign, go on with it, or finish it."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        feed, recording = FeedChanges(), Recording(at, actor.user_id, uuid7(at))
        campaign = steer_campaign(session, campaign_id, data.act, feed, recording, version=data.version)
        if campaign is None:
            raise NotFound
        if data.act == "resume":
            plan_round(session, campaign, feed, recording, visited_since)
        record_access(session, actor, Access.CHANGED, Subject.CAMPAIGN, campaign_id, at=at, detail=data.act)
        session.flush()
        view = _view(session, campaign_id, wiring)
        write_feed(session, feed, at)
        return view


def _plan(session: Session, campaign: Campaign, recording: Recording) -> PlannedRound:
    feed = FeedChanges()
    planned = plan_round(session, campaign, feed, recording, visited_since)
    session.flush()
    write_feed(session, feed, recording.at)
    return planned


def _view(session: Session, campaign_id: UUID, wiring: Wiring) -> CampaignView:
    found = show_one_campaign(session, campaign_id, wiring.clock().astimezone(ISTANBUL).date())
    if found is None:
        raise NotFound
    return found
