"""How proposals, votes, tokens and the audit log look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cambio.cli import console, render
from cambio.cli.console import number, percent
from cambio.contracts.handoffs import ProposalStatus, Recommendation
from cambio.reports.numbers import AMOUNTS, MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cambio.contracts.accounts import Token
    from cambio.contracts.audit import AuditEntry, AuditReport
    from cambio.contracts.deployment import Deployment
    from cambio.contracts.handoffs import PromotionProposal

ID_SHOWN: Final = 8
"""Characters of a proposal's id that a list shows; `show` takes them."""
SHOWN_FLAWS: Final = 30
SAID_ELSEWHERE: Final = frozenset({"approved_by", "ended_by", "reviewer"})
"""What the columns of a row of the log say already."""


def proposals(rows: Sequence[PromotionProposal], now: datetime) -> None:
    """Print the proposals, newest first."""
    if not rows:
        console.out.print("No proposals. `cambio experiment run baseline_ppo_v1` makes one.")
        return
    console.table(
        "Promotion proposals",
        ["id", "model", "vote", "Sharpe", "status"],
        [
            [
                row.proposal_id[:ID_SHOWN],
                row.model_id,
                str(row.recommendation),
                number(row.metrics.get("sharpe_ratio")),
                _status(row, now),
            ]
            for row in rows
        ],
        whole=2,
    )


def _status(proposal: PromotionProposal, now: datetime) -> str:
    if proposal.status is not ProposalStatus.PENDING:
        return str(proposal.status).lower()
    if proposal.expires_at <= now:
        return "expired"
    return f"pending until {proposal.expires_at:%Y-%m-%d}"


def proposal(found: PromotionProposal, trail: Sequence[AuditEntry], now: datetime) -> None:
    """Print all that a reviewer needs, and what became of the proposal so far."""
    console.facts(
        f"Proposal {found.proposal_id}",
        {
            "model": found.model_id,
            "experiment": found.experiment_name,
            "run by": found.created_by,
            "made": _time(found.created_at),
            "status": f"{_status(found, now)}; expires {_time(found.expires_at)}",
            "confidence": f"{percent(found.confidence)} %, that its skill is more than luck",
            "reason": found.reason,
        },
    )
    render.verdict(found)
    _metrics(found.metrics, found.evidence.get("intervals", {}))
    _luck(found.evidence)
    _mapping("Against the champion", found.vs_baseline)
    _mapping("Lineage", found.lineage)
    if found.reviewer is not None and found.reviewed_at is not None:
        said = f"{found.status} by {found.reviewer}, {_time(found.reviewed_at)}: {found.comment}"
        console.facts("Second vote", {"": said})
    entries("What happened to it", trail)
    if found.status is ProposalStatus.PENDING and now < found.expires_at:
        votes = (
            ["approve", "reject"]
            if found.recommendation is not Recommendation.REJECT
            else ["reject"]
        )
        short = found.proposal_id[:ID_SHOWN]
        render.next_commands([f'cambio proposals {v} {short} --comment "…"' for v in votes])


def _metrics(metrics: Mapping[str, Any], intervals: Mapping[str, Mapping[str, Any]]) -> None:
    """Print every figure as reports show it, with its interval where there is one."""
    rows = []
    for name, measure in MEASURES.items():
        if name not in metrics:
            continue
        interval = intervals.get(name, {})
        known = interval.get("low") is not None and interval.get("high") is not None
        ends = " to ".join(measure.show(interval[end]) for end in ("low", "high") if known)
        rows.append([*_figure(name, metrics[name]), ends])
    console.table("Out of sample", ["", "", "95 % interval"], rows)


def _figure(name: str, value: float | None) -> tuple[str, str]:
    """Give a figure's name and value; amounts stay money, for a proposal knows no capital."""
    measure = MEASURES[name]
    if name in AMOUNTS:
        return f"{measure.label}, account currency", number(value)
    return measure.header, measure.show(value)


def _luck(evidence: Mapping[str, Any]) -> None:
    """Print how sure the result is; a proposal from before these were recorded has none."""
    if "statistics" not in evidence:
        return
    render.luck(evidence["statistics"], evidence["intervals"]["sharpe_ratio"])
    look_ahead = evidence["look_ahead"]
    changed = f"changed a decision at {look_ahead['changed']}" if look_ahead["changed"] else "none"
    console.facts(
        "",
        {
            "window": " to ".join(evidence["window"].values()),
            "random traders beaten": f"{number(evidence['random_percentile'])} %",
            "look-ahead": f"{changed} of {look_ahead['moments']} moments",
            **{f"note {i}": note for i, note in enumerate(evidence["notices"], start=1)},
        },
    )


