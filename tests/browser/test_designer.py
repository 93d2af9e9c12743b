"""The designer in a real browser."""


def test_the_designer_opens_in_voila(visit, voila):
    page = visit().open(voila("designer"))

    page.wait_for_selector(".pbc-chart svg[data-drawn]")
    assert page.title() == "Designer"
