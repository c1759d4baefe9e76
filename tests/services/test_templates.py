from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from formsvc import clock, config, norway, originals, profile
from formsvc.cli import main
from formsvc.documents import jail
from formsvc.documents.docx.package import unpack
from formsvc.errors import BadTemplate, FaultyTemplate
from formsvc.formats import Format
from formsvc.kinds import KINDS, Kind, find
from formsvc.language import PAPER_LANGUAGES
from formsvc.operations import health
from formsvc.originals.word import template as shipped
from formsvc.originals.word.parts import paragraph
from formsvc.services import printing, templates
from tests.documents.docx.test_guard import changed, packed
from tests.samples import load

FORMATS: tuple[Format, ...] = ("docx", "fillable", "flattened")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The municipality's own folder of templates."""
    monkeypatch.setenv("FORMSVC_TEMPLATES", str(tmp_path))
    config.settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    config.settings.cache_clear()


@pytest.mark.parametrize("name", originals.NAMES)
def test_nothing_is_wrong_with_a_shipped_template(name: str) -> None:
    kind = find(name.partition(".")[0])
    assert templates.check(kind, (config.SHIPPED / name).read_bytes()) == []


@pytest.mark.parametrize(("room", "is_taken"), [(1, True), (0, True), (-1, False)])
def test_a_template_may_be_as_large_as_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch, room: int, *, is_taken: bool
) -> None:
    data = shipped("minutes", "nb")
    monkeypatch.setattr(templates, "MOST_BYTES", len(data) + room)
    told = [fault.told() for fault in templates.check(find("minutes"), data)]
    assert told == [] if is_taken else "altfor stor" in told[0]


MEETINGS = ("invitation", "minutes")


@pytest.mark.parametrize("language", PAPER_LANGUAGES)
@pytest.mark.parametrize("slug", MEETINGS)
@pytest.mark.parametrize(
    ("changes", "concern"),
    [
        ({}, "child"),
        ({"child": {"name": "Ola", "birth_date": "1999-05-03"}}, "adult"),
        ({"anonymous": True, "child": None}, "anonymous"),
        ({"arena": "steering_group", "child": None}, "system"),
    ],
)
def test_a_paper_is_stamped_and_speaks_by_whom_it_concerns(
    slug: str, changes: dict[str, object], concern: profile.Concern, language: str
) -> None:
    kind, here = find(slug), profile.current()
    form = kind.form.from_answers(kind.form.sample(language) | changes)
    paper = templates.context(kind, form)["paper"]
    assert paper["exempt"] == here.exempt(language, concern=concern)
    assert bool(paper["exempt"]) == (concern in ("child", "adult"))
    said = here.texts(slug, language, concern=concern)["confidentiality"]
    assert paper["texts"]["confidentiality"] == said


@pytest.mark.parametrize(("to_birthday", "concern"), [(1, "child"), (0, "adult"), (-1, "adult")])
def test_a_consent_speaks_to_a_child_until_it_is_of_age(
    to_birthday: int, concern: profile.Concern
) -> None:
    kind = find("consent")
    birthday = clock.today() + timedelta(days=to_birthday)
    born = norway.months_after(birthday, -12 * 18).isoformat()
    answers = kind.form.sample("nb")
    form = kind.form.from_answers(answers | {"child": answers["child"] | {"birth_date": born}})
    texts = templates.context(kind, form)["paper"]["texts"]
    assert texts["intro"] == profile.current().texts("consent", "nb", concern=concern)["intro"]
    assert ("child_heard" in texts) == (concern == "child")


@pytest.mark.parametrize("wanted", FORMATS)
def test_a_template_in_the_jail_gives_the_same_bytes(own: Path, wanted: Format) -> None:
    kind, answers = find("consent"), load("consent.nb")
    answers["exclusions"] = "Ł Č Đ ŋ ž Ελλάδα Київ " + "lang tekst " * 200
    before = printing.make(kind, answers, wanted)
    for ending in ("docx", "pdf"):
        name = f"consent.nb.{ending}"
        (own / name).write_bytes((config.SHIPPED / name).read_bytes())
    assert templates.find(kind, "consent.nb.docx").outside
    assert printing.make(kind, answers, wanted) == before