def _mapping(title: str, values: Mapping[str, Any]) -> None:
    if values:
        console.facts(title, dict(_flat(values)))


def _flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Give nested facts as lines: `outer inner` and a value."""
    lines: list[tuple[str, str]] = []
    for key, value in values.items():
        name = f"{prefix}{key.replace('_', ' ')}"
        if isinstance(value, dict):
            lines += _flat(value, f"{name} ")
        else:
            lines.append((name, _value(value)))
    return lines


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value, 4)
    if isinstance(value, list):
        return ", ".join(map(_value, value)) or "none"
    return "—" if value is None else str(value)


def voted(proposal: PromotionProposal, challenger: Deployment | None) -> None:
    """Print what a vote did; ``challenger`` is who challenges after it."""
    name = proposal.model_id
    if proposal.status is ProposalStatus.APPROVED:
        becomes = "the champion, with all of the capital"
        if challenger is not None and challenger.model_id == name:
            becomes = f"the challenger, with {100 * challenger.share:g} % of the capital"
        told = f"{name} is approved: from the next bar on it is {becomes}."
        console.say(console.out, "✓", "green", told)
        render.next_commands(["cambio deploy status", "cambio audit verify"])
        return
    told = f"Proposal {proposal.proposal_id[:ID_SHOWN]} is rejected; no model changed."
    console.say(console.out, "✓", "green", told)


def entries(title: str, rows: Sequence[AuditEntry]) -> None:
    """Print rows of the log."""
    if not rows:
        console.out.print("No row of the log is about that.")
        return
    console.table(
        title,
        ["row", "time (UTC)\nwho", "what\nof", "change"],
        [
            [
                str(row.seq),
                f"{'—' if row.time is None else f'{row.time:%Y-%m-%d %H:%M}'}\n{row.actor}",
                f"{row.action}\n{_subject(row)}",
                ("" if row.sealed else "NOT SEALED ") + _change(row.data),
            ]
            for row in rows
        ],
        whole=3,
    )


def _subject(row: AuditEntry) -> str:
    return row.subject[:ID_SHOWN] if row.action.startswith("proposal:") else row.subject


def _change(data: Mapping[str, Any]) -> str:
    """Give what a row of the log says became of what; times only where nothing else changed.

    >>> _change({"before": {"stage": "staging", "active": None}, "after": {"stage": "archived"}})
    'stage staging → archived'
    >>> _change({"before": None, "after": {"value": "on", "comment": "Now."}})
    'on: Now.'
    """
    if "rows" in data:
        return f"rows {_value(data['rows'])} {data.get('comment', '')}".strip()
    before, after = data.get("before"), data.get("after")
    if isinstance(after, dict) and {"value", "comment"} <= set(after):  # a control
        return f"{after['value']}: {after['comment']}"
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return ""
    changed = {
        name: f"{name} {_value(before.get(name))} → {_value(value)}"
        for name, value in after.items()
        if before.get(name) != value and name not in SAID_ELSEWHERE
    }
    lasting = [text for name, text in changed.items() if not name.endswith("_at")]
    return ", ".join(lasting or changed.values())


def report(found: AuditReport) -> None:
    """Print what a verification found, and the head to keep."""
    for finding in found.findings[:SHOWN_FLAWS]:
        console.say(console.out, f"✗ {finding.flaw}", "red", finding.what)
    if len(found.findings) > SHOWN_FLAWS:
        console.out.print(f"… and {len(found.findings) - SHOWN_FLAWS:,} more (--json has all).")
    if found.passed:
        told = f"{console.counted(found.rows, 'row')}, each sealed and as it was written."
        console.say(console.out, "✓", "green", told)
    if found.head is not None:
        console.say(console.out, "head", "dim", str(found.head))


def tokens(rows: Sequence[Token], now: datetime) -> None:
    """Print the tokens, newest first."""
    if not rows:
        console.out.print("No tokens yet. `cambio token create NAME --role approver` makes one.")
        return
    console.table(
        "Tokens",
        ["account", "role", "made by", "made", "state"],
        [
            [row.name, str(row.role), row.created_by, _time(row.created_at), _state(row, now)]
            for row in rows
        ],
    )


def _state(token: Token, now: datetime) -> str:
    if token.revoked_at is not None:
        return f"revoked {_time(token.revoked_at)}"
    if token.expires_at is None:
        return "accepted"
    return f"{'accepted until' if token.is_live(now) else 'ended'} {_time(token.expires_at)}"


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
