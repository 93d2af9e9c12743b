"""Who only plays with an app leaves no error: not in its page, not in the log of its server."""

import pytest

APPS = ("animation", "designer", "monitoring", "roleplay", "workshop")


@pytest.mark.slow
@pytest.mark.parametrize("app", APPS)
def test_two_minutes_of_random_pressing_leave_no_error(
    visit, app, served_for, tmp_path, repository
):
    story = repository / "scenarios" / "office_supplies.yaml"
    with served_for(tmp_path, app, story) as address:
        one = visit()
        page = one.open(address)

        one.press_at_random(120, seed=2)

        # Whatever was pressed last is answered.
        page.locator("[data-key=language]").select_option("id")
        page.wait_for_function("document.documentElement.lang === 'id'")
        # Before its server ends, which a page complains about.
        page.close()
