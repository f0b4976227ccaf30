"""All routes of the office, as `create_app` takes them."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from api.dependencies import refuse_cross_site
from api.routes.boundary_sets import check_boundary_file, show_boundary_sets, store_boundary_file
from api.routes.campaigns import add_campaign, edit_campaign, show_campaign, show_campaigns, show_left_out, steer
from api.routes.conflicts import decide, export_conflicts, show_conflict, show_conflicts, undo
from api.routes.day_plan_files import export_gpx, export_ics, print_route
from api.routes.day_plans import (
    adopt_day_plan,
    cancel_day_plan,
    order_again,
    order_day_plan,
    show_day_plan,
    show_differences,
    show_plans,
)
from api.routes.days_off import add_days_off, set_weekend, show_days_off, take_day_off_back
from api.routes.devices import (
    add_enrolment_code,
    change_team_areas,
    export_devices,
    give_device,
    show_devices,
    show_team_areas,
    shut_device,
)
from api.routes.duplicates import keep_apart, merge_duplicates, show_duplicates, undo_duplicate
from api.routes.form_drafts import (
    add_draft,
    discard,
    give_link,
    publish_tried,
    show_changes,
    show_draft,
    show_drafts,
)
from api.routes.forms import change_state, check_form, download_form, publish, show_form, show_forms
from api.routes.health import show_alive, show_ready
from api.routes.photos import show_photo
from api.routes.planned_visits import (
    change_visit,
    decide_next_visit,
    plan_visit,
    settle,
    show_doubles,
    take_moves_back,
)
from api.routes.quarantine import (
    close_quarantine,
    export_quarantine,
    repair_quarantine,
    replay_quarantined,
    show_quarantine,
    show_quarantined,
)
from api.routes.reference import show_boundaries, show_counts, show_reference
from api.routes.returned_submissions import return_to_author, show_versions, take_return_back
from api.routes.service_requests import export_requests, find_request, give_answer, show_request, show_requests
from api.routes.sign_in import replace_password, show_me, sign_in, sign_out
from api.routes.submissions import export_submissions, review_submission, show_submission, show_submissions
from api.routes.tablets import add_tablet, export_tablets, revoke_tablet, show_field_workers, show_tablets
from api.routes.team_leaves import move_stranded_visits, note_leave, take_leave_back
from api.routes.teams import (
    add_team,
    edit_team,
    show_live_board,
    show_teams,
    take_team_off,
)
from api.routes.users import add_user, change_user, export_users, show_users
from api.routes.visit_imports import (
    export_bad_rows,
    give_up_import,
    map_columns,
    show_import,
    show_imports,
    start_import,
    take_list,
)
from api.routes.visit_types import add_type, change_type, show_visit_types
from api.routes.visits import (
    export_assignments,
    export_targets,
    prefer_team,
    show_assignments,
    show_targets,
    show_team_days,
)
from api.routes.web_pages import show_page, show_start

_V1 = Router(
    path="/v1",
    before_request=refuse_cross_site,
    route_handlers=[
        sign_in, sign_out, show_me, replace_password,
        show_reference, show_boundaries, show_boundary_sets, check_boundary_file, store_boundary_file, show_counts,
        show_submissions, export_submissions, show_submission, review_submission,
        return_to_author, take_return_back, show_versions,
        show_requests, export_requests, find_request, show_request, give_answer,
        show_quarantine, export_quarantine, show_quarantined, replay_quarantined, repair_quarantine, close_quarantine,
        show_conflicts, export_conflicts, show_conflict, decide, undo,
        show_forms, show_form, check_form, publish, change_state, download_form,
        show_drafts, add_draft, show_draft, give_link, publish_tried, discard, show_changes,
        show_tablets, export_tablets, show_field_workers, add_tablet, revoke_tablet,
        show_devices, export_devices, add_enrolment_code, shut_device, give_device,
        show_team_areas, change_team_areas,
        prefer_team, show_targets, export_targets, show_assignments, show_team_days, export_assignments,
        plan_visit, change_visit, take_moves_back, decide_next_visit, show_doubles, settle,
        show_campaigns, show_campaign, show_left_out, add_campaign, edit_campaign, steer,
        show_plans, order_day_plan, show_day_plan, cancel_day_plan, order_again, show_differences, adopt_day_plan,
        print_route, export_gpx, export_ics,
        show_teams, add_team, edit_team, take_team_off, note_leave, take_leave_back,
        move_stranded_visits, show_live_board,
        show_days_off, set_weekend, add_days_off, take_day_off_back,
        show_imports, take_list, show_import, map_columns, start_import, give_up_import, export_bad_rows,
        show_duplicates, merge_duplicates, keep_apart, undo_duplicate,
        show_users, export_users, add_user, change_user,
        show_visit_types, add_type, change_type,
    ],
)  # fmt: skip

OFFICE_HANDLERS: list[ControllerRouterHandler] = [_V1, show_photo, show_alive, show_ready, show_start, show_page]
