"""The page as its reader, and a browser, would take it apart."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import numpy as np
import pytest

from cambio.calendar import expected_bars
from cambio.contracts.features import MARKET_FEATURES
from cambio.contracts.handoffs import Recommendation
from cambio.contracts.trading import Trade
from cambio.reports.charts import Training
from cambio.reports.experiment import (
    ExperimentReport,
    Record,
    ResultRow,
    Verdict,
    render,
)
from cambio.reports.palette import DARK, LIGHT

SECTIONS = [
    "verdict",
    "results",
    "equity",
    "costs",
    "gates",
    "criteria",
    "trades",
    "breakdown",
    "features",
    "training",
    "data",
    "lineage",
    "next",
]
VOID = {"meta", "link", "br", "hr", "img", "input"}
METRICS = {
    "total_return": 0.0841,
    "sharpe_ratio": -1.2,
    "max_drawdown": 0.05,
    "win_rate": None,
    "profit_factor": None,
    "total_trades": 1234,
    "costs": 250.0,
    "sortino_ratio": 1.5,
}
NOTHING = (np.empty(0), np.empty(0))
HOSTILE = "<script>alert('x')</script> & $\\frac{1}{$"


class Page(HTMLParser):
    """A page's elements and cells; fails on a closing tag that closes nothing."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"td", "th"}:
            self.rows[-1][-1] += data

    def values(self, attribute: str) -> list[str]:
        return [found for _, attrs in self.elements if (found := attrs.get(attribute)) is not None]

    def row(self, name: str) -> list[str]:
        return next(row for row in self.rows if row[0] == name)


def trade(side: int, entry: datetime, bars: int, pnl: float) -> Trade:
    return Trade(side, entry, entry + timedelta(minutes=5 * bars), 4000.0, 4010.0, pnl)


