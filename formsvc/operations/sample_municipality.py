"""A whole municipality of invented people and ten years of their papers, for whoever measures.

Documents are rendered once for each kind and kept with every paper of it, so that minutes and not
hours go by; in size and number they are as real ones are.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc import clock, config, profile
from formsvc.errors import MissingLibrary, NotAllowed
from formsvc.formats import Format
from formsvc.forms.base import DocumentForm
from formsvc.kinds import Kind, find
from formsvc.models import Account, Document, Draft, Paper, ReferenceCounter, Share
from formsvc.models.evaluation import SCALES
from formsvc.operations import demo
from formsvc.roles import Role
from formsvc.services import accounts, evaluations, printing

#: by the names of ``formsvc demo-data --size``: how many municipalities of 20,000 inhabitants
SIZES: Final = {"municipality": 1, "10-municipalities": 10}

#: what 20,000 inhabitants come to: 200 families, eleven papers a year each, for ten years
YEARS: Final = 10
PAPERS: Final = 22_000
ANSWERS: Final = 2_000
#: 204 in all; each has so many drafts
STAFF: Final[dict[Role, int]] = {"referent": 100, "coordinator": 98, "ke": 4, "admin": 2}
DRAFTS_EACH: Final = 3
#: every so manieth paper is shared with a colleague
SHARED: Final = 20

#: of a hundred papers, so many are of each kind
KINDS: Final = {
    "minutes": 40,
    "invitation": 25,
    "consent": 12,
    "action_plan": 8,
    "ip_application": 5,
    "ke_group_created": 4,
    "ke_coordinator_changed": 2,
    "ke_group_dissolved": 2,
    "ke_ip_declined": 1,
    "consent_withdrawal": 1,
}

FIRST_NAMES: Final = (
    *("Nora", "Emma", "Máret", "Ella", "Sofie", "Ingrid", "Amina", "Zofia", "Áile", "Åse"),
    *("Jakob", "Emil", "Noah", "Omar", "Elias", "Ánte", "Filip", "Mikkel", "Ali", "Øyvind"),
)
LAST_NAMES: Final = (
    *("Nygård", "Bakken", "Øvrelid", "Hassan", "Čáhci", "Lien", "Haugen", "Kowalska", "Moen"),
    *("Sæbø", "Berg", "Ødegård", "Haddad", "Aas", "Sara", "Nguyen", "Lund", "Strand", "Vik"),
)

#: rows that are written together; the command commits after each such batch
_BATCH: Final = 500


class _Sort(NamedTuple):
    """What every paper of a kind has in common."""

    kind: Kind
    answers: dict[str, Any]
    typed: dict[str, list[str]]
    documents: dict[Format, printing.Printed | None]


def fill(session: Session, size: int) -> Iterator[str]:
    """Fill the database with so many municipalities; a sentence after each step.

    Commit after each sentence: so much in one transaction would fill the disk twice.

    :raises NotAllowed: outside demo mode.
    """
    if not config.current().demo:
        raise NotAllowed("Demo data is for demo mode only. Start with FORMSVC_DEMO=1.")
    if session.scalar(select(Account.id).where(Account.email == _email(0))):
        yield "A municipality has been loaded before: nothing is changed."
        return
    staff = _employ(session, size)
    yield f"{len(staff)} accounts, {_email(0)} and on; password {demo.PASSWORD}"
    kinds = _mixed()
    yield from _issue(session, staff, kinds, PAPERS * size)
    yield f"{_begin(session, staff, kinds)} drafts"
    _evaluate(session, ANSWERS * size)
    yield f"{ANSWERS * size} evaluations"


def _mixed() -> list[_Sort]:
    """A hundred sorts of paper, in an order in which neighbours differ."""
    sorts = [sort for slug, share in KINDS.items() for sort in [_sort(find(slug))] * share]
    return [sorts[number * 37 % len(sorts)] for number in range(len(sorts))]


@cache
def _sort(kind: Kind) -> _Sort:
    """The sort of a kind; its documents take seconds to render."""
    form = printing.check(kind, kind.form.sample("nb"))
    typed = {name: list(texts) for name, texts in form.typed().items()}
    documents = {wanted: _printed(kind, form, wanted) for wanted in kind.kept}
    return _Sort(kind, form.answers(), typed, documents)


def _printed(kind: Kind, form: DocumentForm, wanted: Format) -> printing.Printed | None:
    try:
        return printing.render(kind, form, wanted)
    except MissingLibrary:
        return None  # this machine makes no PDFs; everything else can be measured on it


def _email(number: int) -> str:
    return f"ansatt{number}@eksempel.no"


def _name(number: int) -> str:
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    return f"{first} {LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)]}"


def _employ(session: Session, size: int) -> list[Account]:
    """Everybody has the same password, and so the same slow hash, which is made once."""
    roles = [role for role, count in STAFF.items() for _ in range(count * size)]
    first = accounts.create(
        session, email=_email(0), name=_name(0), role=roles[0], password=demo.PASSWORD
    )
    others = [
        Account(
            email=_email(number),
            name=_name(number),
            role=role,
            password_hash=first.password_hash,
        )
        for number, role in enumerate(roles[1:], start=1)
    ]
    session.add_all(others)
    session.flush()
    return [first, *others]


def _issue(
    session: Session, staff: Sequence[Account], sorts: Sequence[_Sort], papers: int
) -> Iterator[str]:
    writers = [account for account in staff if account.role in ("referent", "coordinator")]
    last = _last_numbers(session)
    begin = clock.now() - timedelta(days=365 * YEARS)
    apart = timedelta(days=365 * YEARS) / papers
    for start in range(0, papers, _BATCH):
        for number in range(start, min(start + _BATCH, papers)):
            sort, author = sorts[number % len(sorts)], writers[number * 7 % len(writers)]
            paper = _paper(sort, author, begin + apart * number, _name(number * 13), last)
            session.add(paper)
            if number % SHARED == 0:
                colleague = writers[(number * 7 + 1) % len(writers)]
                ids = {"paper_id": paper.id, "account_id": colleague.id, "by_id": author.id}
                session.add(Share(**ids, may_write=False))
        _keep_numbers(session, last)
        session.flush()
        session.expunge_all()
        yield f"{min(start + _BATCH, papers)} of {papers} papers"


def _paper(
    sort: _Sort, author: Account, at: datetime, name: str, last: Counter[tuple[str, int]]
) -> Paper:
    place = (sort.kind.prefix, at.year)
    last[place] += 1
    paper = Paper(
        id=uuid4(),
        kind=sort.kind.slug,
        language="nb",
        reference=f"{sort.kind.prefix}-{at.year}-{last[place]:04}",
        answers=_about(sort, name),
        author_id=author.id,
        changed_by_id=author.id,
        issued_by_id=author.id,
        issued_at=at,
        rules_version=profile.current().rules_version,
        form_version=sort.kind.form.version(),
    )
    paper.documents = [_document(wanted, printed, at) for wanted, printed in sort.documents.items()]
    return paper


def _document(wanted: Format, printed: printing.Printed | None, at: datetime) -> Document:
    if printed is None:
        return Document(format=wanted, state="pending")
    return Document(
        format=wanted,
        state="issued",
        data=printed.data,
        sha256=hashlib.sha256(printed.data).hexdigest(),
        template_sha256=printed.template_sha256,
        made_at=at,
    )


def _about(sort: _Sort, name: str) -> dict[str, Any]:
    """The answers of a paper about somebody else."""
    whom = sort.kind.form.whom
    group = sort.answers.get(whom)
    return {**sort.answers, whom: {**group, "name": name}} if group else sort.answers


def _last_numbers(session: Session) -> Counter[tuple[str, int]]:
    rows = session.scalars(select(ReferenceCounter))
    return Counter({(row.prefix, row.year): row.last for row in rows})


def _keep_numbers(session: Session, last: Counter[tuple[str, int]]) -> None:
    for (prefix, year), number in last.items():
        session.merge(ReferenceCounter(prefix=prefix, year=year, last=number))


def _begin(session: Session, staff: Sequence[Account], sorts: Sequence[_Sort]) -> int:
    """Drafts that were left these last days."""
    places = list(itertools.product(staff, range(DRAFTS_EACH)))
    for number, (account_, _which) in enumerate(places):
        sort = sorts[number % len(sorts)]
        named = f"{sort.kind.form.whom}-name"
        names = {named: [_name(number)]} if named in sort.typed else {}
        draft = Draft(
            kind=sort.kind.slug,
            language="nb",
            typed={**sort.typed, **names},
            author_id=account_.id,
            changed_by_id=account_.id,
            changed_at=clock.now() - timedelta(minutes=number % 10_000),
        )
        session.add(draft)
    session.flush()
    return len(places)


def _evaluate(session: Session, answers: int) -> None:
    """What thirty schools' families answered, about the half-years since the beginning."""
    this_year = clock.today().year
    for number in range(answers):
        figures = dict.fromkeys(SCALES, 1 + number % 5)
        evaluations.keep(
            session,
            {
                "unit": f"Skole {number % 30}",
                "period": f"{this_year - number // 30 % YEARS}-{1 + number % 2}",
                "arena": "other",
                "good": "Alle hørte på oss." if number % 3 else "",
                **figures,
            },
        )