def test_a_faulty_own_template_is_refused_with_all_that_is_wrong(own: Path) -> None:
    (own / "minutes.nb.docx").write_bytes(shipped("consent", "nb"))
    with pytest.raises(FaultyTemplate, match="measures") as raised:
        printing.make(find("minutes"), load("minutes.nb"), "docx")
    assert len(raised.value.faults) > 5
    assert all(fault.refuses for fault in raised.value.faults)


def test_a_dangerous_own_template_is_never_filled(own: Path) -> None:
    data = changed(lambda members: members.update({"word/vbaProject.bin": b"x"}))
    (own / "consent.nb.docx").write_bytes(data)
    with pytest.raises(BadTemplate, match="makroer"):
        printing.make(find("consent"), load("consent.nb"), "docx")


def test_the_doctor_tells_of_a_faulty_own_template(own: Path) -> None:
    def told() -> health.Finding:
        return next(f for f in health.findings() if f.what == "Your own templates")

    assert told().ok
    (own / "minutes.nb.docx").write_bytes(shipped("consent", "nb"))
    assert not told().ok
    assert "check-template" in told().mend
    assert "minutes.nb.docx" in told().mend


# -- on the command line ------------------------------------------------------------------------


def _checked(file: Path, kind: str, *more: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["check-template", str(file), "--kind", kind, *more])
    return result.exit_code, result.stdout, result.stderr


def test_a_good_template_is_silent() -> None:
    assert _checked(config.SHIPPED / "consent.nb.docx", "consent") == (0, "", "")
    assert _checked(config.SHIPPED / "consent.nn.pdf", "consent", "--json") == (0, "[]\n", "")


def test_every_fault_is_a_line_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "mal.docx"
    file.write_bytes(shipped("ke_ip_declined", "nb"))
    code, out, err = _checked(file, "consent")
    assert (code, out) == (2, "")
    assert all(line.endswith((".", "?")) for line in err.splitlines())
    assert any(line.startswith("word/document.xml, «") for line in err.splitlines())
    assert any("aldri ut" in line for line in err.splitlines())


def test_the_faults_can_be_had_as_json(tmp_path: Path) -> None:
    file = tmp_path / "mal.docx"
    file.write_bytes(shipped("ke_ip_declined", "nb"))
    code, out, err = _checked(file, "consent", "--json")
    assert (code, err) == (2, "")
    assert {key for fault in json.loads(out) for key in fault} == {
        "part",
        "where",
        "message",
        "refuses",
    }


@pytest.mark.parametrize("data", [b"", b"x" * 1000, b"PK\x03\x04", b"%PDF-1.7", b"%PDF-1.7\n%%EOF"])
def test_any_file_at_all_is_refused_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "fil"
    file.write_bytes(data)
    code, _out, err = _checked(file, "consent")
    assert code == 2
    assert err.strip().endswith(".")


def test_a_kind_that_is_not_there_is_told() -> None:
    code, _out, err = _checked(config.SHIPPED / "consent.nb.docx", "consnt")
    assert code == 2
    assert "consent" in err


# -- what would fail when it is filled ------------------------------------------------------------


def _with(words: str, *, part: str = "word/document.xml", before: str = "<w:sectPr") -> bytes:
    """The shipped consent with a paragraph at its end."""
    members = unpack(shipped("consent", "nb"))
    members[part] = members[part].replace(before.encode(), words.encode() + before.encode(), 1)
    return packed(members)


def _said_of(data: bytes) -> str:
    return "\n".join(f.message for f in templates.check(find("consent"), data) if f.refuses)


def _nested(times: int, over: str) -> str:
    begin = "".join(f"{{% for a{n} in {over} %}}" for n in range(times))
    return paragraph(f"{begin}x{'{% endfor %}' * times}")


_NUMBERS = str(list(range(200)))

