"""The Experiments page: the library, narrowed down and opened."""

from __future__ import annotations

from playwright.sync_api import expect


def test_a_filter_and_an_open_experiment_outlive_a_reload(visit):
    with visit("/experiments/") as page:
        library = page.get_by_role("table", name="Library")
        expect(
            library.get_by_role("row", name="baseline_ppo_v1", exact=False).first
        ).to_be_visible()
        page.get_by_role("searchbox", name="Filter").fill("high gamma")
        rows = library.get_by_role("row")
        expect(rows).to_have_count(3)  # the header and two experiments
        library.get_by_text("fast_high_gamma_v1").click()
        changes = page.get_by_role("table", name="What fast_high_gamma_v1 changes")
        expect(changes).to_contain_text("training.gamma")
        page.reload()
        expect(rows).to_have_count(3)
        expect(changes).to_contain_text("training.gamma")
