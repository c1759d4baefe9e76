"""What a command tells whoever called it: what has to be mended, in words or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from formsvc.errors import FormsvcError, InvalidAnswers, Problem

#: the exit code of a refusal: the answers, not the program, have to be mended
REFUSED = 2

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")


@contextmanager
def refusals(*, as_json: bool = False) -> Iterator[None]:
    """Print what has to be mended and leave with the exit code of a refusal."""
    try:
        yield
    except InvalidAnswers as invalid:
        _report(invalid.problems, as_json=as_json)
        sys.exit(REFUSED)
    except FormsvcError as error:
        _report([Problem("", str(error))], as_json=as_json)
        sys.exit(REFUSED if error.status < 500 else 1)


def _report(problems: list[Problem], *, as_json: bool) -> None:
    if as_json:
        print_json(_plain(problems))
        return
    for problem in problems:
        click.echo(sentence(problem), err=True)


def sentence(problem: Problem) -> str:
    message = " ".join(problem.message.splitlines())
    return f"{problem.field}: {message}" if problem.field else message


def _plain(problems: list[Problem]) -> list[dict[str, str]]:
    return [problem._asdict() for problem in problems]


def print_json(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=sys.stdout.encoding.lower() != "utf-8", indent=2))
