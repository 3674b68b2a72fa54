"""Addresses of notifications."""

from django.urls import URLPattern, URLResolver, path

from notifications.views import demo, dispatch, handovers, invitations, messages, outbox, restored

app_name = "notifications"
urlpatterns: list[URLPattern | URLResolver] = [
    path("messages/", messages.message_list, name="messages"),
    path("messages/read/", messages.messages_read, name="messages_read"),
    path("messages/<int:pk>/", messages.message_detail, name="message"),
    path("office/outbox/", outbox.outbox_list, name="outbox"),
    path("office/outbox/again/", outbox.outbox_again_all, name="outbox_again_all"),
    path("office/outbox/restored/<int:pk>/", restored.restored, name="restored"),
    path("office/outbox/<int:pk>/", outbox.outbox_detail, name="outbox_detail"),
    path("office/outbox/<int:pk>/again/", outbox.outbox_again, name="outbox_again"),
    path("office/outbox/<int:pk>/discard/", outbox.outbox_discard, name="outbox_discard"),
    path("office/outbox/documents/<int:pk>/again/", outbox.document_again, name="document_again"),
    path("office/dispatch/", dispatch.dispatch_list, name="dispatch"),
    path("office/dispatch/labels.txt", dispatch.dispatch_labels, name="dispatch_labels"),
    path("office/dispatch/many/", dispatch.dispatch_many, name="dispatch_many"),
    path("office/dispatch/<int:pk>/", dispatch.dispatch_detail, name="dispatch_letter"),
    path("office/dispatch/<int:pk>/pdf/", dispatch.dispatch_pdf, name="dispatch_pdf"),
    path("office/dispatch/<int:pk>/posted/", dispatch.dispatch_post, name="dispatch_post"),
    path("office/dispatch/<int:pk>/returned/", dispatch.dispatch_return, name="dispatch_return"),
    path("administration/invitations/", invitations.staff_invitations, name="staff_invitations"),
    path("organisations/<int:pk>/hand-over/", handovers.hand_over, name="hand_over"),
    path("organisations/<int:pk>/invitations/", invitations.member_invitations, name="member_invitations"),
    path("invitations/<int:pk>/withdraw/", invitations.invitation_revoke, name="invitation_revoke"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("demo/mail/", demo.demo_mail, name="demo_mail"),
    path("demo/mail/<int:number>/", demo.demo_mail_detail, name="demo_mail_detail"),
]