FAILING = {
    "a number and a word": _with(paragraph("{{ 1 < exclusions }}")),
    "loops without end in each other": _with(_nested(60, "services")),
    "loops that take seconds": _with(_nested(4, _NUMBERS)),
    "a code of Word's in the title": _with(
        "{{r exclusions }}", part="docProps/core.xml", before="</dc:title>"
    ),
    "what the sandbox stops": _with(paragraph("{{ services|join(',', attribute='__class__') }}")),
    "a body typed as header": changed(
        lambda members: members.update(
            {
                "[Content_Types].xml": members["[Content_Types].xml"].replace(
                    b"document.main+xml", b"header+xml"
                )
            }
        )
    ),
}


@pytest.mark.parametrize("data", FAILING.values(), ids=FAILING.keys())
def test_what_would_fail_when_it_is_filled_is_refused_beforehand(data: bytes) -> None:
    said = _said_of(data)
    assert said.endswith((".", "?"))


def test_loops_may_be_four_deep_and_no_deeper() -> None:
    assert _said_of(_with(_nested(4, "[1, 2]"))) == ""
    assert "inni hverandre" in _said_of(_with(_nested(5, "[1, 2]")))


@pytest.mark.parametrize("demo", ["0", "1"])
def test_a_template_may_leave_out_what_a_paper_may_be_without(
    demo: str, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORMSVC_DEMO", demo)
    config.settings.cache_clear()
    members = unpack(shipped("consent", "nb"))
    text = members["word/document.xml"].decode()
    assert "{{ exclusions }}" in text
    members["word/document.xml"] = text.replace("{{ exclusions }}", "").encode()
    faults = templates.check(find("consent"), packed(members))
    assert [fault.where for fault in faults] == ["exclusions"]
    assert not faults[0].refuses


def test_a_template_may_leave_out_what_each_of_a_list_may_be_without() -> None:
    members = unpack(shipped("minutes", "nb"))
    text = members["word/document.xml"].decode()
    service = re.search(r"{{ ?(\w+)\.service ?}}", text)
    assert service
    members["word/document.xml"] = text.replace(service[0], "").encode()
    faults = templates.check(find("minutes"), packed(members))
    assert faults
    assert [fault for fault in faults if fault.refuses] == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.formats], ids=lambda k: k.slug)
def test_a_bare_sample_has_fewer_answers_than_a_full_one(kind: Kind) -> None:
    full, bare = templates.full(kind, "nb").answers(), templates.bare(kind, "nb").answers()
    fewer = [name for name, answer in full.items() if answer and not bare[name]]
    assert not [name for name, answer in bare.items() if answer and not full[name]]
    # of a paper whose every answer is needed, none can be left out
    assert fewer or all(field.required for field in kind.form())


def test_the_one_who_runs_the_service_is_told_with_the_fault_but_not_at_every_paper(
    own: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (own / "consent.nb.docx").write_bytes(_with(paragraph("{{ childd.name }}")))
    for _time in range(3):
        with pytest.raises(FaultyTemplate):
            printing.make(find("consent"), load("consent.nb"), "docx")
    told = [
        record.getMessage()
        for record in caplog.records
        if "consent.nb.docx" in record.msg % record.args
    ]
    assert 1 <= len(told) <= 2  # a look is taken again when a new minute begins
    assert "childd.name" in told[0]


def test_the_doctor_names_the_fault(own: Path) -> None:
    (own / "consent.nb.docx").write_bytes(_with(paragraph("{{ childd.name }}")))
    told = next(f for f in health.findings() if f.what == "Your own templates")
    assert not told.ok
    assert "consent.nb.docx" in told.mend
    assert "childd.name" in told.mend


def test_a_template_that_is_mended_is_used_at_once(own: Path) -> None:
    file = own / "consent.nb.docx"
    file.write_bytes(_with(paragraph("{{ childd.name }}")))
    with pytest.raises(FaultyTemplate):
        printing.make(find("consent"), load("consent.nb"), "docx")
    file.write_bytes(_with(paragraph("{{ child.name }}")))
    assert printing.make(find("consent"), load("consent.nb"), "docx")


def test_the_doctor_says_which_measures_hold_a_template_of_ones_own() -> None:
    told = next(f for f in health.findings() if f.what.startswith("Jail"))
    assert told.ok
    assert told.what.partition(": ")[2].split(", ") == [*jail.in_force(), "limits"]
