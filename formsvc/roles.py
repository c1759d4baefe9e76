"""What an employee may be; what each may do, ``services.access`` says."""

from __future__ import annotations

from typing import Final, Literal, get_args

Role = Literal["referent", "coordinator", "ke", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
