"""What the history says: each action's name as a sentence. Names of upper floors stand here as plain words."""

from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, str | Promise]

GROUND: Words = {
    "create_organisation": _("Organisation entered"),
    "enter_organisation": _("Organisation entered by the office"),
    "edit_organisation": _("Organisation changed"),
    "add_member": _("Member joined"),
    "change_member": _("Role of a member changed"),
    "end_member": _("Membership ended"),
    "hand_over": _("Representation handed over"),
    "enter_bank_account": _("Bank account entered"),
    "keep_paper": _("Paper kept"),
    "date_paper": _("Dates of a paper changed"),
    "remove_paper": _("Paper taken away"),
    "check_bank_account": _("Bank account checked"),
    "rotate_field_key": _("Bank data encrypted with a new key"),
    "give_role": _("Role given"),
    "end_role": _("Role ended"),
    "name_deputy": _("Deputy named"),
    "end_deputy": _("Deputyship ended"),
    "create_fund": _("Fund entered"),
    "edit_fund": _("Fund changed"),
    "plan_letterhead": _("Change of the letterhead planned"),
    "letterhead_in_force": _("Planned letterhead now in force"),
    "propose_paying_account": _("Paying account proposed"),
    "look_at_paying_account": _("Whole number of the proposed paying account looked at"),
    "confirm_paying_account": _("Paying account confirmed"),
    "decline_paying_account": _("Paying account declined"),
    "withdraw_paying_account": _("Proposal of a paying account taken back"),
    "rename_person": _("Name changed"),
    "end_account": _("Account closed"),
    "edit_legal_text": _("Legal page published"),
    "answer_feedback": _("Feedback answered"),
    "invite_staff": _("Person invited to the staff"),
    "invite_member": _("Person invited to the organisation"),
    "revoke_invitation": _("Invitation withdrawn"),
    "accept_invitation": _("Invitation accepted"),
}

NOTICES: Words = {
    "send_again": _("Message sent again"),
    "discard_notice": _("Message discarded"),
    "render_again": _("Document drawn again"),
    "restore_backup": _("Backup restored: nothing is sent, the clocks stand still"),
    "run_clocks": _("Clocks run again after a restore"),
    "send_from_now": _("Messages are sent again after a restore"),
    "supersede": _("Another backup was restored"),
    "compare_with_bank": _("Payment files compared with the bank after a restore"),
}

LETTERS: Words = {
    "draft": _("Letter drafted"),
    "approve": _("Letter approved by a second person"),
    "void": _("Letter dropped"),
    "sign": _("Letter signed"),
    "release": _("Letter released"),
    "recall": _("Signed letter taken back"),
    "post": _("Letter given to the post"),
    "publish": _("Published"),
    "retrieve": _("Letter retrieved in the portal"),
    "expire": _("Letter not retrieved in time"),
    "deem": _("Letter counts as announced"),
    "undeliverable": _("Letter came back"),
    "confirm_address": _("Address of a returned letter confirmed"),
}

ROUNDS: Words = {
    "create_body": _("Body entered"),
    "edit_body": _("Body changed"),
    "seat_member": _("Member of a body entered"),
    "change_seat": _("Seat in a body changed"),
    "plan_session": _("Session planned"),
    "move_session": _("Session changed"),
    "create_round": _("Round made"),
    "edit_round": _("Settings of the round changed"),
    "unpublish": _("Round taken back"),
    "open": _("Round opened"),
    "extend": _("Deadline extended for everybody"),
    "close": _("Deadline over"),
    "start_scoring": _("Scoring started"),
    "hold_session": _("Jury session opened"),
    "submit_papers": _("Papers handed to the committees"),
    "send_back": _("Sent back by the committee"),
    "record_decision": _("Decisions recorded"),
    "letters_done": _("All letters announced"),
    "archive": _("Round archived"),
}

APPLICATIONS: Words = {
    "submit": _("Handed in"),
    "begin_on_behalf": _("Begun by the office on behalf of the applicant"),
    "correct_receipt": _("Receipt corrected"),
    "edit_on_behalf": _("Entered by the office on behalf of the applicant"),
    "issue_code": _("Code by letter issued"),
    "enter_wrong_code": _("Wrong code entered"),
    "lock_code": _("Code by letter locked after wrong tries"),
    "use_code": _("Code by letter used"),
    "take_over": _("Taken over online by the applicant"),
    "record_on_behalf": _("Recorded as received by the office"),
    "edit": _("Entries changed"),
    "discard": _("Draft discarded"),
    "resubmit": _("Documents handed in"),
    "withdraw": _("Withdrawn"),
    "submit_plan": _("Revised plan handed in"),
    "decline_offer": _("Offer declined"),
    "start_check": _("Formal check started"),
    "edit_check": _("Checklist saved"),
    "assign_officer": _("Given to a case officer"),
    "write_to_many": _("Message to the applicants of several applications"),
    "refuse_file": _("A file was refused by the virus scanner"),
    "lift_late_flag": _("Late flag lifted by a later deadline"),
    "request_documents": _("Documents requested"),
    "extend_deadline": _("Deadline for documents extended"),
    "accept": _("Formally accepted"),
    "reject_formally": _("Found not eligible"),
    "documents_missing": _("Found not eligible: documents missing"),
    "reject_late": _("Found not eligible: late"),
    "reopen": _("Reopened"),
    "route_fast_track": _("Put on the fast track for small projects"),
    "decide_fast_track": _("Grant decided by the office"),
    "decline_fast_track": _("Rejection decided by the office"),
    "return_to_jury": _("Taken off the fast track: the jury decides"),
    "assign_jury": _("Given to the jury"),
    "close_scoring": _("Scoring closed"),
    "rank": _("Jury voted"),
    "reopen_ranking": _("Vote taken up again"),
    "lose_sheets": _("Sent back: too few sheets are left"),
    "submit_to_committee": _("Handed to the committees"),
    "record_step": _("Step of a committee recorded"),
    "postpone": _("Postponed by the committee"),
    "decide_fund": _("Grant decided"),
    "decide_reserve": _("Put on the reserve list"),
    "decide_decline": _("Rejection decided"),
    "correct_decision": _("Recording error corrected"),
    "move_up": _("Moved up from the reserve list"),
    "reserve_expired": _("Reserve list ended"),
    "withdraw_approval": _("Decision taken back before the letter"),
    "request_plan": _("Revised plan requested"),
    "extend_plan": _("Deadline for the revised plan extended"),
    "accept_plan": _("Revised plan accepted"),
    "issue_award": _("Award letter signed"),
    "issue_rejection": _("Rejection letter signed"),
    "recall_award": _("Award letter taken back"),
    "recall_rejection": _("Rejection letter taken back"),
}

