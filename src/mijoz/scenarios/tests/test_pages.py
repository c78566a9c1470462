"""The pages: what a marketer sees, changes and starts, and what staff are asked to do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from mijoz.business.models import Branch, Role, StaffMember
from mijoz.channels.models import Message, Reason
from mijoz.customers.hooks import panels_for
from mijoz.customers.models import Consent, Customer
from mijoz.scenarios import actions, editing, queries
from mijoz.scenarios.models import Enrolment, Scenario, ScenarioVersion, Task
from mijoz.scenarios.tests.conftest import AT, DAY, MESSAGE, OFFER, TASK, WAIT, Member, Start

SignIn = Any


@pytest.fixture
def sign_in(business: Any) -> SignIn:
    """sign_in("marketer") is a browser of somebody with this role."""

    def enter(role: str = "manager", branch: Branch | None = None) -> Client:
        email = f"{role}{StaffMember.objects.count()}@example.uz"
        client = Client()
        client.force_login(StaffMember.objects.create_user(email=email, name="Nodira", role=role, branch=branch))
        client.cookies["django_language"] = "en"
        return client

    return enter


def typed(scenario: Scenario) -> dict[str, Any]:
    """What the editor's page would send if nobody touched it."""
    editor = editing.of_scenario(scenario, queries.definition_in_force(scenario))
    fields: dict[str, Any] = {}
    for form in (editor.names, editor.settings, *editor.steps):
        fields |= {field.html_name: field.value() for field in form if field.value() not in (None, "", False)}
    for step in editor.steps:
        fields |= {f"{step.prefix}-kind": step.kind, f"{step.prefix}-key": step.key}
    return fields


def test_the_list_shows_every_scenario_with_its_figures(sign_in: SignIn, member: Member, start: Start) -> None:
    for _ in range(3):
        member()
    start(TASK)
    actions.install_pilots(at=AT)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    page = sign_in("analyst").get("/scenarios/").content.decode()
    assert all(scenario.name in page for scenario in Scenario.objects.all())
    assert "Tasks done" in page
    assert "New scenario" not in page  # an analyst reads


def test_without_scenarios_the_pilots_are_one_press_away(sign_in: SignIn) -> None:
    client = sign_in()
    assert "Set up the five pilots" in client.get("/scenarios/").content.decode()
    assert client.post("/scenarios/pilots/").status_code == 302
    assert Scenario.objects.count() == 5


def test_the_page_says_what_happens_and_what_was_not_sent(sign_in: SignIn, member: Member, start: Start) -> None:
    member()
    start(OFFER, MESSAGE, WAIT, TASK, eligibility={"field": "purchases", "op": ">=", "value": 1})
    actions.enrol(at=AT)
    actions.advance(at=AT)
    Message.objects.update(status="stopped", reason=Reason.CONSENT_MISSING, settled_at=AT)
    page = sign_in("marketer").get("/scenarios/trial/").content.decode()
    for said in (
        "Whoever is in the segment “New”, now or later.", "Number of purchases is at least 1.", "Free tea",
        "Gift: a pot of tea", "2 days", "Call them", "A purchase within 30 days.", "No consent", "1 waiting here",
    ):  # fmt: skip
        assert said in page, said


def test_who_is_enrolled_can_be_searched_narrowed_and_exported(sign_in: SignIn, member: Member, start: Start) -> None:
    for name in ("Aziza", "Bobur", "=cmd()"):
        member(last_name=name)
    start(holdout_share=0)
    actions.enrol(at=AT)
    Enrolment.objects.filter(customer__last_name="Bobur").update(arm="hold-out", state="watched", due_at=None)
    client = sign_in("analyst")
    address = "/scenarios/trial/customers/"
    assert [one.customer.last_name for one in client.get(address, {"q": "aziz"}).context["page"]] == ["Aziza"]
    assert [one.customer.last_name for one in client.get(address, {"arm": "hold-out"}).context["page"]] == ["Bobur"]
    assert len(client.get(address, {"state": "running", "sort": "-customer"}).context["page"]) == 2
    assert client.get(address, {"q": "nobody"}).context["page"].paginator.count == 0
    answer = client.get("/scenarios/trial/customers.csv", {"arm": "treated"})
    rows = b"".join(answer.streaming_content).decode().splitlines()
    assert len(rows) == 3
    assert any(row.startswith("'=cmd()") for row in rows)


