"""Occasions of e-mails to reviewers whose text depends on more than names and times."""

from collections.abc import Mapping

from notifications.examples.facts import OVERDUE

OF_REVIEWS: dict[str, dict[str, Mapping[str, object]]] = {
    "review_requested": {
        "as usual": {},
        "little known": {"department": "", "role_group": "", "wishes": []},
        "overdue": OVERDUE,
    },
    "review_nudge": {"before": {}, "overdue": OVERDUE},
    "urgent": {
        "staffed": {},
        "never staffed": {"staffed": ""},
        "again": {"repeats": "alert 3, 9:45 AM"},
    },
    "offer_declined": {
        "declined": {"event": "declined"},
        "lapsed, next one asked": {"event": "lapsed", "state": "offered"},
    },
    "back_in_review": {
        word: {"event": word}
        for word in (
            "not_reached",
            "handed_back",
            "rematch_asked",
            "not_heard",
            "other_wanted",
            "taken_back",
            "supporter_gone",
            "offer_undeliverable",
            "offer_withdrawn",
            "declined",
            "lapsed",
            "handed_over",
            "merged",
            "separated",
            "contact_confirmed",
            "recognized",
            "call_lapsed",
            "reopened",
            "undone",
        )
    }
    | {
        "news": {},
        "overdue": dict[str, object](event="handed_over", **OVERDUE),
        "handed over while asked": {"event": "handed_over", "state": "offered"},
        "handed over in contact": {"event": "handed_over", "state": "in_contact"},
        "merged while asked, with something to tell": {
            "event": "merged",
            "state": "offered",
            "tell_by": "Tuesday, Nov 24, 9:14 AM",
        },
    },
    "no_candidate": {"before": {}, "overdue": OVERDUE},
    "contact_overdue": {
        "matched": {"state": "matched"},
        "in contact": {"state": "in_contact"},
        "wanted again": {"state": "in_contact", "is_wanted_again": True},
        "untouched": {"state": "in_contact", "is_untouched": True},
    },
    "partner_late": {"as it was": {}, "another service": {"partner_is_another": True}},
    "second_contact": {
        "no one answered": {},
        "overdue": OVERDUE,
        "refused": {"event": "contact_refused"},
    },
    "look_again": {"asked": {"state": "offered"}, "matched": {"state": "matched"}},
    "tell_by_phone": {
        word: {"subject": word}
        for word in (
            "received",
            "proposed",
            "matched",
            "delayed",
            "resources",
            "completed",
            "withdrawn",
            "was_this_you",
            "partner_silent",
        )
    }
    | {"news": {}, "overdue": {"subject": "received", **OVERDUE}},
    "taken_over": {
        "before": {},
        "overdue": OVERDUE,
        "matched": {"state": "matched"},
        "while someone is asked": {"state": "offered"},
        "with something to tell": {"state": "matched", "tell_by": "Tuesday, Nov 24, 9:14 AM"},
        "with a late supporter": dict[str, object](state="in_contact", **OVERDUE),
        "no one is away": {"stands_in": False},
    },
    "supporter_away": {
        "matched": {"state": "matched"},
        "in contact": {"state": "in_contact"},
        "supporter unlisted": {"state": "matched", "supporter_name": ""},
    },
    "talk_wanted": {
        "as usual": {},
        "supporter unlisted": {"supporter_name": "", "supporter_contact": ""},
    },
    "nobody_answered": {
        "before": {},
        "overdue": OVERDUE,
        "matched": {"state": "matched"},
        "no one was told": dict[str, object](state="matched", is_about_telling=True, **OVERDUE),
        "first contact in time": {"is_early_call": True, "state": "matched"},
    },
}
