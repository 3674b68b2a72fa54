"""Who may open what of notices, the mail room and invitations."""

from tests.architecture.addresses.rows import (
    ADMIN,
    BINDS,
    EVERYBODY,
    NOBODY,
    OFFICERS,
    SIGNED_IN,
    Post,
    button,
    kinds,
    look,
    page,
    pk,
)

WORKERS = OFFICERS | ADMIN | kinds("coordinator")
READERS = WORKERS | kinds("auditor")
MAIL_ROOM = kinds("mail_room")
FOLLOW_MAIL = MAIL_ROOM | kinds("auditor")

ROWS = (
    look("notifications:messages", SIGNED_IN),
    button("notifications:messages_read", SIGNED_IN),
    look("notifications:message", BINDS, pk("message")),
    look("notifications:outbox", READERS),
    page("notifications:outbox_again_all", WORKERS),
    page(
        "notifications:restored",
        READERS,
        pk("restored"),
        fixed=True,
        posts=[Post(ADMIN, lambda side: {"step": "clocks", "version": side.restored.version})],
    ),
    look("notifications:outbox_detail", READERS, pk("stuck")),
    button("notifications:outbox_again", WORKERS, pk("stuck")),
    page("notifications:outbox_discard", WORKERS, pk("stuck")),
    button("notifications:document_again", WORKERS, pk("undrawn")),
    look("notifications:dispatch", FOLLOW_MAIL),
    look("notifications:dispatch_labels", MAIL_ROOM),
    page("notifications:dispatch_many", MAIL_ROOM),
    look("notifications:dispatch_letter", FOLLOW_MAIL, pk("letter_to_post")),
    look("notifications:dispatch_letter", NOBODY, pk("letter_signed"), "not released"),
    look("notifications:dispatch_pdf", FOLLOW_MAIL, pk("letter_to_post")),
    button("notifications:dispatch_post", MAIL_ROOM, pk("letter_to_post")),
    button("notifications:dispatch_return", MAIL_ROOM, pk("letter_posted")),
    page("notifications:staff_invitations", ADMIN),
    page("notifications:hand_over", BINDS, pk("organisation")),
    page("notifications:member_invitations", BINDS, pk("organisation")),
    button("notifications:invitation_revoke", BINDS, pk("member_invitation"), "of an association"),
    button("notifications:invitation_revoke", ADMIN, pk("staff_invitation"), "of a fund"),
    page("notifications:invitation", EVERYBODY, lambda side: [side.token], fixed=True),
    look("notifications:demo_mail", EVERYBODY),
    look("notifications:demo_mail_detail", EVERYBODY, lambda side: [side.mail_number], fixed=True),
)
