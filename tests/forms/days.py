"""Every rule about an age or a day: the days just before it breaks, on the edge and just after.

The tables walk ``forms/``, paper by paper; ``test_days`` takes each day of them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any, NamedTuple

from formsvc import clock
from formsvc.kinds import find
from tests.samples import load

MOTHER = {"name": "Ingebjørg Sæbø", "role": "parent"}
FATHER = {"name": "Jon Øvrelid", "role": "parent"}
YOUNG = {"name": "Ådne Sæbø Øvrelid", "role": "young_person"}
ALONE: dict[str, Any] = {"signatories": [YOUNG]}
#: one who is old enough to sign and cannot judge what it is about; the parents sign
UNABLE: dict[str, Any] = {
    "signing_ability": "no",
    "assessed_by": {"name": "Kari Lunde", "title": "Fastlege"},
    "assessed_on": "2026-11-10",
    "ability_reason": "Utan språk.",
}


class Rule(NamedTuple):
    """One rule of one paper: which days its field takes, and where the others are refused."""

    #: the sample that it is tried on
    sample: str
    #: the field that is given one day after another
    field: str
    says: str
    #: day → where it is refused; "" where it is accepted
    days: dict[str, str]
    #: what else is changed in the sample
    given: dict[str, Any] = {}
    #: the day on which it is tried; that of the clock where none is said
    today: str = ""


def _refused_after(field: str, before: str, day: str, after: str) -> dict[str, str]:
    return {before: "", day: "", after: field}


def _refused_before(field: str, before: str, day: str, after: str) -> dict[str, str]:
    return {before: field, day: "", after: ""}


# -- consent: signed and valid from 20 November 2026, responsibility is joint ----------------------

CONSENT = [
    Rule(
        "consent.nn",
        "valid_to",
        "it ends after it begins",
        {"2026-12-09": "valid_to", "2026-12-10": "valid_to", "2026-12-11": ""},
        {"valid_from": "2026-12-10"},
        "2026-12-01",
    ),
    Rule(
        "consent.nn",
        "valid_to",
        "it is not over when it is made",
        _refused_before("valid_to", "2027-02-08", "2027-02-09", "2027-02-10"),
        today="2027-02-09",
    ),
    Rule(
        "consent.nn",
        "valid_to",
        "one that is over can be registered as an earlier paper",
        {"2027-02-08": "", "2027-02-09": "", "2027-02-10": ""},
        {"earlier_paper": True},
        "2027-02-09",
    ),
    Rule(
        "consent.nn",
        "signed_on",
        "an earlier paper was not signed today",
        {"2027-02-07": "", "2027-02-08": "", "2027-02-09": "signed_on"},
        {"earlier_paper": True},
        "2027-02-09",
    ),
    Rule(
        "consent.nn",
        "signed_on",
        "it is signed today or earlier",
        _refused_after("signed_on", "2027-02-08", "2027-02-09", "2027-02-10"),
        today="2027-02-09",
    ),
    Rule(
        "consent.nn",
        "valid_to",
        "it lasts for 36 months at most",
        _refused_after("valid_to", "2029-11-19", "2029-11-20", "2029-11-21"),
    ),
    Rule(
        "consent.nn",
        "valid_to",
        "36 months from a leap day end with February",
        _refused_after("valid_to", "2031-02-27", "2031-02-28", "2031-03-01"),
        {"valid_from": "2028-02-29"},
        "2028-02-29",
    ),
    Rule(
        "consent.nn",
        "valid_to",
        "36 months from the last of a month end with the last of that month",
        _refused_after("valid_to", "2029-12-30", "2029-12-31", "2030-01-01"),
        {"valid_from": "2026-12-31"},
    ),
    Rule(
        "consent.nn",
        "valid_to",
        "36 months to February of a leap year end on the same day",
        _refused_after("valid_to", "2028-02-27", "2028-02-28", "2028-02-29"),
        {"valid_from": "2025-02-28"},
    ),
    Rule(
        "consent.nn",
        "valid_to",
        "it ends on the day before the eighteenth birthday",
        _refused_after("valid_to", "2027-11-18", "2027-11-19", "2027-11-20"),
        {"child.birth_date": "2009-11-20", "signatories": [YOUNG]},
    ),
    Rule(
        "consent.nn",
        "valid_to",
        "who was born on a leap day turns eighteen on 1 March",
        _refused_after("valid_to", "2030-02-27", "2030-02-28", "2030-03-01"),
        {
            "child.birth_date": "2012-02-29",
            "signatories": [YOUNG],
            "signed_on": "2029-06-01",
            "valid_from": "2029-06-01",
        },
        "2029-06-01",
    ),
    Rule(
        "consent.nn",
        "child.birth_date",
        "nobody consents to sharing about a child that is not born",
        _refused_after("child.birth_date", "2026-11-19", "2026-11-20", "2026-11-21"),
    ),
    Rule(
        "consent.nn",
        "child.birth_date",
        "how the child was heard is said from seven",
        {"2019-11-21": "", "2019-11-20": "child_heard", "2019-11-19": "child_heard"},
        {"child_heard": ""},
    ),
    Rule(
        "consent.nn",
        "child.birth_date",
        "and why not, from seven",
        {
            "2019-11-21": "",
            "2019-11-20": "child_heard_note",
            "2019-11-19": "child_heard_note",
        },
        {"child_heard": "not_able", "child_heard_note": ""},
    ),
    Rule(
        "consent.nn",
        "signed_on",
        "a child born on a leap day is seven on 1 March",
        {"2027-02-27": "", "2027-02-28": "", "2027-03-01": "child_heard"},
        {"child.birth_date": "2020-02-29", "child_heard": ""},
        "2027-06-01",
    ),
    Rule(
        "consent.nn",
        "child.birth_date",
        "the young person signs too from fifteen",
        {"2011-11-21": "", "2011-11-20": "signatories", "2011-11-19": "signatories"},
    ),
    Rule(
        "consent.nn",
        "child.birth_date",
        "whether the person can judge it is said from fifteen",
        {"2011-11-21": "", "2011-11-20": "signing_ability", "2011-11-19": "signing_ability"},
        {"signing_ability": "", "signatories": [MOTHER, FATHER, YOUNG]},
    ),
    Rule(
        "consent.nn",
        "assessed_on",
        "that somebody cannot judge it is assessed by today",
        _refused_after("assessed_on", "2026-12-08", "2026-12-09", "2026-12-10"),
        {**UNABLE, "child.birth_date": "2010-05-03"},
        "2026-12-09",
    ),
    Rule(
        "consent.nn",
        "child.birth_date",
        "a young person of fourteen may sign too, and one of fifteen does",
        {"2011-11-21": "", "2011-11-20": "", "2011-11-19": ""},
        {"signatories": [MOTHER, FATHER, YOUNG]},
    ),
    Rule(
        "consent.nn",
        "child.birth_date",
        "the young person signs alone from sixteen",
        {"2010-11-21": "signatories", "2010-11-20": "", "2010-11-19": ""},
        ALONE,
    ),
    Rule(
        "consent.nn",
        "child.birth_date",
        "why one parent signs alone is asked until sixteen",
        {"2010-11-21": "single_signature_reason", "2010-11-20": "", "2010-11-19": ""},
        {"signatories": [MOTHER, YOUNG]},
    ),
    Rule(
        "consent.nn",
        "signed_on",
        "who was born on a leap day is fifteen on 1 March, whenever the consent begins",
        {"2027-02-27": "", "2027-02-28": "", "2027-03-01": "signatories"},
        {"child.birth_date": "2012-02-29", "valid_from": "2027-03-02"},
        "2027-03-01",
    ),
    Rule(
        "consent.nn",
        "signed_on",
        "and sixteen on the leap day itself, when there is one",
        {"2028-02-28": "signatories", "2028-02-29": "", "2028-03-01": ""},
        {"child.birth_date": "2012-02-29", **ALONE, "valid_to": "2028-11-19"},
        "2028-03-01",
    ),
    Rule(
        "consent.nn",
        "child.birth_date",
        "who is eighteen signs for themselves and for any time",
        {
            "2008-11-21": "parental_responsibility valid_to",
            "2008-11-20": "",
            "2008-11-19": "",
        },
        {**ALONE, "parental_responsibility": "", "child_heard": "yes"},
    ),
    Rule(
        "consent.nn",
        "child.birth_date",
        "no parent signs for somebody of eighteen",
        {
            "2008-11-21": "valid_to",
            "2008-11-20": "signatories.0",
            "2008-11-19": "signatories.0",
        },
        {"signatories": [MOTHER, YOUNG]},
    ),
    Rule(
        "consent.nn",
        "child.birth_date",
        "somebody has parental responsibility, and the child is heard, until eighteen",
        {
            "2008-11-23": "parental_responsibility child_heard valid_to",
            "2008-11-20": "",
            "2008-11-19": "",
        },
        {**ALONE, "parental_responsibility": "", "child_heard": ""},
    ),
    Rule(
        "consent.nn",
        "staff_decision.date",
        "it is decided by today that one signature is enough",
        _refused_after("staff_decision.date", "2026-12-08", "2026-12-09", "2026-12-10"),
        {
            "signatories": [MOTHER],
            "single_signature_reason": "cannot_be_reached",
            "staff_decision": {"name": "A", "title": "B", "reason": "C"},
        },
        "2026-12-09",
    ),
]

WITHDRAWAL = [
    Rule(
        "consent_withdrawal.nb",
        "child.birth_date",
        "the child is born when the consent is withdrawn",
        _refused_after("child.birth_date", "2026-11-23", "2026-11-24", "2026-11-25"),
    ),
    Rule(
        "consent_withdrawal.nb",
        "withdrawn_on",
        "it is withdrawn today or earlier",
        _refused_after("withdrawn_on", "2027-02-08", "2027-02-09", "2027-02-10"),
        today="2027-02-09",
    ),
]

# -- application: written on 20 November 2026 -----------------------------------------------------

EMMAS_MOTHER = {"name": "Máret Čáhci", "role": "parent"}
EMMA = {"name": "Emma Čáhci-Bakken", "role": "young_person"}

APPLICATION = [
    Rule(
        "ip_application.nb",
        "person.birth_date",
        "the person is born when the application is written",
        _refused_after("person.birth_date", "2026-11-19", "2026-11-20", "2026-11-21"),
        {"signed_by": [EMMAS_MOTHER]},
    ),
    Rule(
        "ip_application.nb",
        "person.birth_date",
        "a guardian is named until sixteen",
        {"2010-11-21": "guardians signed_by", "2010-11-20": "", "2010-11-19": ""},
        {"guardians": [], "signed_by": [EMMA]},
    ),
    Rule(
        "ip_application.nb",
        "date",
        "a guardian is named until sixteen, and who was born on a leap day is so on the next",
        {"2024-02-28": "guardians signed_by", "2024-02-29": "", "2024-03-01": ""},
        {
            "guardians": [],
            "services_now": [],
            "signed_by": [EMMA],
            "person.birth_date": "2008-02-29",
        },
    ),
    Rule(
        "ip_application.nb",
        "person.birth_date",
        "the young person signs too from fifteen",
        {"2011-11-21": "", "2011-11-20": "signed_by", "2011-11-19": "signed_by"},
        {"signed_by": [EMMAS_MOTHER]},
    ),
    Rule(
        "ip_application.nb",
        "person.birth_date",
        "the young person signs alone from sixteen",
        {"2010-11-21": "signed_by", "2010-11-20": "", "2010-11-19": ""},
        {"signed_by": [EMMA]},
    ),
    Rule(
        "ip_application.nb",
        "person.birth_date",
        "a parent signs with the young person until eighteen",
        {"2008-11-21": "", "2008-11-20": "signed_by.0.role", "2008-11-19": "signed_by.0.role"},
    ),
    Rule(
        "ip_application.nb",
        "person.birth_date",
        "who is eighteen signs alone",
        {"2008-11-21": "", "2008-11-20": "", "2008-11-19": ""},
        {"signed_by": [EMMA]},
    ),
    Rule(
        "ip_application.nb",
        "date",
        "no application is of tomorrow",
        _refused_after("date", "2026-11-24", "2026-11-25", "2026-11-26"),
        today="2026-11-25",
    ),
    Rule(
        "ip_application.nb",
        "assessed_on",
        "that somebody cannot judge it is assessed by today",
        _refused_after("assessed_on", "2026-11-24", "2026-11-25", "2026-11-26"),
        {**UNABLE, "signed_by": [EMMAS_MOTHER]},
        "2026-11-25",
    ),
    Rule(
        "ip_application.nb",
        "services_now.0.since",
        "a service that helps today has begun",
        _refused_after("services_now.0.since", "2026-11-19", "2026-11-20", "2026-11-21"),
    ),
    Rule(
        "ip_application.nn",
        "expecting_child_due",
        "a child that is late is a child all the same",
        {"2026-11-17": "", "2026-11-18": "", "2026-11-19": ""},
    ),
    Rule(
        "ip_application.nn",
        "expecting_child_due",
        "a child that is a month late has been born",
        _refused_before("expecting_child_due", "2026-10-17", "2026-10-18", "2026-10-19"),
        {"services_now": []},
    ),
    Rule(
        "ip_application.nn",
        "expecting_child_due",
        "nobody expects a child for longer than ten months",
        _refused_after("expecting_child_due", "2027-09-17", "2027-09-18", "2027-09-19"),
    ),
]

# -- meetings -------------------------------------------------------------------------------------

MEETINGS = [
    Rule(
        "invitation.nb",
        "child.birth_date",
        "the child is born when the meeting is held",
        _refused_after("child.birth_date", "2026-12-07", "2026-12-08", "2026-12-09"),
    ),
    Rule(
        "invitation.nb",
        "items_deadline",
        "matters are handed in before the meeting or at it",
        _refused_after("items_deadline", "2026-12-07", "2026-12-08", "2026-12-09"),
    ),
    Rule(
        "invitation.nb",
        "end",
        "the meeting ends after it begins",
        {"12:59": "end", "13:00": "end", "13:01": ""},
        {"start": "13:00"},
    ),
    Rule(
        "minutes.nb",
        "end",
        "the meeting ends after it begins",
        {"12:59": "end", "13:00": "end", "13:01": ""},
        {"start": "13:00", "absences.2.time": "13:00"},
    ),
    Rule(
        "minutes.nb",
        "absences.2.time",
        "who came late came during the meeting",
        {"12:59": "absences.2.time", "13:00": "", "14:05": "", "14:06": "absences.2.time"},
    ),
    Rule(
        "minutes.nb",
        "child.birth_date",
        "the child is born when the meeting is held",
        _refused_after("child.birth_date", "2026-11-16", "2026-11-17", "2026-11-18"),
    ),
    Rule(
        "minutes.nb",
        "measures.0.deadline",
        "a measure is due on the day of the meeting or later",
        _refused_before("measures.0.deadline", "2026-11-16", "2026-11-17", "2026-11-18"),
    ),
    Rule(
        "minutes.nb",
        "system_follow_up.0.deadline",
        "what is followed up is due on the day of the meeting or later",
        _refused_before("system_follow_up.0.deadline", "2026-11-16", "2026-11-17", "2026-11-18"),
    ),
    Rule(
        "minutes.nb",
        "next_meeting.date",
        "the next meeting is after this one",
        {"2026-11-16": "next_meeting.date", "2026-11-17": "next_meeting.date", "2026-11-18": ""},
    ),
    Rule(
        "minutes.nn",
        "feedback_to_family.date",
        "the family is told at the meeting or later",
        _refused_before("feedback_to_family.date", "2026-11-16", "2026-11-17", "2026-11-18"),
    ),
    Rule(
        "minutes.nb",
        "remarks_deadline",
        "remarks are due on the day of the meeting or later",
        _refused_before("remarks_deadline", "2026-11-16", "2026-11-17", "2026-11-18"),
    ),
    Rule(
        "minutes.nb",
        "date_written",
        "minutes are written at the meeting or later",
        _refused_before("date_written", "2026-11-16", "2026-11-17", "2026-11-18"),
    ),
    Rule(
        "invitation.nb",
        "sent_on",
        "an invitation is sent before the meeting or on its day",
        _refused_after("sent_on", "2026-12-07", "2026-12-08", "2026-12-09"),
    ),
    Rule(
        "action_plan.nb",
        "child.birth_date",
        "the child is born when the plan is made",
        _refused_after("child.birth_date", "2027-02-08", "2027-02-09", "2027-02-10"),
    ),
    Rule(
        "action_plan.nb",
        "evaluated_on",
        "the plan is evaluated on the day it is made or later",
        _refused_before("evaluated_on", "2027-02-08", "2027-02-09", "2027-02-10"),
    ),
]

# -- notifications to the coordinating unit -------------------------------------------------------

NOTIFICATIONS = [
    Rule(
        "ke_group_created.nb",
        "date",
        "no notification is of tomorrow",
        _refused_after("date", "2026-11-25", "2026-11-26", "2026-11-27"),
        today="2026-11-26",
    ),
    Rule(
        "ke_group_dissolved.nb",
        "date",
        "no notification is of tomorrow",
        _refused_after("date", "2026-11-25", "2026-11-26", "2026-11-27"),
        today="2026-11-26",
    ),
    Rule(
        "ke_coordinator_changed.nn",
        "date",
        "no notification is of tomorrow",
        _refused_after("date", "2026-11-25", "2026-11-26", "2026-11-27"),
        today="2026-11-26",
    ),
    Rule(
        "ke_ip_declined.nb",
        "date",
        "no notification is of tomorrow",
        _refused_after("date", "2026-11-25", "2026-11-26", "2026-11-27"),
        today="2026-11-26",
    ),
    Rule(
        "ke_coordinator_changed.nn",
        "from_date",
        "what is planned for another decade is a slip",
        _refused_after("from_date", "2029-11-25", "2029-11-26", "2029-11-27"),
        today="2026-11-26",
    ),
    Rule(
        "ke_coordinator_changed.nn",
        "handover_meeting_on",
        "what is planned for another decade is a slip",
        _refused_after("handover_meeting_on", "2029-11-25", "2029-11-26", "2029-11-27"),
        today="2026-11-26",
    ),
    Rule(
        "ke_ip_declined.nb",
        "assessed_on",
        "that somebody cannot judge it is assessed by today",
        _refused_after("assessed_on", "2026-11-25", "2026-11-26", "2026-11-27"),
        {**UNABLE, "child.birth_date": "2010-05-03"},
        "2026-11-26",
    ),
    Rule(
        "ke_group_created.nb",
        "child.birth_date",
        "the child is born when it is told of",
        _refused_after("child.birth_date", "2026-11-23", "2026-11-24", "2026-11-25"),
    ),
    Rule(
        "ke_group_created.nb",
        "created_on",
        "the group is created when it is told of",
        _refused_after("created_on", "2026-11-23", "2026-11-24", "2026-11-25"),
    ),
    Rule(
        "ke_group_created.nb",
        "relay_log_closed",
        "the relay log is closed when it is told of",
        _refused_after("relay_log_closed", "2026-11-23", "2026-11-24", "2026-11-25"),
    ),
    Rule(
        "ke_group_created.nb",
        "first_meeting_on",
        "the group first meets on the day it is created or later",
        _refused_before("first_meeting_on", "2026-11-23", "2026-11-24", "2026-11-25"),
    ),
    Rule(
        "ke_group_created.nb",
        "consent_valid_to",
        "the consent holds on the day the group is created",
        _refused_before("consent_valid_to", "2026-11-23", "2026-11-24", "2026-11-25"),
    ),
    Rule(
        "ke_group_created.nb",
        "consent_valid_to",
        "no consent holds for longer than 36 months",
        _refused_after("consent_valid_to", "2029-11-23", "2029-11-24", "2029-11-25"),
    ),
    Rule(
        "ke_group_dissolved.nb",
        "child.birth_date",
        "the child is born when it is told of",
        _refused_after("child.birth_date", "2026-11-19", "2026-11-20", "2026-11-21"),
    ),
    Rule(
        "ke_group_dissolved.nb",
        "dissolved_on",
        "the group is dissolved when it is told of",
        _refused_after("dissolved_on", "2026-11-19", "2026-11-20", "2026-11-21"),
    ),
    Rule(
        "ke_group_dissolved.nb",
        "agreed_with_family_on",
        "the family has agreed when it is told of",
        _refused_after("agreed_with_family_on", "2026-11-19", "2026-11-20", "2026-11-21"),
    ),
    Rule(
        "ke_coordinator_changed.nn",
        "child.birth_date",
        "the child is born when it is told of",
        _refused_after("child.birth_date", "2026-11-24", "2026-11-25", "2026-11-26"),
    ),
    Rule(
        "ke_ip_declined.nb",
        "child.birth_date",
        "the child is born when it is told of",
        {"2026-11-18": "", "2026-11-19": "", "2026-11-20": "child.birth_date"},
    ),
    Rule(
        "ke_ip_declined.nb",
        "informed_on",
        "the family is informed before it declines or on that day",
        {"2026-11-18": "", "2026-11-19": "", "2026-11-20": "informed_on declined_on"},
    ),
    Rule(
        "ke_ip_declined.nb",
        "declined_on",
        "the family declines on the day it is informed or later",
        _refused_before("declined_on", "2026-11-16", "2026-11-17", "2026-11-18"),
    ),
    Rule(
        "ke_ip_declined.nb",
        "declined_on",
        "the family has declined when it is told of",
        _refused_after("declined_on", "2026-11-18", "2026-11-19", "2026-11-20"),
    ),
    Rule(
        "ke_ip_declined.nb",
        "ask_again_on",
        "nobody is asked again before they have declined",
        _refused_before("ask_again_on", "2026-11-18", "2026-11-19", "2026-11-20"),
    ),
]

# -- what a date is -------------------------------------------------------------------------------

DATES = [
    Rule(
        "minutes.nb",
        "child.birth_date",
        "a year before 1900 is a slip",
        _refused_before("child.birth_date", "31.12.1899", "01.01.1900", "02.01.1900"),
    ),
    Rule(
        "minutes.nb",
        "next_meeting.date",
        "a year far ahead is a slip",
        {"09.02.2029": "", "09.02.2127": "next_meeting.date", "01.01.2200": "next_meeting.date"},
    ),
    Rule(
        "minutes.nb",
        "next_meeting.date",
        "29 February is a day of leap years alone",
        {"28.02.2027": "", "29.02.2027": "next_meeting.date", "29.02.2028": ""},
    ),
]

RULES = [*CONSENT, *WITHDRAWAL, *APPLICATION, *MEETINGS, *NOTIFICATIONS, *DATES]

#: the dates that the rules of the tables measure against, and those that no rule concerns
FREE = {
    "consent": {"valid_from"},  # measured against
    "invitation": {"date", "start"},
    "minutes": {"date", "start", "next_meeting.start", "previous_measures.deadline"},
    # the plan may hold measures of meetings before it
    "action_plan": {"date", "goals.measures.deadline"},
}


def changed(sample: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The sample's answers, changed by dotted path."""
    answers = copy.deepcopy(load(sample))
    if sample.startswith("consent."):  # asked of those who are old enough to sign
        answers["signing_ability"] = "yes"
    for path, value in changes.items():
        *way, last = path.split(".")
        inner: Any = answers
        for step in way:
            inner = inner[int(step)] if isinstance(inner, list) else inner[step]
        inner[int(last) if isinstance(inner, list) else last] = value
    return answers


@contextmanager
def on(day: str, hour: str = "12:00") -> Iterator[None]:
    """The clock stands at that hour of that day in Oslo."""
    wanted = datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=clock.OSLO)
    with clock.moved(wanted - clock.now()):
        yield


def refused_at(sample: str, changes: dict[str, Any], today: str = "") -> str:
    """The fields at which the changed sample is refused; "" where it is accepted."""
    form = find(sample.split(".")[0]).form.from_answers(changed(sample, changes))
    with on(today) if today else nullcontext():
        form.validate()
    return " ".join(problem.field for problem in form.problems())
