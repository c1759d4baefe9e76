"""What is missing is said in the same words on the page, in the API and by the CLI."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from formsvc.cli import main
from formsvc.kinds import find
from formsvc.models import Account
from formsvc.services import api_tokens
from tests.samples import PRINTED, Sample, load
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY


def _emptied(sample: Sample) -> Iterator[tuple[str, dict[str, Any]]]:
    """The sample without each of its answers in turn."""
    for name in sample.answers.keys() - {"language"}:
        yield name, {key: value for key, value in sample.answers.items() if key != name}


def _cli(kind: str, answers: dict[str, Any]) -> list[dict[str, str]]:
    words = ["check", kind, "--data", "-", "--json"]
    said = CliRunner().invoke(main, words, input=json.dumps(answers))
    found: list[dict[str, str]] = json.loads(said.stdout)
    assert said.exit_code == (2 if found else 0)
    return found


@pytest.fixture
def program(visitor: Visitor, session: Session, kari: Account) -> tuple[Visitor, str]:
    token = api_tokens.issue(session, kari, "Fagsystemet")
    session.commit()
    return visitor, token


def _api(program: tuple[Visitor, str], kind: str, answers: dict[str, Any]) -> list[dict[str, str]]:
    client, token = program
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post(f"/api/v1/render/{kind}?format=docx", json=answers, headers=headers)
    assert answer.status_code == 422, answer.status
    assert answer.json is not None
    found: list[dict[str, str]] = answer.json["problems"]
    return found


@pytest.mark.parametrize("sample", PRINTED, ids=str)
def test_the_api_and_the_cli_say_the_same(sample: Sample, program: tuple[Visitor, str]) -> None:
    refused = 0
    for _name, answers in _emptied(sample):
        if said := _cli(sample.kind.slug, answers):
            assert _api(program, sample.kind.slug, answers) == said
            refused += 1
    assert refused >= 4


@pytest.mark.parametrize("sample", PRINTED, ids=str)
def test_the_page_says_the_same_in_the_language_it_speaks(sample: Sample, as_kari: Visitor) -> None:
    for name, answers in _emptied(sample):
        said = _cli(sample.kind.slug, answers)
        if not said:
            continue
        typed = find(sample.kind.slug).form.from_answers(answers).typed()
        address = f"/papers/{sample.kind.slug}/new?lang={sample.language}"
        sent = as_kari.send(address, **{**typed, "_action": ["review"]})
        page = as_kari.get(f"{sent.location}?lang={sample.language}")
        assert page.status_code == 422
        shown = html.unescape(page.text)
        for problem in said:
            assert problem["message"] in shown, name
            assert f'id="{problem["field"].replace(".", "-")}' in shown, problem


@pytest.mark.parametrize("text", ["x" * 20_001, "Dei snakka med 王小明."], ids=["long", "letters"])
def test_a_text_that_cannot_be_printed_is_told_alike_everywhere(
    text: str, program: tuple[Visitor, str], as_amir: Visitor
) -> None:
    answers = {**load("minutes.nn"), "family_view": text}
    [said] = _cli("minutes", answers)
    assert said["field"] == "family_view"
    assert _api(program, "minutes", answers) == [said]
    typed = find("minutes").form.from_answers(answers).typed()
    sent = as_amir.send("/papers/minutes/new?lang=nn", **{**typed, "_action": ["review"]})
    page = as_amir.get(f"{sent.location}?lang=nn")
    assert page.status_code == 422
    shown = html.unescape(page.text)
    assert said["message"] in shown
    assert f'id="{said["field"]}"' in shown
    # what was typed stands there still
    assert text in shown


def test_an_earlier_name_is_refused_with_the_one_of_today_everywhere(
    program: tuple[Visitor, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mend = "Dette heter «responsible» nå."
    monkeypatch.setattr(find("minutes").form, "moved", {"measures.who": mend, "leader": mend})
    answers = {**load("minutes.nb"), "leader": "Anne Moen"}
    answers["measures"][0]["who"] = "Anne Moen"
    for said in (_cli("minutes", answers), _api(program, "minutes", answers)):
        found = {each["field"]: each["message"] for each in said}
        assert found == {"measures.0.who": mend, "leader": mend}
    table = tmp_path / "rows.csv"
    table.write_text("measures.0.who;leader.name\nAnne;Anne\n", "utf-8")
    batch = ["batch", "minutes", "--rows", str(table), "--out", str(tmp_path / "out")]
    told = CliRunner().invoke(main, batch)
    assert told.exit_code != 0
    assert f"Kolonnen «measures.0.who»: {mend}" in told.stderr
    assert f"Kolonnen «leader.name»: {mend}" in told.stderr
