from tests.browser.test_right_to_left import *
from tests.browser.test_right_to_left import reader, fund_without_words
import pytest
@pytest.mark.browser
def test_shots(browser_context, live_server, code):
    round_ = make_round(make_fund(name="Miteinander", slug="f", purpose="Begegnung und Teilhabe."), name="Runde 2027", slug="r", priorities=["Sprache","Sport"], max_rate_percent=90)
    org = make_organisation(name="Treffpunkt e. V.")
    draft = make_sendable(round=round_, organisation=org, by=make_member(org, full_name="Leyla Demir"))
    pages={"home":"/","call":reverse("grants:call",args=["f","r"]),"gloss":reverse("accounts:glossary"),"over":reverse("grants:application",args=[draft.pk]),"plan":reverse("grants:section",args=[draft.pk,"plan"]),"decl":reverse("grants:section",args=[draft.pk,"declarations"]),"app":reverse("grants:section",args=[draft.pk,"applicant"])}
    for lang in ("de-easy", code):
        for width in (360,1280):
            page=reader(browser_context(width=width), lang, str(live_server), draft)
            for n,at in pages.items():
                if (lang=="de-easy" and width==1280 and n not in("home","plan")): continue
                page.goto(at)
                if n=="plan": 
                    page.locator(".mt-term").nth(3).click()
                page.screenshot(path=f"/tmp/language/shots/{n}-{lang}-{width}.png", full_page=(n not in ("gloss","plan")))
