"""One address may answer so often, and no more; it is told, and loses nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from formsvc import clock, profile
from formsvc.kinds import find
from formsvc.models import EvaluationAnswer
from formsvc.web import rates
from formsvc.web.rates import Rate
from tests.web.conftest import Visitor

MOST = profile.current().limits.evaluations
STRETCH = timedelta(minutes=profile.current().limits.evaluation_minutes)


@pytest.fixture
def rate() -> Rate:
    return Rate(3, timedelta(minutes=10))


def test_so_many_may_and_the_next_is_told_how_long_to_wait(rate: Rate) -> None:
    assert [rate.wait("10.0.0.1") for _each in range(3)] == [0, 0, 0]
    assert 590 <= rate.wait("10.0.0.1") <= 600
    assert rate.wait("10.0.0.2") == 0


def test_what_is_refused_does_not_make_the_wait_longer(rate: Rate) -> None:
    for _each in range(50):
        rate.wait("10.0.0.1")
    with clock.moved(timedelta(minutes=9)):
        assert rate.wait("10.0.0.1") > 0
    with clock.moved(timedelta(minutes=10)):
        assert rate.wait("10.0.0.1") == 0


def test_room_comes_one_by_one(rate: Rate) -> None:
    for minute in range(3):
        with clock.moved(timedelta(minutes=minute)):
            assert rate.wait("10.0.0.1") == 0
    with clock.moved(timedelta(minutes=10, seconds=1)):
        assert rate.wait("10.0.0.1") == 0
        assert 50 <= rate.wait("10.0.0.1") <= 60


def test_a_clock_that_was_wrong_shuts_nobody_out(rate: Rate) -> None:
    with clock.moved(timedelta(days=30)):
        for _each in range(4):
            rate.wait("10.0.0.1")
    assert rate.wait("10.0.0.1") == 0


def test_a_household_of_ipv6_is_one_address(rate: Rate) -> None:
    assert [rate.wait(f"2001:db8:1:2::{each}") for each in range(3)] == [0, 0, 0]
    assert rate.wait("2001:db8:1:2:ffff::1") > 0
    assert rate.wait("2001:db8:1:3::1") == 0


def test_an_address_with_another_port_or_in_ipv6_clothes_is_the_same(rate: Rate) -> None:
    same = ("10.1.2.3", "10.1.2.3:50312", "10.1.2.3:50313", "::ffff:10.1.2.3")
    assert [rate.wait(each) > 0 for each in same] == [False, False, False, True]
    assert rate.wait("::ffff:10.1.2.4") == 0


def test_only_so_many_addresses_are_remembered(rate: Rate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_ADDRESSES", 2)
    for _each in range(3):
        rate.wait("10.0.0.1")
    rate.wait("10.0.0.2")
    assert rate.wait("10.0.0.1") > 0
    rate.wait("10.0.0.3")
    assert rate.wait("10.0.0.1") == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_too_many_evaluations_are_refused_in_words_and_what_was_typed_stays(
    visitor: Visitor, session: Session, language: str
) -> None:
    form = find("evaluation").form
    typed = form.from_answers(form.sample() | {"good": "Alle hørte på oss."}).typed()
    address = f"/evaluation/?lang={language}"
    for _each in range(MOST):
        assert visitor.send(address, **typed).status_code == 303
    refused = visitor.send(address, **typed)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= STRETCH.total_seconds()
    assert {"nb": "Vent 10 minutter", "nn": "Vent 10 minutt", "en": "Wait 10 minutes"}[
        language
    ] in refused.text
    assert "Alle hørte på oss." in refused.text
    assert session.scalar(select(func.count()).select_from(EvaluationAnswer)) == MOST
    session.rollback()
    assert visitor.get(address).status_code == 200
    with clock.moved(STRETCH):
        assert visitor.send(address, **typed).status_code == 303


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_answers_that_are_not_kept_are_counted_too(visitor: Visitor) -> None:
    for _each in range(MOST):
        assert visitor.send("/evaluation/").status_code == 422
    assert visitor.send("/evaluation/", _action="language").status_code == 429
