"""What others have to tell operators: an event beside the product's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.app.accounts import require_role
from cambio.contracts.accounts import Role
from cambio.contracts.events import Notice, NoticeEvent
from cambio.errors import ConfigError
from cambio.store import events
from cambio.store.database import transaction

if TYPE_CHECKING:
    from cambio.app.resources import Resources
    from cambio.contracts.events import StoredEvent


def tell(resources: Resources, subject: str, text: str) -> StoredEvent:
    """Append a notice of the type `pipeline`: the dashboard, the bus and webhooks tell it on.

    Args:
        resources: with the account that tells it.
        subject: what it is about, as a DAG's id.
        text: what happened.

    Raises:
        NotAllowed: the account is a viewer.
        ConfigError: the subject or the text is blank.
    """
    account = resources.account()
    require_role(account, Role.OPERATOR, "telling operators")
    if not (subject.strip() and text.strip()):
        raise ConfigError("A notice needs a subject and a text.")
    notice = Notice(subject=subject, text=text, details={"by": account.name})
    with transaction(resources.engine) as connection:
        event = NoticeEvent(type="pipeline", data=notice)
        return events.append(connection, resources.now(), [(subject, event)])[0]