def record(sessions: int, trades: int = 6) -> Record:
    rng = np.random.default_rng(1)
    time = expected_bars(date(2025, 7, 1), date(2026, 12, 31))[: 60 * sessions]
    n = len(time)
    close = 4000.0 * np.exp(np.cumsum(rng.normal(0, 0.0005, n)))
    walk = 10_000.0 * np.exp(np.cumsum(rng.normal(0, 0.0003, (4, n)), axis=1))
    opens = [moment.replace(tzinfo=UTC) for moment in time.tolist()]
    return Record(
        time=time,
        close=close,
        position=rng.integers(-1, 2, n // 20).repeat(20),
        trades=[trade((-1) ** i, opens[i * n // trades], 3, 10.0 * (i - 1)) for i in range(trades)],
        equity={"policy": walk[0], "flat": np.full(n, 10_000.0), "buy and hold": walk[1]},
        random_band=np.sort(walk[1:], axis=0),
        capital=10_000.0,
    )


def features(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(0, 1, 500) for name in MARKET_FEATURES}


def make(sessions: int = 3) -> ExperimentReport:
    criterion = {"metric": "max_drawdown", "value": 0.05, "threshold": 0.15, "direction": "lte"}
    gate = {"gate": "min_trades", "value": 1234, "threshold": 50, "explanation": "It made enough."}
    return ExperimentReport(
        title="ppo_v21",
        subtitle="The second half of 2025",
        notices=["The market is simulated."],
        verdict=Verdict(
            recommendation=Recommendation.REVIEW,
            reason="REVIEW: 0.60 of the weight passed.",
            confidence=0.42,
            proposal_id="3f2a9c1e",
            criteria=[criterion | {"weight": 2.0, "passed": True}],
            gates=[
                gate | {"passed": True},
                gate | {"gate": "beats_flat", "value": None, "passed": False},
            ],
        ),
        results=[
            ResultRow("policy", METRICS),
            ResultRow("flat", METRICS | {"sharpe_ratio": None, "total_return": 0.0}),
            ResultRow("random traders", {"total_return": -0.0374, "sharpe_ratio": 0.5}),
        ],
        cost_rows=[ResultRow("×0", METRICS), ResultRow("×2", METRICS)],
        record=record(sessions),
        features={"train": features(2), "test": features(3)},
        training=Training(
            episodes=(np.arange(40.0), np.sin(np.arange(40.0))),
            evaluations=(np.array([10.0, 40.0]), np.array([-1.0, 1.0])),
        ),
        lineage={"dataset_hash": "6f1ed002", "seed": "42"},
        data_notes=["3 sessions have no complete observation."],
        next_commands=["cambio proposals list"],
    )


@pytest.fixture(scope="module")
def html() -> str:
    return render(make())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_every_element_is_closed(page: Page) -> None:
    assert page.open == []


def test_no_request_leaves_the_page(html: str, page: Page) -> None:
    targets = [*page.values("href"), *page.values("xlink:href")]
    assert [target for target in targets if not target.startswith(("#", "data:"))] == []
    assert page.values("src") == []
    assert re.findall(r"@import|url\((?!#)", html) == []
    assert {"script", "iframe", "object", "embed", "form"}.isdisjoint(t for t, _ in page.elements)
    assert [name for _, attrs in page.elements for name in attrs if name.startswith("on")] == []


def test_a_policy_forbids_what_the_page_must_not_do(page: Page) -> None:
    assert page.values("content")[1].startswith("default-src 'none';")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_there(page: Page, section: str) -> None:
    assert section in page.values("id")


def test_every_reference_meets_one_id(html: str, page: Page) -> None:
    ids = Counter(page.values("id"))
    references = {href[1:] for href in page.values("href") if href.startswith("#")}
    references |= set(re.findall(r"url\(#([^)]*)\)", html))
    assert {reference: ids[reference] for reference in references if ids[reference] != 1} == {}
    assert [name for name, times in ids.items() if times > 1] == []


def test_warning_verdict_and_results_come_first(html: str) -> None:
    marks = ["<h1>", "The market is simulated.", 'id="verdict"', 'id="results"', "<svg"]
    assert sorted(marks, key=html.index) == marks


def test_pictures_are_drawn_for_both_widths_and_each_feature(page: Page) -> None:
    pictures = [attrs for tag, attrs in page.elements if tag == "svg"]
    assert len(pictures) == 4 * 2 + len(MARKET_FEATURES)
    assert all(picture["aria-label"] for picture in pictures)


def test_pictures_follow_the_theme(html: str) -> None:
    pictures = "".join(re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL))
    assert re.findall(r"(?:fill|stroke): #\w+", pictures) == []
    assert "font-family" not in pictures


def test_the_same_report_gives_the_same_bytes(html: str) -> None:
    assert render(make()) == html


def test_undefined_metrics_are_dashes(page: Page) -> None:
    assert page.row("policy") == ["policy", "+8.41", "−1.20", "5.00", "—", "—", "1,234", "2.50"]
    assert page.row("flat")[1:3] == ["0.00", "—"]
    assert page.row("random traders")[3:] == ["—"] * 5


def test_units_stand_in_the_headers(page: Page) -> None:
    assert page.rows[0][1:4] == ["Return, %", "Sharpe ratio", "Max. drawdown, %"]


def test_metrics_beside_the_main_ones_are_listed_for_those_that_have_them(page: Page) -> None:
    assert page.row("Metric") == ["Metric", "policy", "flat"]
    assert page.row("Sortino ratio") == ["Sortino ratio", "1.50", "1.50"]


def test_a_rule_shows_value_threshold_and_outcome(page: Page) -> None:
    row = ["Max. drawdown, %", "passed", "5.00", "≤ 15.00", "2.0"]
    assert page.row("Max. drawdown, %") == row
    assert page.row("Sharpe ratio beats flat")[1:3] == ["failed", "—"]


def test_the_verdict_is_a_sentence_with_its_reason(html: str) -> None:
    assert "<strong>Look closer before deciding.</strong> It returned +8.41 % after costs" in html
    assert ">0.60 of the weight passed.<" in html


def test_what_others_wrote_is_escaped() -> None:
    report = make()
    walk = next(iter(report.record.equity.values()))
    page = render(
        replace(
            report,
            title=HOSTILE,
            subtitle=HOSTILE,
            notices=[HOSTILE],
            verdict=replace(
                report.verdict,
                reason=HOSTILE,
                proposal_id=HOSTILE,
                gates=[
                    dict.fromkeys(("gate", "explanation", "value", "threshold"), HOSTILE)
                    | {"passed": False}
                ],
            ),
            results=[ResultRow(HOSTILE, {"total_return": 0.1, HOSTILE: HOSTILE})],
            cost_rows=[ResultRow(HOSTILE, METRICS)],
            record=replace(report.record, equity={HOSTILE: walk}),
            features={split: {HOSTILE: walk} for split in ("train", "test")},
            lineage={HOSTILE: HOSTILE},
            data_notes=[HOSTILE],
            next_commands=[HOSTILE],
        )
    )
    assert "script" not in {tag for tag, _ in Page(page).elements}
    assert "$\\frac{1}{$" in page


def test_a_policy_that_never_traded_has_a_page() -> None:
    report = make()
    n = len(report.record.time)
    still = replace(
        report.record,
        trades=[],
        position=np.zeros(n, int),
        equity={"policy": np.full(n, 1e4)},
        random_band=None,
    )
    bare = replace(
        report,
        record=still,
        notices=[],
        cost_rows=[],
        features={},
        data_notes=[],
        next_commands=[],
        training=Training(NOTHING, NOTHING),
        verdict=replace(report.verdict, gates=[], criteria=[]),
    )
    html = render(bare)
    assert Page(html).open == []
    assert "The policy made no trade." in html


@pytest.mark.parametrize("bars", [1, 2, 60])
def test_a_single_session_has_a_page(bars: int) -> None:
    report = make(sessions=1)
    short = report.record
    cut = replace(
        short,
        time=short.time[:bars],
        close=short.close[:bars],
        position=short.position[:bars],
        trades=short.trades[:1],
        equity={name: marks[:bars] for name, marks in short.equity.items()},
        random_band=short.random_band[:, :bars],
    )
    html = render(replace(report, record=cut))
    assert "1 Jul 2025: 1 session" in html


def test_a_feature_without_values_in_a_split_is_left_out() -> None:
    report = make()
    empty = {"rsi_9": np.full(10, np.nan), "vix_z": np.zeros(10)}
    html = render(replace(report, features={"train": empty, "test": empty}))
    assert "vix_z" in html
    assert "rsi_9" not in html


def test_half_a_year_fits_in_a_message() -> None:
    assert len(render(replace(make(), record=record(125, trades=400))).encode()) < 1_500_000


def test_each_colour_names_one_token() -> None:
    assert DARK.keys() == LIGHT.keys()
    assert len(set(LIGHT.values())) == len(LIGHT)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("token", ["ink", "muted", "long", "short", "accent", "good", "bad"])
def test_text_can_be_read(theme: dict[str, str], token: str) -> None:
    lighter, darker = sorted((luminance(theme[token]), luminance(theme["page"])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
