"""The role-play in real browsers: three of them play a year to its end."""

import re

import pytest

WHO = ("buyer", "supplier", "evaluator")


def button(page, key):
    return page.locator(f"button[data-key='{key}']")


def begin_for_several(page):
    button(page, "several").click()
    page.wait_for_selector("button[data-key='take.buyer']")
    return re.search(r"[a-z]+-\d\d", page.locator(".pbc-note").first.inner_text()).group()


def join(page, code):
    page.fill("input[data-key='code']", code)
    button(page, "join").click()
    page.wait_for_selector("button[data-key='take.evaluator']")


def send(page, key="send"):
    button(page, key).click()


def play_a_quarter(buyer, supplier, evaluator):
    supplier.wait_for_selector("select[data-key='lever.checks']")
    supplier.select_option("select[data-key='lever.checks']", "careful")
    send(supplier)
    buyer.wait_for_selector("input[data-key^='complain.']")
    buyer.locator("input[data-key^='complain.']").first.check()
    send(buyer)
    supplier.wait_for_selector("fieldset:has-text('Claims for relief')")
    for claim in supplier.locator("input[data-key^='claim.']").all():
        claim.check()
    send(supplier)
    evaluator.wait_for_selector("fieldset:has-text('Claims for relief')")
    for claim in evaluator.locator("select[data-key^='judge.']").all():
        claim.select_option("accept")


@pytest.fixture(scope="module")
def visits(long_visit, tmp_path_factory, repository, voila):
    """Open a story of two quarters, which is soon played, in three browsers."""
    story = (repository / "scenarios" / "role_play.yaml").read_text(encoding="utf-8")
    short = tmp_path_factory.mktemp("story") / "role_play.yaml"
    short.write_text(story.replace("horizon: {months: 12}", "horizon: {months: 6}"))
    url = voila("roleplay", short)
    sizes = {"buyer": "desk", "supplier": "phone", "evaluator": "phone"}
    opened = {who: long_visit(size) for who, size in sizes.items()}
    for one in opened.values():
        one.open(url)
    return opened


def test_three_browsers_play_half_a_year_to_its_end(visits):
    pages = [visits[who].page for who in WHO]
    buyer, supplier, evaluator = pages
    code = begin_for_several(buyer)
    for page in (supplier, evaluator):
        join(page, code)
    for who, page in zip(WHO, pages, strict=True):
        page.wait_for_selector(f"button[data-key='take.{who}']")
        button(page, f"take.{who}").click()
        page.wait_for_selector(f"text=You are the {who}")
        # Nobody can take what is taken.
        others = [other for other in pages if other is not page]
        for other in others:
            other.wait_for_selector(f"button[data-key='take.{who}']", state="detached")

    buyer.wait_for_selector("input[data-key='payment.catalogue_price.factor']")
    visits["buyer"].picture("roleplay-offer-desk")
    send(buyer)
    supplier.wait_for_selector("button[data-key='sign']")
    visits["supplier"].picture("roleplay-answer-phone")
    send(supplier, "sign")
    for quarter in (1, 2):
        play_a_quarter(buyer, supplier, evaluator)
        if quarter == 2:
            for who, size in (("buyer", "desk"), ("supplier", "phone"), ("evaluator", "phone")):
                visits[who].picture(f"roleplay-{who}-{size}")
                assert visits[who].barriers() == []
        send(evaluator)
    for who, page in zip(WHO, pages, strict=True):
        page.wait_for_selector("text=The year is over")
        page.wait_for_selector(".pbc-chart svg[data-drawn]")
        visits[who].picture(f"roleplay-end-{who}")

    # All see the same end, and it can be taken home.
    ends = {page.locator("text=The supplier earned").inner_text() for page in pages}
    assert len(ends) == 1
    with buyer.expect_download() as download:
        buyer.click("a[download='game.jsonl']")
    log = download.value.path().read_text(encoding="utf-8")
    from pbc_sim.decision.game import read_log
    from pbc_sim.figures import money

    game = read_log(log)
    assert game.over
    # An amount is one word on the page.
    earned = money(game.life.money.supplier_profit, "IDR").replace(" ", "\u00a0")
    assert earned in ends.pop()
    evaluator.select_option("select[data-key='language']", "id")
    evaluator.wait_for_selector("text=Tahun kontrak berakhir")
    evaluator.wait_for_selector("button[data-key='leave']")
    assert visits["evaluator"].english() == []


def test_one_computer_is_passed_round_in_indonesian(visits):
    one = visits["supplier"]
    page = one.page
    one.size("phone")
    # The page that another game ended on.
    page.wait_for_selector("button[data-key='leave'], button[data-key='here']")
    if button(page, "leave").count():
        send(page, "leave")
    page.wait_for_selector("button[data-key='here']")
    page.select_option("select[data-key='language']", "id")
    page.wait_for_selector("text=Mulai di komputer ini")
    assert one.english() == []
    one.picture("roleplay-start-phone")
    assert one.barriers() == []
    button(page, "here").click()
    button(page, "ready").click()
    page.wait_for_selector("text=Anda adalah pengguna barang")
    one.picture("roleplay-id-phone")
    page.set_viewport_size({"width": 1366, "height": 768})
    one.picture("roleplay-id-desk")
    assert one.english() == []

    send(page)

    # The offer is made, and the screen is covered until the supplier sits before it.
    page.wait_for_selector("text=Serahkan komputer ini kepada penyedia")
    assert page.locator("input[type=range]").count() == 0
    send(page, "ready")
    page.wait_for_selector("button[data-key='sign']")
    assert one.english() == []
    send(page, "sign")
    # Who moves again is not covered.
    page.wait_for_selector("select[data-key='lever.checks']")
    assert one.english() == []


@pytest.mark.slow
def test_who_waits_is_not_put_out(visit, tmp_path, repository, served_for):
    # The kernel of a page is ended after four idle seconds; an open page is not idle.
    story = repository / "scenarios" / "role_play.yaml"
    with served_for(tmp_path, "roleplay", story, culled_after=4) as url:
        page = visit().open(url)
        code = begin_for_several(page)
        page.wait_for_timeout(15_000)

        button(page, "take.buyer").click()

        page.wait_for_selector("text=You are the buyer")
        assert code in page.locator(".pbc-note").last.inner_text()
        # Before its server ends, which a page complains about.
        page.close()
