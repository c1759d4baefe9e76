"""The command line: fill and check papers, run the service, look after it.

Heavy libraries are imported by the command that needs them, so that ``fill`` starts fast.
"""

from __future__ import annotations

from typing import Final

import click

from formsvc import origin
from formsvc.cli import accounts, papers, service, storage, trail

#: all that can be called, file by file; the audit commands hang on their group
COMMANDS: Final[tuple[click.Command, ...]] = (
    papers.kinds,
    papers.fill,
    papers.blank,
    papers.check,
    papers.check_template,
    papers.originals,
    papers.sample,
    papers.batch,
    service.run,
    service.worker,
    service.jobs,
    service.init_db,
    service.demo_data,
    service.doctor,
    accounts.create_user,
    accounts.invite_user,
    accounts.list_users,
    accounts.change_user,
    accounts.set_password,
    accounts.reset_password,
    accounts.close_account,
    accounts.reopen_account,
    accounts.end_sessions,
    accounts.reset_second_factor,
    accounts.create_token,
    accounts.list_tokens,
    accounts.revoke_token,
    storage.backup,
    storage.restore,
    storage.purge,
    storage.rotate_keys,
    trail.audit,
)


@click.group(commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="formsvc")
def main() -> None:
    """The forms around children who get help from several services at once."""
    origin.set_current(origin.COMMAND_LINE)
