"""Every app opens in JupyterLab too, and does what it is for."""

import pytest


def move(page, key, value):
    page.locator(f'input[type=range][data-key="{key}"]').evaluate(
        "(s, v) => { s.value = v; s.dispatchEvent(new Event('input')); }", str(value)
    )


def design(page):
    page.wait_for_selector(".pbc-chart svg[data-drawn]")
    move(page, "payment.catalogue_price.factor", 0.95)
    page.wait_for_function(
        "document.querySelector('fieldset .pbc-words').innerText"
        ".includes('95% of the catalogue price')"
    )


def play(page):
    page.locator("button[data-key='here']").click()
    page.wait_for_selector("button[data-key='ready']")
    page.wait_for_selector("text=Hand the computer to the buyer")


def animate(page):
    slider = page.locator(".pbc-animation input[type=range]")
    slider.evaluate("(s) => { s.value = 150.25; s.dispatchEvent(new Event('input')); }")
    page.wait_for_function(
        "/[1-9]/.test(document.querySelector('.pbc-animation .summary').innerText)"
    )


def monitor(page):
    page.wait_for_selector(".pbc-chart svg[data-drawn]")
    before = page.inner_text(".pbc-verdict")
    move(page, "week", 40)
    page.wait_for_function(
        "said => document.querySelector('.pbc-verdict').innerText !== said", arg=before
    )


def guess(page):
    page.locator("[data-key=guess]").select_option(index=1)
    page.locator("[data-key=reveal]").click()
    page.wait_for_selector(".pbc-verdict")


@pytest.mark.parametrize(
    ("app", "use"),
    [
        ("designer", design),
        ("roleplay", play),
        # Each costs a kernel; what could go wrong in Lab alone, the first two show.
        pytest.param("animation", animate, marks=pytest.mark.slow),
        pytest.param("monitoring", monitor, marks=pytest.mark.slow),
        pytest.param("workshop", guess, marks=pytest.mark.slow),
    ],
)
def test_an_app_is_used_in_jupyterlab(visit, lab, app, use):
    one = visit()
    # A workspace of its own: JupyterLab opens again what another test had open.
    page = one.open(f"{lab}/lab/workspaces/{app}/tree/notebooks/app_{app}.ipynb", ".jp-Notebook")
    one.run_all()
    page.wait_for_selector(".pbc-app")

    use(page)

    one.picture(f"{app}_lab")
