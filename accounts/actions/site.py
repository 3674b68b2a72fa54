"""The pages the law wants, and what people tell us about barriers."""

from django.db import transaction

from accounts import audit, clock, steps
from accounts.exceptions import LostRace, NotPermitted
from accounts.models import AccessibilityFeedback, LegalText, User
from accounts.permissions import administers_all, forget_roles


def _administers(by: User) -> None:
    forget_roles(by)
    if not administers_all(by):
        raise NotPermitted


def edit_legal_text(*, slug: str, language: str, body: str, by: User, seen_id: int) -> LegalText:
    """Publish a new version of a page; earlier versions stay readable.

    Args:
        slug: which page.
        language: in which language.
        body: plain text (headings start with `# `, lists with `- `).
        by: who edits.
        seen_id: version the person started from; 0 is the text that comes with the product.

    Raises:
        NotPermitted: `by` does not administer the installation.
        LostRace: somebody published another version meanwhile.
    """
    with transaction.atomic(durable=True):
        audit.locked(by)
        _administers(by)
        latest = LegalText.objects.filter(slug=slug, language=language).first()
        if (latest.pk if latest else 0) != seen_id:
            raise LostRace
        return steps.publish_legal_text(slug=slug, language=language, body=body, by=by)


def give_feedback(*, page: str, message: str, email: str, by: User | None) -> AccessibilityFeedback:
    """Keep what somebody tells us about a barrier (NBGG § 9b); nobody needs to sign in for it."""
    with transaction.atomic(durable=True):
        address = email or (by.email if by else "")
        return AccessibilityFeedback.objects.create(page=page, message=message, email=address, received_at=clock.now())


def answer_feedback(*, feedback: AccessibilityFeedback, by: User) -> AccessibilityFeedback:
    """Mark a feedback as answered.

    Raises:
        NotPermitted: `by` does not administer the installation.
        LostRace: it was answered meanwhile.
    """
    with transaction.atomic(durable=True):
        _administers(by)
        fresh = audit.locked(feedback)
        if fresh.answered_at is not None:
            raise LostRace
        fresh.answered_at = clock.now()
        fresh.save()
        audit.record("answer_feedback", fresh, by=by)
        return fresh
