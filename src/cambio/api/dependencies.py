"""What a route declares to need: `def approve(caller: Approver, ...)`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer

from cambio.api.security import COOKIE, security_of
from cambio.app.resources import Resources
from cambio.contracts.accounts import Account, Role
from cambio.errors import NotAllowed

BEARER = HTTPBearer(
    scheme_name="token", description="Made by `cambio token create`.", auto_error=False
)
SESSION = APIKeyCookie(
    name=COOKIE,
    scheme_name="session",
    description="A browser's; changes need the header X-CSRF-Token as well.",
    auto_error=False,
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    account: Account
    resources: Resources
    """The application's, acting as that account."""
    is_live: Callable[[], Awaitable[bool]]
    """Whether the credentials are still accepted: a stream asks every few seconds.

    Raises `SourceError` where the database does not answer.
    """


def _needs(role: Role) -> Callable[..., Awaitable[Caller]]:
    """Give the dependency on a role; its defaults tell OpenAPI how to log in."""

    async def caller(
        request: Request, _token: object = Security(BEARER), _cookie: object = Security(SESSION)
    ) -> Caller:
        security = security_of(request)
        account = (await security.admit(request)).account
        if not account.role.includes(role):
            raise NotAllowed(
                f"{account.name} is {account.role}; this takes the role {role}.",
                remedy=f"Ask somebody whose account is {role}.",
                account=account.name,
                role=str(account.role),
            )

        async def is_live() -> bool:
            try:
                return (await security.identify(request)).account == account
            except NotAllowed:
                return False

        resources: Resources = request.app.state.resources
        return Caller(account, replace(resources, account=lambda: account), is_live)

    return caller


Viewer = Annotated[Caller, Depends(_needs(Role.VIEWER))]
Operator = Annotated[Caller, Depends(_needs(Role.OPERATOR))]
Approver = Annotated[Caller, Depends(_needs(Role.APPROVER))]
