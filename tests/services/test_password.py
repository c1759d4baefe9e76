"""Passwords: refused when they are foolish, hashed at a price, checked alike for everybody."""

from __future__ import annotations

import threading
import time
from unittest.mock import Mock

import pytest
from sqlalchemy.orm import Session

from formsvc.errors import InvalidAnswers
from formsvc.models import Account
from formsvc.services import accounts, login_sessions, password
from tests import people
from tests.people import PASSWORD

ABOUT = ("Kari Nygård", "kari.nygard@eksempel.no")


@pytest.mark.parametrize(
    "foolish",
    [
        "aaaaaaaaaaaa",
        "abababababab",
        "abcabcabcabc",
        "sol1sol1sol1",
        "hemmelighemmelig",
        "123456789012",
        "098765432109",
        "abcdefghijkl",
        "qwertyuiopå1",
        "QwertyuiopAsdf",
        "1qaz2wsx3edc",
        "Passord12345",
        "passord2026!!",
        "Sommeren2026!",
        "Velkommen123!",
        "administrator",
        "Correct Horse Battery Staple",
        "JegElskerDeg!!",
        "KariNygård2026",
        "kari.nygard@eksempel.no",
        "nygårdkari!!1",
        "EksempelKommune1",
        "formsvc-formsvc1",
        "Kari123456789",
    ],
)
def test_a_foolish_password_is_refused(foolish: str) -> None:
    problems = password.problems(foolish, *ABOUT)
    assert [problem.field for problem in problems] == ["password"]
    assert "lett å gjette" in problems[0].message


@pytest.mark.parametrize(
    "good",
    [
        PASSWORD,
        "Små føtter i fjæra",
        "blåbær på fjellet",
        "Karis passkatt sover",
        "sommeren på hytta i fjor",
        "korrekt hest batteri stift",
        "vT9#kq2LmZ!x",
        "1234 ganger rundt huset",
        "demo-passord",
        "東京の空は青いですね本当に",
    ],
)
def test_a_password_of_several_words_is_not_refused(good: str) -> None:
    assert password.problems(good, *ABOUT) == []


@pytest.mark.parametrize(
    ("length", "refused"), [(11, True), (12, False), (200, False), (201, True)]
)
def test_a_password_has_so_many_characters(length: int, refused: bool) -> None:
    words = ("hest blå fjære sju troll åker " * 8)[:length]
    assert bool(password.problems(words)) is refused


def test_a_password_of_odd_signs_is_judged_quickly_and_without_harm() -> None:
    for odd in ("\0" * 12, "́" * 200, "🇳🇴" * 100, "a1" * 100, " " * 12, "abcd" * 50):
        password.problems(odd, *ABOUT)


def test_passwords_are_kept_as_argon2id(session: Session) -> None:
    assert password.hashed(session, PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_letter_is_the_same_letter_from_every_keyboard(session: Session) -> None:
    made = accounts.create(
        session,
        email="nora@eksempel.no",
        name="Nora Lie",
        role="referent",
        password="blåbær på fjellet",
    )
    decomposed = "bla\u030abær pa\u030a fjellet"
    assert people.log_in(session, made.email, decomposed) is made


def test_an_older_hash_is_renewed_at_the_next_log_in(session: Session, kari: Account) -> None:
    old = kari.password_hash
    assert people.log_in(session, kari.email, PASSWORD)
    assert kari.password_hash != old
    assert people.log_in(session, kari.email, PASSWORD)


def test_a_new_password_ends_every_log_in(session: Session, kari: Account) -> None:
    token = login_sessions.open_(session, kari)
    password.change(session, kari, password.hashed(session, "Seks røde hester i fjæra"))
    assert login_sessions.find(session, token) is None
    assert people.log_in(session, kari.email, PASSWORD) is None
    assert people.log_in(session, kari.email, "Seks røde hester i fjæra")


def test_a_password_is_not_let_pass_that_is_about_its_owner(kari: Account) -> None:
    with pytest.raises(InvalidAnswers):
        password.demand("KariNygård2026", kari)


def test_an_unknown_email_takes_the_same_path_as_a_wrong_password(
    session: Session, kari: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = Mock(wraps=password._HASHER)  # noqa: SLF001 its work is what an attacker could time
    monkeypatch.setattr(password, "_HASHER", hasher)
    people.log_in(session, "ukjent@eksempel.no", "feil passord her")
    hasher.reset_mock()
    invited = accounts.invite(
        session, email="ny@eksempel.no", name="Ny Ansatt", role="referent", facts={}
    )

    def work(email: str) -> list[str]:
        assert people.log_in(session, email, "feil passord her") is None
        calls = [str(call)[:11] for call in hasher.mock_calls]
        hasher.reset_mock()
        return calls

    assert work("ukjent@eksempel.no") == work(kari.email) == work(invited.email) == ["call.verify"]


def test_the_hash_that_unknown_emails_are_checked_against_costs_as_much_as_a_real_one(
    session: Session,
) -> None:
    nobodys = password._nobody(password._HASHER)  # noqa: SLF001 see above
    assert nobodys.split("$")[1:4] == password.hashed(session, PASSWORD).split("$")[1:4]


def test_two_threads_check_and_hash_for_everybody(
    session: Session, kari: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = password.question(session, kari, "feil passord her")
    working: set[int] = set()

    class Noting:
        def verify(self, *_asked: str) -> bool:
            working.add(threading.get_ident())
            time.sleep(0.005)
            return True

        def check_needs_rehash(self, _known: str) -> bool:
            return False

        def hash(self, _typed: str) -> str:
            working.add(threading.get_ident())
            return "hash"

    def work() -> None:
        password.verdict(asked)
        password.hashed(session, PASSWORD)

    monkeypatch.setattr(password, "_HASHER", Noting())
    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= len(working) <= 2