IMPORTS: Words = {
    "start_import": _("List brought in for an import"),
    "cancel_import": _("Import broken off"),
    "fail_import": _("List could not be read"),
    "import_applications": _("Applications imported from a list"),
    "import_awards": _("Former awards imported from a list"),
    "import_case": _("Imported from a list"),
    "correct_former_award": _("Former award corrected by a newer list"),
}

SHEETS: Words = {
    "declare_conflict": _("Conflict of interest declared"),
    "declare_no_conflict": _("No conflict of interest declared"),
    "exclude": _("Excluded for a conflict of interest"),
    "lapse": _("Sheet not handed in"),
}

AWARDS: Words = {
    "become_notified": _("Announced"),
    "become_final": _("Final"),
    "waive": _("Remedy waived"),
    "letter_returned": _("Letter came back, payments stopped"),
    "announcement_failed": _("Announcement failed"),
    "announced_again": _("Announced again"),
    "instruction_wrong": _("Instruction on legal remedy wrong or missing: a year to sue"),
    "lawsuit_filed": _("Lawsuit filed"),
    "lawsuit_ended": _("Lawsuit ended"),
    "start": _("Project started"),
    "relinquish": _("Award given up"),
}

PAYMENTS: Words = {
    "certify": _("Certified as correct"),
    "refuse": _("Payment refused"),
    "order": _("Payment ordered"),
    "give_back": _("Payment handed back"),
    "cancel": _("Order cancelled"),
    "hand_over": _("Handed to the bank"),
    "confirm": _("Payment booked by the bank"),
    "bounce": _("Payment returned by the bank"),
    "late_return": _("Payment returned by the bank later"),
    "give_up": _("Payment given up"),
    "correct_account": _("Bank account of the payment corrected"),
}

BUDGETS: Words = {
    "set_budget": _("Set the budget"),
    "supplement_budget": _("Supplement"),
    "reduce_budget": _("Reduction"),
    "block_budget": _("Block money"),
    "unblock_budget": _("Lift a block"),
    "carry_budget": _("Carry open money to the next year"),
}

JURY: Words = {
    "appoint_juror": _("Seat in the jury given"),
    "end_juror": _("Seat in the jury ended"),
    "assign_jurors": _("Jurors assigned"),
    "conflict_hint": _("Possible conflict of interest found"),
    "clear_conflict_hint": _("Possible conflict of interest cleared"),
    "sheet_before_reopening": _("Sheet kept as it was before it was given back"),
    "save_affiliation_group": _("Federation saved"),
    "open_session": _("Session opened"),
    "save_minutes": _("Minutes saved"),
    "mark_straggler": _("May follow after the start of the scoring"),
    "make_paper": _("Committee paper handed in"),
    "passed_over": _("Passed over on the reserve list"),
}
MONEY: Words = {
    "issue": _("Award made"),
    "request_payment": _("Money requested"),
    "export_payments": _("File for the bank made"),
    "look_at_bank_account": _("Whole account number looked at"),
}

WORDS: Words = {
    **GROUND, **NOTICES, **LETTERS, **ROUNDS, **APPLICATIONS, **IMPORTS, **SHEETS, **AWARDS, **PAYMENTS,
    **BUDGETS, **JURY, **MONEY,
}  # fmt: skip

# The first half of a step for two people and its end, put before the step's own words.
HALVES: Words = {
    "propose": _("Proposed"),
    "confirm": _("Confirmed"),
    "decline": _("Declined"),
    "withdraw": _("Proposal withdrawn"),
}


def sentence(action: str) -> str:
    """Return the words for an action; a name that nobody has put into words is shown as it is."""
    if action in WORDS:
        return str(WORDS[action])
    half, _underscore, kind = action.partition("_")
    if half in HALVES and kind:
        return f"{HALVES[half]}: {sentence(kind)}"
    return action.replace("_", " ").capitalize()


def state_label(subject_type: str, state: str) -> str:
    """Return the word for a state of a kind of record ("" when it has none)."""
    if not state:
        return ""
    model: Any = apps.get_model(subject_type)
    choices = dict(model._meta.get_field("state").flatchoices)
    return str(choices.get(state, state))
