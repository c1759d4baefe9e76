"""Every rule about an age or a day: the days just before it breaks, on the edge and just after.

The tables walk ``forms/``, paper by paper; ``test_days`` takes each day of them.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from formsvc.kinds import find
from tests.samples import load

MOTHER = {"name": "Ingebjørg Sæbø", "role": "parent"}
FATHER = {"name": "Jon Øvrelid", "role": "parent"}
YOUNG = {"name": "Ådne Sæbø Øvrelid", "role": "young_person"}
ALONE: dict[str, Any] = {"parental_responsibility": "none", "signatories": [YOUNG]}


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


def _refused_after(field: str, before: str, day: str, after: str) -> dict[str, str]:
    return {before: "", day: "", after: field}


def _refused_before(field: str, before: str, day: str, after: str) -> dict[str, str]:
    return {before: field, day: "", after: ""}


# -- consent: valid from 20 November 2026, responsibility is joint --------------------------------

CONSENT = [
    Rule(
        "consent.nn",
        "valid_to",
        "it ends after it begins",
        {"2026-11-19": "valid_to", "2026-11-20": "valid_to", "2026-11-21": ""},
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
            "valid_from": "2029-06-01",
        },
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
        "valid_from",
        "a child born on a leap day is seven on 1 March",
        {"2027-02-27": "", "2027-02-28": "", "2027-03-01": "child_heard"},
        {"child.birth_date": "2020-02-29", "child_heard": ""},
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
        "a young person of fourteen may sign too, and one of fifteen does",
        {"2011-11-21": "", "2011-11-20": "", "2011-11-19": ""},
        {"signatories": [MOTHER, FATHER, YOUNG]},
    ),
    Rule(
        "consent.nn",
        "child.birth_date",
        "the young person signs alone from sixteen",
        {"2010-11-21": "signatories", "2010-11-20": "", "2010-11-19": ""},
        {"signatories": [YOUNG]},
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
        "valid_from",
        "who was born on a leap day is fifteen on 1 March",
        {"2027-02-27": "", "2027-02-28": "", "2027-03-01": "signatories"},
        {"child.birth_date": "2012-02-29", "valid_to": "2027-11-19"},
    ),
    Rule(
        "consent.nn",
        "valid_from",
        "and sixteen on the leap day itself, when there is one",
        {"2028-02-28": "signatories", "2028-02-29": "", "2028-03-01": ""},
        {"child.birth_date": "2012-02-29", "signatories": [YOUNG], "valid_to": "2028-11-19"},
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
        {**ALONE, "valid_to": "2027-11-19"},
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
        "somebody has parental responsibility until eighteen",
        {"2008-11-23": "parental_responsibility", "2008-11-20": "", "2008-11-19": ""},
        {**ALONE, "valid_to": "2026-11-22"},
    ),
]

WITHDRAWAL = [
    Rule(
        "consent_withdrawal.nb",
        "child.birth_date",
        "the child is born when the consent is withdrawn",
        _refused_after("child.birth_date", "2027-02-02", "2027-02-03", "2027-02-04"),
    ),
]

# -- application: written on 20 November 2026 -----------------------------------------------------

APPLICATION = [
    Rule(
        "ip_application.nb",
        "person.birth_date",
        "the person is born when the application is written",
        _refused_after("person.birth_date", "2026-11-19", "2026-11-20", "2026-11-21"),
        {"signed_by": [MOTHER]},
    ),
    Rule(
        "ip_application.nb",
        "person.birth_date",
        "a guardian is named until sixteen",
        {"2010-11-21": "guardians", "2010-11-20": "", "2010-11-19": ""},
        {"guardians": []},
    ),
    Rule(
        "ip_application.nb",
        "date",
        "a guardian is named until sixteen, and who was born on a leap day is so on the next",
        {"2028-02-28": "guardians", "2028-02-29": "", "2028-03-01": ""},
        {"guardians": [], "person.birth_date": "2012-02-29"},
    ),
    Rule(
        "ip_application.nb",
        "person.birth_date",
        "the young person signs too from fifteen",
        {"2011-11-21": "", "2011-11-20": "signed_by", "2011-11-19": "signed_by"},
        {"signed_by": [MOTHER]},
    ),
    Rule(
        "ip_application.nb",
        "person.birth_date",
        "the young person signs alone from sixteen",
        {"2010-11-21": "signed_by", "2010-11-20": "", "2010-11-19": ""},
        {"signed_by": [YOUNG]},
    ),
    Rule(
        "ip_application.nb",
        "person.birth_date",
        "a parent signs with the young person until eighteen",
        {"2008-11-21": "", "2008-11-20": "signed_by.0", "2008-11-19": "signed_by.0"},
    ),
    Rule(
        "ip_application.nb",
        "person.birth_date",
        "who is eighteen signs alone",
        {"2008-11-21": "", "2008-11-20": "", "2008-11-19": ""},
        {"signed_by": [YOUNG]},
    ),
    Rule(
        "ip_application.nn",
        "expecting_child_due",
        "a child that is late is a child all the same",
        {"2026-11-17": "", "2026-11-18": "", "2026-11-19": ""},
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
        {"start": "13:00"},
    ),
    Rule(
        "minutes.nb",
        "child.birth_date",
        "the child is born when the meeting is held",
        _refused_after("child.birth_date", "2027-02-08", "2027-02-09", "2027-02-10"),
    ),
    Rule(
        "minutes.nb",
        "measures.0.deadline",
        "a measure is due on the day of the meeting or later",
        _refused_before("measures.0.deadline", "2027-02-08", "2027-02-09", "2027-02-10"),
    ),
    Rule(
        "minutes.nb",
        "next_meeting.date",
        "the next meeting is after this one",
        {"2027-02-08": "next_meeting.date", "2027-02-09": "next_meeting.date", "2027-02-10": ""},
    ),
    Rule(
        "minutes.nn",
        "feedback_to_family.date",
        "the family is told at the meeting or later",
        _refused_before("feedback_to_family.date", "2027-03-01", "2027-03-02", "2027-03-03"),
    ),
    Rule(
        "minutes.nb",
        "remarks_deadline",
        "remarks are due on the day of the meeting or later",
        _refused_before("remarks_deadline", "2027-02-08", "2027-02-09", "2027-02-10"),
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
        "child.birth_date",
        "the child is born when it is told of",
        _refused_after("child.birth_date", "2026-11-23", "2026-11-24", "2026-11-25"),
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
        "ke_group_dissolved.nb",
        "child.birth_date",
        "the child is born when it is told of",
        _refused_after("child.birth_date", "2028-06-14", "2028-06-15", "2028-06-16"),
    ),
    Rule(
        "ke_coordinator_changed.nn",
        "child.birth_date",
        "the child is born when it is told of",
        _refused_after("child.birth_date", "2027-06-10", "2027-06-11", "2027-06-12"),
    ),
    Rule(
        "ke_ip_declined.nb",
        "child.birth_date",
        "the child is born when it is told of",
        _refused_after("child.birth_date", "2026-12-09", "2026-12-10", "2026-12-11"),
    ),
    Rule(
        "ke_ip_declined.nb",
        "declined_on",
        "the family declines on the day it is informed or later",
        _refused_before("declined_on", "2026-12-07", "2026-12-08", "2026-12-09"),
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
        "a year after 2199 is a slip",
        _refused_after("next_meeting.date", "30.12.2199", "31.12.2199", "01.01.2200"),
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
    "consent_withdrawal": {"withdrawn_on"},  # measured against
    # a due date may be long past or far away
    "ip_application": {"date", "services_now.since", "expecting_child_due"},
    "ke_group_created": {"created_on", "date", "relay_log_closed"},
    "ke_group_dissolved": {"dissolved_on", "agreed_with_family_on", "date"},
    "ke_coordinator_changed": {"from_date", "handover_meeting_on", "date"},
    "ke_ip_declined": {"informed_on", "ask_again_on", "date"},
    "invitation": {"date", "start", "sent_on"},  # sent_on gets advice, see below
    "minutes": {
        *("date", "start", "date_written", "next_meeting.start"),
        "previous_measures.deadline",
    },
    # the plan may hold measures of meetings before it
    "action_plan": {"date", "child.birth_date", "goals.measures.deadline"},
}


def changed(sample: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The sample's answers, changed by dotted path."""
    answers = copy.deepcopy(load(sample))
    for path, value in changes.items():
        *way, last = path.split(".")
        inner: Any = answers
        for step in way:
            inner = inner[int(step)] if isinstance(inner, list) else inner[step]
        inner[last] = value
    return answers


def refused_at(sample: str, changes: dict[str, Any]) -> str:
    """The fields at which the changed sample is refused; "" where it is accepted."""
    form = find(sample.split(".")[0]).form.from_answers(changed(sample, changes))
    form.validate()
    return " ".join(problem.field for problem in form.problems())