def test_lists_ask_the_database_as_often_for_many_as_for_few(sign_in: SignIn, member: Member, start: Start) -> None:
    client = sign_in()
    start(TASK, key="first")
    start(TASK, key="second")

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    def grow(customers: int) -> None:
        for _ in range(customers):
            member()
        actions.enrol(at=AT)
        actions.advance(at=AT)

    addresses = ("/scenarios/", "/scenarios/first/", "/scenarios/first/customers/", "/tasks/")
    grow(2)
    few = [asked(address) for address in addresses]
    grow(20)
    assert [asked(address) for address in addresses] == few


def test_a_dry_run_says_who_would_get_what_and_changes_nothing(sign_in: SignIn, member: Member, start: Start) -> None:
    for place in range(12):
        member(first_name=f"Ali{'abcdefghijkl'[place]}")
    member(email="")
    refused = member(agreed=False)
    Consent.objects.create(customer=refused, purpose="marketing", channel="email", granted=False, answered_at=AT)
    scenario = start(
        OFFER, {**MESSAGE, "texts": dict.fromkeys(["uz", "ru"], "{{ greeting }} {{ offer.gift }}")}, holdout_share=0.3
    )
    run = queries.dry_run(scenario, at=AT)
    assert run.customers == 14
    assert run.treated + run.held_out == 14
    actions_would = actions.enrol(at=AT)
    assert (run.treated, run.held_out) == (actions_would.treated["trial"], actions_would.held_out["trial"])
    treated = Enrolment.objects.filter(arm="treated")
    assert run.with_address == treated.exclude(customer__email="").count()
    consenting = Consent.objects.filter(granted=True).values("customer")
    assert run.with_consent == treated.filter(customer__in=consenting).count()
    assert len(run.examples) == 10
    assert run.message is not None
    assert run.message.text.startswith(f"Assalomu alaykum, {run.message.customer.first_name}!")
    assert "bir choynak choy" in run.message.html
    Enrolment.objects.all().delete()
    page = sign_in("marketer").get("/scenarios/trial/dry-run/").content.decode()
    assert "14" in page
    assert "would be enrolled now" in page
    assert not Enrolment.objects.exists()
    assert not Message.objects.exists()


