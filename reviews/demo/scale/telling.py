"""Messages that applicants got, as the outbox keeps them."""

from collections.abc import Iterator
from datetime import datetime

from grants.states import ApplicationState as A
from notifications.outbox_many import Sent
from reviews.demo.scale.life import passed
from reviews.demo.scale.outline import Stage
from reviews.demo.scale.scene import Case, Scene
from reviews.demo.scenes import PAST_CHECK

_WORDS = {
    "N01": ("Eingang Ihres Antrags", "Ihr Antrag „{title}“ ist eingegangen. Das Aktenzeichen ist {number}."),
    "N03": ("Antrag zurückgezogen", "Ihr Antrag „{title}“ ({number}) ist zurückgezogen."),
    "N06": ("Antrag formal angenommen", "Ihr Antrag „{title}“ ({number}) ist formal angenommen."),
    "N13": ("Bescheid bekannt gegeben", "Zu Ihrem Antrag „{title}“ ({number}) ist ein Bescheid ergangen."),
    "N14": ("Bescheid bekannt gegeben", "Zu Ihrem Antrag „{title}“ ({number}) ist ein Bescheid ergangen."),
}


def messages(scene: Scene, case: Case) -> Iterator[Sent]:
    """Yield what the applicant was told, in order."""
    application = case.application
    if application.submitted_at is None:
        return
    yield _message(scene, case, "N01", application.submitted_at)
    if case.aim == A.WITHDRAWN:
        yield _message(scene, case, "N03", application.submitted_at)
    if passed(case, PAST_CHECK):
        yield _message(scene, case, "N06", scene.at("check"))
    if scene.outline.stage == Stage.FINISHED and case.aim in (A.AWARDED, A.REJECTED):
        yield _message(scene, case, "N14" if case.aim == A.AWARDED else "N13", scene.at("deem"))


def _message(scene: Scene, case: Case, code: str, at: datetime) -> Sent:
    subject, text = _WORDS[code]
    number = case.application.case_number or ""
    return Sent(
        f"{code}:{case.key}:{case.owner.pk}", code, scene.fund.pk, case.key, case.organisation.pk, case.owner.pk,
        case.owner.email, f"{subject} ({number})",
        f"Guten Tag {case.owner.full_name},\n\n{text.format(title=case.application.title, number=number)}\n",
        f"/applications/{case.application.pk}/", at,
    )  # fmt: skip
