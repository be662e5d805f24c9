"""Occasions of e-mails about the program as a whole whose text depends on more than names."""

from collections.abc import Mapping

from notifications.examples.facts import GAINS, READINGS, WITH_WARNING

OF_PROGRAMS: dict[str, dict[str, Mapping[str, object]]] = {
    "copies_remain": {"as usual": {}},
    "training_invited": {"first": {}, "again": {"is_again": True}},
    "training_place": {
        "a seat": {"told": "seat"},
        "none": {"told": "waiting"},
        "the day before": {"told": "tomorrow"},
        "moved": {"told": "moved"},
        "canceled": {"told": "canceled", "session": "", "session_place": ""},
    },
    "group_session_news": {"soon": {"told": "tomorrow"}, "canceled": {"told": "canceled"}},
    "group_session_led": {
        "planned": {"told": "planned"},
        "counted": {"told": "counted"},
        "few said yes": {"told": "counted", "said_yes": 0},
        "canceled": {"told": "canceled"},
    },
    "nominated": {"first": {}, "again": {"is_again": True}, "to change it": {"is_answered": True}},
    "lead_guide": {"as usual": {}, "alone": {"coordinators": []}},
    "roster": {"all": {}, "refreshers": {"lacking": []}, "gaps": {"refreshers": []}},
    "your_page": {"of a reviewer": {}, "of a supporter": {"is_reviewer": False}},
    "digest": {
        "as usual": {},
        "all quiet": {"counts": "", "headline": ""},
        "much to say": {
            "counts": "5 open, 1 due today, 2 overdue, 1 urgent",
            "headline": "5 open, 1 urgent",
            "nominees": "2 nominees are waiting for you, too",
            "lacks_debrief": True,
            "away_now": [
                "Robin Example: away until Friday, Dec 11",
                "Kim Example: seems to be away",
            ],
            "ahead": ["Day Clinic: no one can review from Monday, Dec 7 until Wednesday, Dec 9"],
            "troubles": [
                "1 email could not be delivered",
                "2 responses could not be read yet",
                "The admins’ files changed and are not in force: an admin must look at them",
            ],
            "missed": 1,
            "sight_changes": [
                "Waiting for a coordinator’s yes: Kim Example would be a deputy",
            ],
            "call_changes": [
                "Ombuds Office, www.example.org/help → Ombuds Office, www.example.org/ombuds.",
            ],
        },
        "without API": {"must_compare": True},
        "without API, Monday, to an admin": {
            "must_compare": True,
            "is_reviewer": False,
            "forgetting": "Everything due for deletion by Monday, Nov 23, 8 AM has been deleted;"
            " 2 requests since Monday, Nov 23",
            "counts": "",
            "headline": "",
            "begins_week": True,
            "since": "Monday, Nov 16",
            "arrived": [
                {"survey": "Peer support request", "number": 3},
                {"survey": "Solicitud de apoyo", "number": 0},
            ],
        },
    },
    "files_in_force": {
        "as usual": {},
        "confirmed, with a warning": {"decided_by": "Robin Example", **WITH_WARNING},
        "only remarks": {"changes": []},
        "as before": {"is_as_before": True, "changes": []},
    },
    "files_wrong": {"few": {}, "many": {"more": 12}},
    "files_wait": {
        "as usual": {},
        "with a warning": WITH_WARNING,
        "for a coordinator": {"sight": GAINS, "irrevocable": []},
        "for a coordinator, of what people read": {"readings": READINGS, "irrevocable": []},
        "for nobody": {"sight": GAINS, "deciders": [], "irrevocable": []},
    },
    "sight_waits": {"": {"sight": GAINS}, "of what people read": {"readings": READINGS}},
    "help_changed": {"": {}},
    "sight_told": {"waits": {}, "in force": {"is_in_force": True}, "nobody": {"deciders": []}},
}