def test_starting_enrols_by_a_job_and_a_second_start_is_refused(
    sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    actions.install_pilots(at=AT)
    client = sign_in("marketer")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/scenarios/missed_you/start/")
    scenario = Scenario.objects.get(key="missed_you")
    assert scenario.state == "live"
    assert scenario.state_by is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'scenarios.enrol'")
        assert cursor.fetchone()[0] == 1
    answer = client.post("/scenarios/missed_you/start/", follow=True).content.decode()
    assert "reload the page and look again" in answer
    for verb, state in (("pause", "paused"), ("resume", "live"), ("stop", "stopped")):
        client.post(f"/scenarios/missed_you/{verb}/")
        assert Scenario.objects.get(key="missed_you").state == state


def test_saving_untouched_makes_no_version_and_saving_a_change_makes_one(sign_in: SignIn) -> None:
    actions.install_pilots(at=AT)
    client = sign_in("marketer")
    for scenario in Scenario.objects.all():
        fields = typed(scenario) | rule_fields(scenario)
        assert client.post(f"/scenarios/{scenario.key}/edit/", fields).status_code == 302
        assert scenario.versions.count() == 1, scenario.key
        assert client.post(f"/scenarios/{scenario.key}/edit/", fields | {"holdout": "12,5 %"}).status_code == 302
        latest = queries.version_in_force(scenario)
        assert (latest.number, latest.definition["holdout_share"]) == (2, 0.125)


def rule_fields(scenario: Scenario) -> dict[str, Any]:
    """The rows of the conditions as the page sends them."""
    editor = editing.of_scenario(scenario, queries.definition_in_force(scenario))
    fields: dict[str, Any] = {"match": editor.rule.draft.match}
    for place, group in enumerate(editor.rule.draft.groups):
        fields[f"{place}-match"] = group.match
        for row, condition in enumerate(group.conditions):
            prefix = f"{place}-{row}"
            fields |= {f"{prefix}-field": condition.field, f"{prefix}-operator": condition.operator}
            fields[f"{prefix}-value"] = list(condition.values)
    return fields


def test_every_mistake_is_said_at_once_and_nothing_is_saved(sign_in: SignIn, start: Start) -> None:
    scenario = start(OFFER, MESSAGE, TASK)
    wrong = typed(scenario) | {
        "names_en": "", "holdout": "95", "window_days": "soon", "step-0-valid_days": "0",
        "step-1-texts_uz": "{{ customer.fist_name }}", "step-2-texts_uz": "", "step-2-texts_en": "",
    }  # fmt: skip
    answer = sign_in("marketer").post("/scenarios/trial/edit/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    for said in (
        "Write the name in one language at least.", "from 0 to 90 per cent", "A whole number from 1 to 365",
        "Did you mean “customer.first_name”?", "Write it in one language at least.", "Step 2, Message",
    ):  # fmt: skip
        assert said in page, said
    assert 'value="95"' in page  # what was typed comes back
    assert ScenarioVersion.objects.count() == 1
    assert Scenario.objects.get().names == {"en": "Trial"}


def test_steps_are_added_moved_and_removed_by_buttons(sign_in: SignIn, start: Start) -> None:
    scenario = start(OFFER, MESSAGE, WAIT, TASK)
    client, fields = sign_in("marketer"), typed(scenario)

    def keys(change: str) -> list[str]:
        answer = client.post("/scenarios/draft/?scenario=trial", fields | {"change": change})
        return [step.key for step in answer.context["editor"].steps]

    assert keys("") == ["offer", "letter", "wait", "call"]
    assert keys("up-letter") == ["letter", "offer", "wait", "call"]
    assert keys("down-letter") == ["offer", "wait", "letter", "call"]
    assert keys("up-offer") == ["offer", "letter", "wait", "call"]
    assert keys("down-call") == ["offer", "letter", "wait", "call"]
    assert keys("remove-wait") == ["offer", "letter", "call"]
    assert keys("add-wait") == ["offer", "letter", "wait", "call", "wait_2"]
    assert keys("add-nonsense") == ["offer", "letter", "wait", "call"]
    assert ScenarioVersion.objects.count() == 1


def test_a_new_scenario_is_a_draft_with_a_key_of_its_name(sign_in: SignIn) -> None:
    client = sign_in("marketer")
    fields = {
        "names_uz": "Choy sovgʻa", "segment": "new", "trigger": "present", "holdout": "20", "window_days": "14",
        "purpose": "marketing", "step-0-kind": "message", "step-0-key": "message", "step-0-subjects_uz": "Salom",
        "step-0-texts_uz": "{{ greeting }} Choy bizdan.",
    }  # fmt: skip
    assert client.post("/scenarios/add/", fields).status_code == 302
    scenario = Scenario.objects.get()
    assert scenario.state == "draft"
    assert scenario.key == "choy_sovga"
    again = client.post("/scenarios/add/", fields)
    assert again.status_code == 422
    assert "already" in again.content.decode()
    assert Scenario.objects.count() == 1


def test_a_message_is_read_as_a_customer_would(sign_in: SignIn, member: Member, start: Start) -> None:
    anna = member(first_name="Анна", language="ru")
    fields = typed(start(OFFER, {**MESSAGE, "texts": {"uz": "Salom", "ru": "{{ greeting }} {{ offer.gift }}"}}))
    client = sign_in("marketer")
    address = "/scenarios/preview/?scenario=trial&step=1"
    page = client.post(address, fields | {"reader": anna.pk}).content.decode()
    assert "Здравствуйте, Анна! bir choynak choy" in page  # the gift has no Russian name
    wrong = client.post(address, fields | {"step-1-texts_ru": "{{ nope }}"}).content.decode()
    assert "There is no variable “nope”" in wrong
    hostile = client.post(address, fields | {"step-1-texts_uz": "<script>alert(1)</script>", "reader": "uz"})
    assert "<script>" not in hostile.content.decode()
    assert client.post("/scenarios/preview/?step=0", fields).status_code == 404
    assert client.post("/scenarios/preview/?step=-1", fields).status_code == 404


def test_a_trial_without_a_mail_server_says_what_to_do(sign_in: SignIn, start: Start) -> None:
    answer = sign_in("marketer").post("/scenarios/try/?step=0", typed(start()))
    told = json.loads(answer["HX-Trigger"])["toast"]
    assert told["tone"] == "error"
    assert "There is no mail server yet" in told["text"]


def given_tasks(member: Member, start: Start, *, role: str = "operator", branch: str = "") -> list[Task]:
    for name in ("Aziza", "Bobur"):
        member(first_name=name, phone="+998901234567")
    start({**TASK, "role": role, "branch": branch}, key=f"for_{role}")
    actions.enrol(at=AT)
    actions.advance(at=AT)
    return list(Task.objects.order_by("id"))


def test_staff_see_the_tasks_of_their_role_and_branch(sign_in: SignIn, member: Member, start: Start) -> None:
    centre = Branch.objects.create(code="centre", name="Centre")
    other = Branch.objects.create(code="other", name="Other")
    given_tasks(member, start, branch="centre")

    def seen(client: Client) -> int:
        return int(client.get("/tasks/").context["page"].paginator.count)

    assert seen(sign_in("operator")) == 2
    assert seen(sign_in("operator", centre)) == 2
    assert seen(sign_in("operator", other)) == 0
    assert seen(sign_in("front_office")) == 0
    assert seen(sign_in("manager")) == 2
    assert sign_in("marketer").get("/tasks/").status_code == 403


def test_a_task_is_done_with_one_press_and_only_by_whom_it_is_for(
    sign_in: SignIn, member: Member, start: Start
) -> None:
    first, second = given_tasks(member, start)
    assert sign_in("front_office").post(f"/tasks/{first.pk}/done/").status_code == 404
    operator = sign_in("operator")
    answer = operator.post(f"/tasks/{first.pk}/done/", {"note": "Happy"}, headers={"HX-Request": "true"})
    assert "Happy" in answer.content.decode()
    first.refresh_from_db()
    assert first.done_by is not None
    assert (first.note, first.done_by.role) == ("Happy", Role.OPERATOR)
    again = operator.post(f"/tasks/{first.pk}/done/", headers={"HX-Request": "true"})
    assert "has done it already" in again["HX-Trigger"]
    assert operator.post(f"/tasks/{second.pk}/done/").status_code == 302
    assert operator.get("/tasks/").context["page"].paginator.count == 0
    assert operator.get("/tasks/", {"state": "done"}).context["page"].paginator.count == 2


def test_tasks_are_searched_and_overdue_ones_found(sign_in: SignIn, member: Member, start: Start) -> None:
    first, _second = given_tasks(member, start)
    Task.objects.update(due_at=timezone.now() + DAY)
    Task.objects.filter(pk=first.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    client = sign_in("operator")
    assert [task.pk for task in client.get("/tasks/", {"state": "overdue"}).context["page"]] == [first.pk]
    assert client.get("/tasks/").context["counts"] == {"open": 2, "overdue": 1}
    assert client.get("/tasks/", {"q": "bobur"}).context["page"].paginator.count == 1
    rows = b"".join(client.get("/tasks.csv").streaming_content).decode().splitlines()
    assert len(rows) == 3
    assert "+998901234567" in rows[1]


def test_the_customer_page_tells_offers_tasks_and_the_hold_out(
    sign_in: SignIn, member: Member, start: Start, rf: Any
) -> None:
    customer = member()
    start(OFFER, TASK, WAIT, MESSAGE)
    actions.enrol(at=timezone.now())
    actions.advance(at=timezone.now())
    assert "Free tea" in shown_to(customer, "operator", rf)
    assert "Call them" in shown_to(customer, "operator", rf)
    assert "/scenarios/trial/" not in shown_to(customer, "operator", rf)
    assert "/scenarios/trial/" in shown_to(customer, "marketer", rf)
    Task.objects.all().delete()
    Enrolment.objects.update(arm="hold-out", state="watched", due_at=None, next_step=0)
    assert "Kept for comparison: served as usual." in shown_to(customer, "operator", rf)
    Enrolment.objects.all().delete()
    assert shown_to(customer, "operator", rf) == ""


def test_the_customer_page_says_of_which_step_a_branch_asks(
    sign_in: SignIn, member: Member, start: Start, rf: Any
) -> None:
    customer = member()
    asks = {"kind": "branch", "key": "read_it", "step": MESSAGE["key"], "outcomes": ["opened"], "then": [TASK],
            "otherwise": []}  # fmt: skip
    start(MESSAGE, WAIT, asks)
    actions.enrol(at=timezone.now())
    Enrolment.objects.update(next_step=1, state="running")
    shown = shown_to(customer, "operator", rf)
    assert "ended as: opened" in shown
    assert f"“{MESSAGE['key']}”" not in shown


def shown_to(customer: Customer, role: str, rf: Any) -> str:
    """The panel as somebody with this role sees it; "" when there is none."""
    request = rf.get("/")
    request.staff = StaffMember(role=role)
    panel = next(panel for panel in panels_for(role) if panel.key == "scenarios")
    with translation.override("en"):
        context = panel.context(customer, request)
        return render_to_string(panel.template, context, request=request) if context else ""
