"""Occasions of e-mails to requesters and supporters whose text differs by more than names."""

from collections.abc import Mapping

from notifications.examples.facts import OVERDUE

#: Support services have references of their own.
TO_PARTNER = {"reference": "HO-4T9WX"}

OF_REQUESTS: dict[str, dict[str, Mapping[str, object]]] = {
    "received": {
        "as usual": {},
        "urgent": {"is_urgent": True},
        "urgent, never staffed": {"is_urgent": True, "staffed": ""},
        "review is late": {"is_overdue": True},
        "review is done": {"due": ""},
        "late": {"late_since": "Thursday, Nov 26, 9:14 AM"},
    },
    "proposed": {"as usual": {}, "without a time": {"due": ""}},
    "partner_silent": {"as it was": {}, "another service": {"partner_contact": ""}},
    "partner_wanted": {
        "to get in touch": TO_PARTNER,
        "they call": TO_PARTNER | {"they_call": True},
    },
    "partner_released": {"": TO_PARTNER},
    "matched": {"as usual": {}, "without a time": {"due": ""}},
    "delayed": {"new time": {"resources": []}, "time is over": OVERDUE},
    "resources": {"instead": {"state": "closed"}, "besides": {"state": "in_contact"}},
    "completed": {
        **{
            word: {"outcome": word, "state": "closed"}
            for word in ("supported", "support_declined", "could_not_be_reached", "duplicate")
        },
        "declined, as a coordinator heard": {
            "event": "closed",
            "outcome": "support_declined",
            "state": "closed",
        },
    },
    "fresh_link": {"of a requester": {}, "of a reviewer": {"role": "reviewer"}},
    "request_withdrawn": {"as usual": {}, "to a supporter": {"role": "supporter"}},
    "taken_back": {"as usual": {}, "before contact": {"event": "offer_withdrawn"}},
    "was_this_you": {"a newer request": {"is_about_newer": True}, "a correction": {}},
    "several_wait": {
        "": {
            "standing": [
                {
                    "reference": "PS-7K3QF",
                    "test_marker": "",
                    "what": "get in touch",
                    "due": "Thursday, Nov 26, 9:14 AM",
                    "is_overdue": True,
                    "link": "https://care-desk.example.org/open/an-example-token",
                },
                {
                    "reference": "PS-2M8WD",
                    "test_marker": "TEST",
                    "what": "your answer",
                    "due": "Friday, Nov 27, 10:30 AM",
                    "is_overdue": False,
                    "link": "https://care-desk.example.org/open/another-example-token",
                },
            ]
        }
    },
    "offer": {
        "as usual": {},
        "urgent": {"is_urgent": True},
        "without a time": {"due_short": "", "time_left": ""},
    },
    "offer_nudge": {"before": {}, "overdue": OVERDUE},
    "contact_nudge": {"before": {}, "overdue": OVERDUE},
}
