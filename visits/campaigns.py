"""Campaigns (kampanya): made, changed, stopped, finished by the coordinator. What they plan is `campaign_planning.py`.

`version` counts changes: who saves what somebody else has changed meanwhile is told, and nothing is overwritten.
"""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from foundation.errors import SahaError
from foundation.identifiers import uuid7
from sync.change_log import FeedChanges
from teams.permissions import Actor
from teams.work_times import active_teams
from visits.assignment_changes import cancelling, change_assignments
from visits.assignment_fields import PRIORITIES, VISITORS
from visits.assignment_states import PLANNED
from visits.campaign_rounds import ONCE, REPEATS
from visits.recording import Recording
from visits.tables import Campaign, CampaignMahalle, CampaignTeam, VisitAssignment
from visits.target_fields import KINDS
from visits.time_windows import tidy_windows
from visits.visit_types import refuse_unknown_visit_type

RUNNING, STOPPED, FINISHED = "running", "stopped", "finished"
STATES = {RUNNING: "Sürüyor", STOPPED: "Durduruldu", FINISHED: "Bitti"}
LARGEST_QUOTA = 20_000
_LONGEST_DAYS = 366


class BadCampaign(SahaError):
    """What is asked for is no campaign that could be carried out; `field` names what to correct."""

    code = "campaign.bad"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, field=field)


class CampaignChanged(SahaError):
    """Somebody else has changed it since it was read."""

    code = "campaign.changed"

    def __init__(self) -> None:
        super().__init__(
            "Bu kampanyayı siz açıkken başkası değiştirdi. Sayfayı yenileyin, yeni hâline bakıp değişikliğinizi yapın."
        )


class CampaignFinished(SahaError):
    """It is finished; what is to go on is a new one."""

    code = "campaign.finished"

    def __init__(self) -> None:
        super().__init__("Bu kampanya bitmiş, değiştirilemez. Sürdürmek için yeni bir kampanya açın.")


class CampaignPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a coordinator says of a campaign. No mahalle: all of them. `version`: the one it was read as."""

    name: str
    visit_type: str
    target_kind: str
    first_day: date
    last_day: date
    quota: int
    team_ids: list[UUID]
    mahalle_ids: list[UUID] = []
    repeats: str = ONCE
    unvisited_days: int = 0
    per_day: int | None = None
    priority: int = 3
    windows: str = ""
    instructions: str = ""
    visitor: str = ""
    version: int | None = None


Act = Literal["stop", "resume", "finish"]


def make_campaign(session: Session, actor: Actor, plan: CampaignPlan, *, at: datetime) -> Campaign:
    """Make a campaign that runs. Raises `BadCampaign`, `UnknownVisitType`."""
    refuse_bad_plan(session, plan, at)
    campaign = Campaign(
        id=uuid7(at), version=1, state=RUNNING, created_by=actor.user_id, created_at=at, changed_at=at, **_columns(plan)
    )
    session.add(campaign)
    session.flush()
    _write_places(session, campaign.id, plan)
    return campaign


def change_campaign(session: Session, campaign_id: UUID, plan: CampaignPlan, *, at: datetime) -> Campaign | None:
    """Change a campaign, and have its present round planned anew; None where there is none.

    Raises `CampaignChanged`, `CampaignFinished`, `BadCampaign`, `UnknownVisitType`.
    """
    campaign = lock_campaign(session, campaign_id)
    if campaign is None:
        return None
    _refuse_stale(campaign, plan.version)
    refuse_bad_plan(session, plan, at)
    for name, value in _columns(plan).items():
        setattr(campaign, name, value)
    campaign.version += 1
    campaign.changed_at, campaign.next_round_on = at, None
    for table in (CampaignMahalle, CampaignTeam):
        session.execute(delete(table).where(table.campaign_id == campaign_id))
    session.flush()
    _write_places(session, campaign_id, plan)
    return campaign


def steer_campaign(
    session: Session, campaign_id: UUID, act: Act, feed: FeedChanges, recording: Recording, *, version: int
) -> Campaign | None:
    """Stop a campaign (what is planned stays), go on with it, or finish it: what is still planned is cancelled.

    Returns None where there is none. Raises `CampaignChanged`, `CampaignFinished`.
    """
    campaign = lock_campaign(session, campaign_id)
    if campaign is None:
        return None
    _refuse_stale(campaign, version)
    campaign.state = {"stop": STOPPED, "resume": RUNNING, "finish": FINISHED}[act]
    campaign.version += 1
    campaign.changed_at = recording.at
    if act == "finish":
        waiting = select(VisitAssignment.id).where(
            VisitAssignment.campaign_id == campaign_id,
            VisitAssignment.status == PLANNED,
            VisitAssignment.is_removed.is_(False),
        )
        cancelled = {one: cancelling("Kampanya bitirildi.") for one in session.scalars(waiting)}
        change_assignments(session, cancelled, feed, recording)
    session.flush()
    return campaign


def lock_campaign(session: Session, campaign_id: UUID) -> Campaign | None:
    """Lock a campaign; before any of its visits, which are locked after it everywhere."""
    wanted = select(Campaign).where(Campaign.id == campaign_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def places_of(session: Session, campaign_id: UUID) -> tuple[list[UUID], list[UUID]]:
    """Return the mahalle and the teams of a campaign."""
    mahalle = session.scalars(select(CampaignMahalle.mahalle_id).where(CampaignMahalle.campaign_id == campaign_id))
    teams = session.scalars(select(CampaignTeam.team_id).where(CampaignTeam.campaign_id == campaign_id))
    return sorted(mahalle), sorted(teams)


def refuse_bad_plan(session: Session, plan: CampaignPlan, at: datetime) -> None:
    """Refuse what cannot be carried out. Raises `BadCampaign`, `UnknownVisitType`."""
    refuse_unknown_visit_type(session, plan.visit_type)
    today = at.astimezone(ISTANBUL).date()
    for field, is_wrong, sentence in (*_wrong_days(plan, today), *_wrong_figures(plan)):
        if is_wrong:
            raise BadCampaign(field, sentence)
    gone = set(plan.team_ids) - active_teams(session, plan.team_ids)
    if gone:
        raise BadCampaign("team_ids", "Seçilen ekiplerden biri kaldırılmış. Ekip listesini yenileyip yeniden seçin.")


def _wrong_days(plan: CampaignPlan, today: date) -> list[tuple[str, bool, str]]:
    too_long = (plan.last_day - plan.first_day).days > _LONGEST_DAYS
    return [
        ("last_day", plan.last_day < plan.first_day, "Bitiş günü başlangıçtan önce. Günleri düzeltin."),
        ("last_day", plan.last_day < today, "Bitiş günü geçmiş. Bugün ya da sonraki bir gün seçin."),
        ("last_day", too_long, "Bir kampanya en çok bir yıl sürer. Bitiş gününü öne alın."),
    ]


def _wrong_figures(plan: CampaignPlan) -> list[tuple[str, bool, str]]:
    name = " ".join(plan.name.split())
    return [
        ("name", not 0 < len(name) <= 120, "Kampanyanın adı 1-120 karakter olmalı."),  # noqa: PLR2004 the column has 120
        ("quota", not 0 < plan.quota <= LARGEST_QUOTA, f"Hedef sayı 1 ile {LARGEST_QUOTA} arasında olmalı."),
        ("team_ids", not plan.team_ids, "Kampanyada hiç ekip yok. En az bir ekip seçin."),
        ("target_kind", plan.target_kind not in KINDS, "Kimin ziyaret edileceğini seçin."),
        ("repeats", plan.repeats not in REPEATS, "Yineleme: bir kez, her hafta ya da her ay."),
        ("unvisited_days", not 0 <= plan.unvisited_days <= 3650, "Gün sayısı 0 ile 3650 arasında olmalı."),  # noqa: PLR2004 ten years
        ("per_day", plan.per_day is not None and not 0 < plan.per_day <= 200, "Bir günde 1-200 ziyaret olabilir."),  # noqa: PLR2004 more nobody makes
        ("priority", plan.priority not in PRIORITIES, "Öncelik: acil, yüksek, olağan ya da düşük."),
        ("visitor", plan.visitor not in {"", *VISITORS}, "Görevli: kadın, erkek ya da fark etmez."),
        ("windows", tidy_windows(plan.windows) is None, "Saat aralığı 09:00-12:00 gibi, başı sonundan önce yazılır."),
        ("instructions", len(plan.instructions.strip()) > 500, "Ekibe not en çok 500 karakter olabilir."),  # noqa: PLR2004 the column has 500
    ]


def _refuse_stale(campaign: Campaign, version: int | None) -> None:
    if campaign.state == FINISHED:
        raise CampaignFinished
    if version != campaign.version:
        raise CampaignChanged


def _columns(plan: CampaignPlan) -> dict[str, object]:
    copied = ("visit_type", "target_kind", "first_day", "last_day", "quota", "repeats", "unvisited_days", "per_day")
    return {name: getattr(plan, name) for name in (*copied, "priority", "visitor")} | {
        "name": " ".join(plan.name.split()),
        "windows": tidy_windows(plan.windows) or "",
        "instructions": plan.instructions.replace("\0", "").strip(),
    }


def _write_places(session: Session, campaign_id: UUID, plan: CampaignPlan) -> None:
    session.add_all(CampaignMahalle(campaign_id=campaign_id, mahalle_id=one) for one in sorted(set(plan.mahalle_ids)))
    session.add_all(CampaignTeam(campaign_id=campaign_id, team_id=one) for one in sorted(set(plan.team_ids)))
    session.flush()
