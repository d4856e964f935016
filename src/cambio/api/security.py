"""Who asks: bearer tokens and browser sessions, and what another site must not do in their name."""

from __future__ import annotations

import hmac
import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, NamedTuple

from anyio.to_thread import run_sync
from pydantic import SecretStr

from cambio.api.errors import TooManyRequests, Unauthenticated
from cambio.api.limits import MOST_KEPT, Buckets, network
from cambio.api.refusals import Refusals
from cambio.api.sessions import Identity, LoginCodes, Sessions, digest
from cambio.app import accounts
from cambio.errors import NotAllowed

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection, Request

    from cambio.api.options import ApiOptions
    from cambio.api.sessions import Session
    from cambio.app.resources import Resources
    from cambio.contracts.accounts import Account

COOKIE: Final = "cambio_session"
CSRF_HEADER: Final = "X-CSRF-Token"
SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
VERDICT_S: Final = 2.0
"""A token's verdict is trusted so long: a revoked one works no longer than this."""
BEARER: Final = re.compile(r"Bearer +([A-Za-z0-9._~+/-]{1,256}=*)", re.IGNORECASE)


class Verdict(NamedTuple):
    """That a token was accepted, and when by the clock."""

    account: Account
    at: float


class Security:
    """What one running API knows of those who ask. Only the event loop's thread calls it.

    Args:
        resources: database and wall clock.
        options: how the API is reached.
    """

    def __init__(self, resources: Resources, options: ApiOptions) -> None:
        self.options = options
        self.sessions = Sessions(options.clock)
        self.codes = LoginCodes(options.clock)
        self.refusals = Refusals(resources, options.clock)
        self.addresses = Buckets(options.limits.address, options.clock)
        self._accounts = Buckets(options.limits.account, options.clock)
        self._failures = Buckets(options.limits.failures, options.clock)
        self._verdicts: OrderedDict[str, Verdict] = OrderedDict()
        self._resources = resources

    @property
    def cookie(self) -> str:
        """Name of the session's cookie; by https the prefix binds it to this host."""
        return f"__Host-{COOKIE}" if self.options.https else COOKIE

    async def admit(self, request: Request) -> Identity:
        """Give who asks, where it isn't too fast and no other site may have sent it.

        Raises:
            Unauthenticated: nobody that we know.
            NotAllowed: a browser's request for a change may be another site's.
            TooManyRequests: the account is too fast, or too many weren't accepted lately.
        """
        identity = await self.identify(request)
        request.scope["state"]["account"] = identity.account.name
        wait = self._accounts.take(identity.account.name)
        if wait:
            raise too_fast(wait)
        if "authorization" not in request.headers and request.method not in SAFE_METHODS:
            self.require_ours(request, await self.session(request))
        return identity

    async def identify(self, request: HTTPConnection) -> Identity:
        """Give who asks, by token or else by cookie.

        Raises:
            Unauthenticated: neither is there, or it isn't accepted.
            TooManyRequests: too many weren't accepted lately.
        """
        header = request.headers.get("authorization")
        if header is not None:
            return await self.by_token(request, header)
        return (await self.session(request)).identity

    async def session(self, request: HTTPConnection) -> Session:
        """Give the session that a request's cookie stands for.

        Raises:
            Unauthenticated: there is no cookie, or none that is accepted any more.
            TooManyRequests: too many weren't accepted lately.
        """
        cookie = request.cookies.get(self.cookie)
        if cookie is None:
            raise Unauthenticated(
                "This takes a token or a login.",
                remedy="Send `Authorization: Bearer TOKEN` (`cambio token create` makes one), or "
                "open the link that `cambio serve` printed.",
            )
        session = self.sessions.find(cookie)
        if session is None:
            self._count_failure(request)
            raise Unauthenticated(
                "The session is not known here, or has ended.",
                remedy="Log in again: with a token, or with the link of a new `cambio serve`.",
            )
        if session.identity.token is not None:
            try:
                await self._accepted(request, session.identity.token)
            except Unauthenticated:
                self.sessions.end(cookie)
                raise
        return session

    async def by_token(self, request: HTTPConnection, header: str) -> Identity:
        """Give whom an Authorization header stands for.

        Raises:
            Unauthenticated: it is no `Bearer TOKEN`, or the token isn't accepted.
            TooManyRequests: too many weren't accepted lately.
        """
        found = BEARER.fullmatch(header)
        if found is None:
            self._count_failure(request)
            raise Unauthenticated(
                "What was sent is not `Bearer TOKEN`.",
                remedy="`cambio token create` makes a token.",
            )
        token = SecretStr(found[1])
        return Identity(await self._accepted(request, token), token)

    def by_code(self, request: HTTPConnection, code: str) -> Identity:
        """Give whom the code of a login link stands for; it is used up by that.

        Raises:
            Unauthenticated: nobody, or nobody any more.
            TooManyRequests: too many weren't accepted lately.
        """
        identity = self.codes.redeem(code)
        if identity is None:
            self._count_failure(request)
            raise Unauthenticated("The login code is unknown, used or over.")
        return identity

    def _count_failure(self, request: HTTPConnection) -> None:
        wait = self._failures.take(network(address(request)))
        if wait:
            raise too_fast(wait)

    async def _accepted(self, request: HTTPConnection, token: SecretStr) -> Account:
        """Give a token's account. Who guesses is stopped before the database is asked.

        A token that was accepted before is always looked up: guessing can't lock it out.
        """
        key = digest(token.get_secret_value())
        known, now = self._verdicts.get(key), self.options.clock()
        if known is not None and now - known.at < VERDICT_S:
            return known.account
        wait = self._failures.wait(network(address(request)))
        if known is None and wait:
            raise too_fast(wait)
        try:
            account = await run_sync(self._look_up, token)
        except NotAllowed as error:
            self._verdicts.pop(key, None)
            self._count_failure(request)
            raise Unauthenticated(
                "The token is not accepted: it is unknown, revoked or over.",
                remedy="Ask for a new one (`cambio token create`).",
            ) from error
        self._verdicts[key] = Verdict(account, now)
        self._verdicts.move_to_end(key)
        if len(self._verdicts) > MOST_KEPT:
            self._verdicts.popitem(last=False)
        return account

    def _look_up(self, token: SecretStr) -> Account:
        now = self._resources.now()
        return accounts.current(self._resources.engine, token, "", now, "The bearer token")

    def require_ours(self, request: Request, session: Session) -> None:
        """Refuse a change that another site may have made a browser ask for.

        Raises:
            NotAllowed: the request comes from another origin, or lacks the session's token.
        """
        require_same_origin(request, self.options.scheme)
        presented = request.headers.get(CSRF_HEADER, "").encode()
        if not hmac.compare_digest(presented, session.csrf_token.encode()):
            raise NotAllowed(
                f"The header {CSRF_HEADER} is missing or wrong.",
                remedy="GET /v1/session tells it as csrf_token.",
            )


def require_same_origin(request: HTTPConnection, scheme: str) -> None:
    """Refuse what a browser sends for a page of another origin, or can't say for which.

    Raises:
        NotAllowed: it does.
    """
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    ours = f"{scheme}://{request.headers.get('host', '')}"
    told = origin is not None or site is not None
    if not told or origin not in (None, ours) or site not in (None, "same-origin"):
        raise NotAllowed(
            "The request comes from another site, or does not say from which.",
            remedy="Browsers say it by themselves (Origin, Sec-Fetch-Site). Scripts use a token.",
        )


def too_fast(wait_s: int) -> TooManyRequests:
    """Give the refusal of who should wait."""
    return TooManyRequests(
        "Too many requests, or too many that were refused.",
        remedy=f"Come again in {wait_s} s.",
        retry_after_s=wait_s,
    )


def address(request: HTTPConnection) -> str:
    """Give whence a request comes, as the socket says; no header can change it."""
    return request.client.host if request.client else "unknown"


def security_of(request: HTTPConnection) -> Security:
    """Give what the application knows of those who ask."""
    security: Security = request.app.state.security
    return security
