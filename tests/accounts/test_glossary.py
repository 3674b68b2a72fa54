"""Terms are explained where they stand, in the reader's language, and on one page."""

import pytest
from django.template import RequestContext, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from accounts.glossary import TERMS
from tests.architecture.sources import ROOT, committed


def draw(source: str) -> str:
    template = Template("{% load miteinander %}" + source)
    return template.render(RequestContext(RequestFactory().get("/"), {}))


def test_a_term_explains_itself_without_a_script() -> None:
    with override("de"):
        drawn = draw('Der {% term "own share" word="eigene Anteil" %}.')

    assert drawn.startswith('Der <button class="mt-term" type="button" popovertarget="term-own-share">eigene Anteil<')
    assert 'id="term-own-share" popover><strong>Eigenanteil</strong><' in drawn
    assert "Der Teil der Kosten, den Sie selbst aufbringen" in drawn
    assert drawn.endswith("</span></span>.")


def test_a_term_is_explained_once_on_a_page() -> None:
    with override("de"):
        drawn = draw('{% term "jury" %}, {% term "jury" %}')

    assert drawn.count("<button") == 1
    assert drawn.endswith(", Jury")


def test_readers_of_another_language_learn_the_german_word() -> None:
    with override("en"):
        assert '<strong>proof of use</strong> (<span lang="de" dir="ltr">Verwendungsnachweis</span>)' in draw(
            '{% term "proof of use" %}'
        )


def test_an_unknown_term_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        draw('{% term "no such word" %}')


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "first", "last"), [("de", "Ablehnungsbescheid", "zuwendungsfähige Kosten")])
def test_the_page_explains_every_term_in_its_order(client: Client, language: str, first: str, last: str) -> None:
    page = client.get(reverse("accounts:glossary"), headers={"accept-language": language}).content.decode()

    assert page.count("<dt>") == len(TERMS) == 38
    assert page.index(f"<dt>{first}") < page.index("<dt>Eigenanteil") < page.index(f"<dt>{last}")
    with override(language):
        assert all(str(term.text) in page for term in TERMS.values())


def test_every_term_has_a_place_of_its_own() -> None:
    assert len({term.anchor for term in TERMS.values()}) == len(TERMS)


def test_binding_pages_say_which_language_binds() -> None:
    with override("de"):
        assert draw('{% include "components/binding.html" %}').strip() == ""
    with override("en"):
        assert "Binding is the German text." in draw('{% include "components/binding.html" %}')


def test_terms_are_explained_on_the_pages_of_applicants() -> None:
    pages = [path for path in committed() if path.suffix == ".html" and path.is_relative_to(ROOT / "templates")]
    used = {key for key in TERMS for page in pages if f'{{% term "{key}"' in page.read_text(encoding="utf-8")}

    assert len(used) >= 12
