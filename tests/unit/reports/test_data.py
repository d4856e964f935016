"""The data page, taken apart; expected kinds and places are worked out by hand."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

from cambio.reports.data import (
    NARROW,
    WIDE,
    DataPage,
    DayCount,
    Figure,
    Grid,
    Strip,
    calendar,
    coverage,
    kinds,
    render,
)

MONDAY = date(2024, 7, 1)  # a Colombian holiday
HOSTILE = "<script>alert('x')</script> & more"
NOTHING = Grid(["Name", "Value"], [])


def make() -> DataPage:
    held = {1: 12, 2: 60, 3: 59, 5: 54, 8: 53, 9: 30, 10: 29, 11: 1, 15: 60}
    return DataPage(
        as_of=datetime(2024, 7, 17, 15, 5, tzinfo=UTC),
        until=date(2024, 7, 17),
        alerts=["Bars are missing: `cambio ohlcv backfill`."],
        figures=[
            Figure("Gap rate, %", "2.50", "≤ 1.00", True, "of the last 20 sessions"),
            Figure("API error rate, %", "0.00", "≤ 5.00", False, "last 24 hours"),
            Figure("Bars", "358", "", False, "stored"),
        ],
        days=[DayCount(date(2024, 7, day), bars, bars // 2) for day, bars in held.items()],
        close_only_share={"2024-07": 0.493},
        gaps=Grid(["First", "Newest", "Bars"], [["Fri 2024-07-12 08:00", "Fri 12:55", "60"]]),
        gap_count=1,
        series_headers=["Series", "Months", "Values"],
        series=[[Strip("VIX", {"2024-07": 1.0}, ["22"])], [Strip("TRM", {}, ["0"])]],
        without_values=Grid(["Series", "Source"], [["FDI", "file"]]),
        sources=Grid(["Source", "Requests"], [["fred", "25"]]),
        quarantine=Grid(["Kind", "Reason"], [["macro", "weekend"]]),
        unusable=Grid(["Why", "Sessions"], [["VIX: stale", "3"]]),
        unusable_sessions=3,
        next_commands=[("Fetch bars", "cambio ohlcv backfill")],
    )


def empty() -> DataPage:
    nothing = dict.fromkeys(
        ("gaps", "without_values", "sources", "quarantine", "unusable"), NOTHING
    )
    return replace(
        make(),
        alerts=[],
        days=[],
        close_only_share={},
        gap_count=0,
        series=[],
        next_commands=[],
        **nothing,
    )


def cells(drawing: str) -> list[tuple[str, str, str]]:
    """Give class, x and y of each cell that was drawn."""
    paths = re.findall(r'<path class="(\w+)" d="([^"]*)"', drawing)
    return [(kind, x, y) for kind, d in paths for x, y in re.findall(r"M(\d+) (\d+)h", d)]


def test_each_weekday_has_the_kind_of_its_bars() -> None:
    found = {day.day: kind for day, kind in kinds(make()).items()}
    assert found == {
        1: "extra",
        2: "full",
        3: "most",
        4: "shut",
        5: "most",
        8: "half",
        9: "half",
        10: "few",
        11: "few",
        12: "none",
        15: "full",
        16: "later",
        17: "later",
    }


def test_weeks_go_across_and_weekdays_down() -> None:
    drawn = cells(calendar(make(), WIDE))
    # July 1 stands in week 26 after January 1, a Monday as well; the names of months take 18.
    assert drawn[0] == ("extra", str(48 + 26 * 19), "18")
    assert drawn[4] == ("most", str(48 + 26 * 19), str(18 + 4 * 15))
    assert drawn[5] == ("half", str(48 + 27 * 19), "18")


def test_the_narrow_calendar_shows_the_same_days_by_half_years() -> None:
    page = replace(make(), days=[DayCount(date(2024, 6, 28), 60, 0), *make().days])
    wide, narrow = (calendar(page, layout) for layout in (WIDE, NARROW))
    assert sorted(kind for kind, *_ in cells(wide)) == sorted(kind for kind, *_ in cells(narrow))
    # June ends in the first block, 18 + 5 × 12 high; July begins the second, at its left.
    assert ("extra", "34", str(78 + 18)) in cells(narrow)


def test_every_day_tells_its_figures() -> None:
    drawing = str(calendar(make(), WIDE))
    assert "<title>Mon 2024-07-01 (holiday): 12 of 60 bars, 6 close-only</title>" in drawing
    assert "<title>Fri 2024-07-12: trading day without bars</title>" in drawing
    assert "<title>Wed 2024-07-17: after the newest bar</title>" in drawing


def test_the_legend_counts_the_days_of_each_kind() -> None:
    html = render(make())
    assert '<i class="full"></i>all 60 bars <b>2</b>' in html
    assert '<i class="later"></i>after the newest bar <b>2</b>' in html


def test_a_strip_shows_full_partial_and_missing_months() -> None:
    strip = Strip("VIX", {"2024-01": 0.9, "2024-02": 0.89}, [])
    drawing = str(coverage(strip, ["2023-12", "2024-01", "2024-02", "2024-03"]))
    assert '<path class="full" d="M4 0h3v12h-3z"/>' in drawing
    assert '<path class="half" d="M8 0h3v12h-3z"/>' in drawing
    assert '<path class="gone" d="M0 0h3v12h-3zM12 0h3v12h-3z"/>' in drawing
    assert '<path class="tick" d="M3.5 -2v16"/>' in drawing
    assert "VIX: values in 2 of 4 months" in drawing


def test_strips_run_from_the_first_bar_to_now_and_over_two_years_at_least() -> None:
    page = replace(make(), until=date(2027, 1, 8))
    assert "A cell a month, 2024-07 to 2027-01" in render(page)
    page = replace(make(), until=date(2025, 1, 8))
    assert "A cell a month, 2023-02 to 2025-01" in render(page)
    without_bars = replace(empty(), series=[[Strip("VIX", {"2021-11": 1.0}, ["1"])]])
    assert "A cell a month, 2021-11 to 2024-07" in render(without_bars)


def test_the_page_asks_for_nothing_and_runs_nothing() -> None:
    html = render(make())
    assert "default-src 'none'" in html
    assert not re.search(r"https?://|<script|<link[^>]*stylesheet|@import|url\(", html)


def test_texts_are_escaped() -> None:
    page = replace(
        make(),
        alerts=[f"`{HOSTILE}` {HOSTILE}"],
        series=[[Strip(f'{HOSTILE}"', {"2024-07": 1.0}, [HOSTILE])]],
        quarantine=Grid(["Kind"], [[HOSTILE]]),
        next_commands=[(HOSTILE, HOSTILE)],
    )
    html = render(page)
    assert "<script" not in html
    assert 'more"' not in html
    assert html.count("&lt;script&gt;") == 8


def test_commands_in_alerts_are_set_as_code() -> None:
    assert "<li>Bars are missing: <code>cambio ohlcv backfill</code>.</li>" in render(make())


def test_a_figure_is_good_or_an_alert_only_where_it_has_a_threshold() -> None:
    outcomes = re.findall(r'<td class="outcome (\w+)">(\w*)</td>', render(make()))
    assert outcomes == [("failed", "alert"), ("passed", "good"), ("passed", "")]


def test_close_only_months_show_their_share() -> None:
    assert '<td style="--share: 0.49">49</td>' in render(make())


def test_an_empty_database_is_said_in_words() -> None:
    html = render(empty())
    for words in (
        "No bar is stored yet. Import a file, or fetch bars",
        "Without bars there is nothing to miss.",
        "No macro value is stored yet.",
        "No provider was asked yet",
        "Nothing was refused.",
        "Without bars there are no sessions.",
        "Nothing is due.",
    ):
        assert words in html
    assert "<svg" not in html


def test_the_same_page_gives_the_same_bytes() -> None:
    assert render(make()) == render(make())
