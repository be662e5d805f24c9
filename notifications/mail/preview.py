"""Render every e-mail with example facts, for a preview page and to check overrides."""

from collections.abc import Iterator, Mapping
from html import unescape

from jinja2 import Environment

from notifications.mail.catalog import EMAILS
from notifications.mail.compose import ComposeError, Composer, Message

COMMON_FACTS: dict[str, object] = {
    "service_name": "Care Desk",
    "program_name": "Peer Support at Example Health",
    "reference": "PS-7K3QF",
    "link": "https://care-desk.example.org/open/an-example-token",
    "privacy_url": "https://care-desk.example.org/privacy",
    "reader_name": "",
    "reply_to": "care-desk@example.org",
    "crisis_name": "988 Suicide & Crisis Lifeline",
    "crisis_text": "Call or text 988, any time.",
    "emergency_text": "This is not an emergency service. In an emergency call 911.",
    "legal": "This email is meant for you alone.",
    "is_urgent": False,
    "test_marker": "",
    "due": "Thursday, Nov 26, 9:14 AM",
    "due_short": "Thu 9:14 AM",
    "left": "2 days",
    "time_left": "2 days left – until Thursday, Nov 26, 9:14 AM",
    "is_overdue": False,
    "department": "Surgery",
    "role_group": "Nursing",
    "wishes": [
        "Similar role",
        "From another department",
    ],
    "state": "in_review",
    "event": "",
    "outcome": "",
    "subject": "",
    "role": "",
    "whom": "a supporter",
    "reports": ["No one has been able to sign in to the mail server since 9:14 AM."],
    "accent": "#1b5e75",
    "accent_dark": "#8fd0e8",
    "staffed": "Monday to Friday, 8 am to 6 pm",
    "survey_name": "Peer support request",
    "response_id": "R_1exampleResponse",
    "arrived": [{"survey": "Peer support request", "number": 3}],
    "since": "Monday, Nov 23",
    "begins_week": False,
    "is_early_call": False,
    "repeats": "",
    "late_since": "",
    "is_about_telling": False,
    "is_untouched": False,
    "tell_by": "",
    "counts": "3 open, 1 due today",
    "headline": "3 open, 1 due today",
    "is_reviewer": True,
    "away_now": [],
    "ahead": [],
    "refreshers": [
        "Alex Example: was due on Thursday, October 8, 2026",
        "Kim Example: due by Friday, January 8, 2027",
    ],
    "lacking": ["no physician outside Surgery", "1 pharmacist in all"],
    "troubles": [],
    "sight_changes": [],
    "missed": 0,
    "must_compare": False,
    "forgetting": "Everything due by Thursday, Nov 26, 8 AM has been forgotten",
    "standing": [
        {
            "reference": "PS-7K3QF",
            "test_marker": "",
            "what": "no one has acted",
            "due": "Thursday, Nov 26, 9:14 AM",
            "is_overdue": True,
            "link": "",
        },
        {
            "reference": "PS-2M8WD",
            "test_marker": "TEST",
            "what": "needs a decision",
            "due": "Friday, Nov 27, 10:30 AM",
            "is_overdue": False,
            "link": "",
        },
    ],
    "is_about_newer": False,
    "answer_by": "Friday, Nov 27, 9:14 AM",
    "supporter_name": "Robin Example",
    "supporter_contact": "555-0102 or robin.example@example.org",
    "stands_in": True,
    "away": "away from Monday, December 7, until Friday, December 11",
    "resources": [
        {
            "name": "Employee Assistance Program",
            "what_for": "Counseling, free of charge and confidential",
            "contact": "555-0100",
            "link": "https://assistance.example.org/",
            "is_open": True,
            "hours": "Every day, around the clock",
        },
        {
            "name": "Chaplaincy",
            "what_for": "Someone to talk to, of any faith or none",
            "contact": "555-0101",
            "link": "",
            "is_open": False,
            "hours": "Monday to Friday, 9 am to 5 pm",
        },
    ],
}

FILES: dict[str, object] = {
    "is_as_before": False,
    "decided_by": "",
    "changes": [
        "2 supporters added: Robin Example, Kim Example.",
        "1 supporter removed: Alex Example, who has 1 open request: it stays with them for 30"
        " minutes, and then it goes back to the coordinators unless the line is back.",
        "Promise review: 72 hours → 48 hours.",
    ],
    "irrevocable": [
        "Requests are forgotten 7 days after closing instead of 30 days: 12 closed requests would"
        " be forgotten right away.",
    ],
    "problems": [
        'supporters.csv, line 7, phone: "8.60555E+09" is a phone number that a spreadsheet program'
        " has damaged; format the column as text and enter it again.",
        "program.toml, duties.deputies: needs two different people; one of them may be barred from"
        " a request.",
    ],
    "more": 0,
    "warnings": [],
    "sight": [],
    "deciders": ["Robin Example", "Kim Example"],
    "about_you": ["Alex Example would get email at a new address."],
    "is_in_force": False,
}
GAINS = [
    "Alex Example would be a deputy.",
    "Kim Example, a supporter, would get email at a new address.",
]
WITH_WARNING: dict[str, object] = {
    "warnings": [
        "program.toml, departments.surgery.coordinators: names only one person; two review better"
        " than one."
    ]
}
COMMON_FACTS |= FILES

OVERDUE: dict[str, object] = {
    "is_overdue": True,
    "left": "",
    "time_left": "2 hours late – it was due Thursday, Nov 26, 9:14 AM",
}

#: Example occasions of e-mails whose text depends on more than names and times.
OCCASIONS: dict[str, dict[str, Mapping[str, object]]] = {
    "received": {
        "as usual": {},
        "urgent": {"is_urgent": True},
        "urgent, never staffed": {"is_urgent": True, "staffed": ""},
        "late": {"late_since": "Thursday, Nov 26, 9:14 AM"},
    },
    "delayed": {"new time": {"resources": []}, "time is over": OVERDUE},
    "resources": {"instead": {"state": "closed"}, "besides": {"state": "in_contact"}},
    "completed": {
        word: {"outcome": word, "state": "closed"}
        for word in ("supported", "support_declined", "could_not_be_reached", "duplicate")
    },
    "review_requested": {
        "as usual": {},
        "little known": {"department": "", "role_group": "", "wishes": []},
        "overdue": OVERDUE,
    },
    "review_nudge": {"before": {}, "overdue": OVERDUE},
    "urgent": {
        "staffed": {},
        "never staffed": {"staffed": ""},
        "again": {"repeats": "call 3, 9:45 AM"},
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
        "overdue": dict[str, object](event="handed_over", **OVERDUE),
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
        "untouched": {"state": "in_contact", "is_untouched": True},
    },
    "was_this_you": {"a newer request": {"is_about_newer": True}, "a correction": {}},
    "second_contact": {
        "nobody answered": {},
        "overdue": OVERDUE,
        "refused": {"event": "contact_refused"},
    },
    "look_again": {"asked": {"state": "offered"}, "matched": {"state": "matched"}},
    "tell_by_phone": {
        word: {"subject": word}
        for word in (
            "received",
            "matched",
            "delayed",
            "resources",
            "completed",
            "withdrawn",
            "was_this_you",
        )
    }
    | {"overdue": {"subject": "received", **OVERDUE}},
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
    "taken_over": {
        "before": {},
        "overdue": OVERDUE,
        "matched": {"state": "matched"},
        "while somebody is asked": {"state": "offered"},
        "with something to tell": {"state": "matched", "tell_by": "Tuesday, Nov 24, 9:14 AM"},
        "with a late supporter": dict[str, object](state="in_contact", **OVERDUE),
        "nobody is away": {"stands_in": False},
    },
    "supporter_away": {"matched": {"state": "matched"}, "in contact": {"state": "in_contact"}},
    "nobody_answered": {
        "before": {},
        "overdue": OVERDUE,
        "matched": {"state": "matched"},
        "nobody was told": dict[str, object](state="matched", is_about_telling=True, **OVERDUE),
        "first contact in time": {"is_early_call": True, "state": "matched"},
    },
    "offer": {"as usual": {}, "urgent": {"is_urgent": True}},
    "offer_nudge": {"before": {}, "overdue": OVERDUE},
    "contact_nudge": {"before": {}, "overdue": OVERDUE},
    "copies_remain": {"as usual": {}},
    "roster": {"all": {}, "refreshers": {"lacking": []}, "gaps": {"refreshers": []}},
    "your_page": {"of a reviewer": {}, "of a supporter": {"is_reviewer": False}},
    "digest": {
        "as usual": {},
        "all quiet": {"counts": "", "headline": ""},
        "much to say": {
            "counts": "5 open, 1 due today, 2 overdue, 1 urgent",
            "headline": "5 open, 1 urgent",
            "away_now": [
                "Robin Example: away until Friday, December 11",
                "Kim Example: seems to be away",
            ],
            "ahead": [
                "Surgery: no one is here from Monday, December 7 until Wednesday, December 9"
            ],
            "troubles": [
                "1 email could not be delivered",
                "2 responses could not be read yet",
                "The admins’ files changed and are not in force: an admin must look at them",
            ],
            "missed": 1,
            "sight_changes": [
                "Waiting for a coordinator’s yes: Kim Example would be a deputy",
            ],
        },
        "without API": {"must_compare": True},
        "without API, Monday, to an admin": {
            "must_compare": True,
            "is_reviewer": False,
            "forgetting": "Everything due by Monday, Nov 23, 8 AM has been forgotten;"
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
        "confirmed, with a warning": {"decided_by": "Sam Whitaker", **WITH_WARNING},
        "only remarks": {"changes": []},
        "as before": {"is_as_before": True, "changes": []},
    },
    "files_wrong": {"few": {}, "many": {"more": 12}},
    "files_wait": {
        "as usual": {},
        "with a warning": WITH_WARNING,
        "for a coordinator": {"sight": GAINS, "irrevocable": []},
        "for nobody": {"sight": GAINS, "deciders": [], "irrevocable": []},
    },
    "sight_waits": {"": {"sight": GAINS}},
    "sight_told": {"waits": {}, "in force": {"is_in_force": True}, "nobody": {"deciders": []}},
}

PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<!DOCTYPE html>
<html lang="en-US">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>E-mails</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 80rem; padding: 0 1rem; }
.twins { display: grid; gap: 1rem; grid-template-columns: 1fr 1fr; }
.twins > * { border: 1px solid #8a969c; box-sizing: border-box; margin: 0; width: 100%; }
pre { font: 14px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; padding: 1rem;
      white-space: pre-wrap; }
iframe { height: 46rem; }
@media (max-width: 50rem) { .twins { grid-template-columns: minmax(0, 1fr); } }
</style>
</head>
<body>
<h1>E-mails</h1>
{% for name, occasion, message in samples %}
<section>
<h2>{{ name }}{% if occasion %}: {{ occasion }}{% endif %}</h2>
<p>Subject: <strong>{{ message.subject }}</strong></p>
<div class="twins">
<pre>{{ message.text }}</pre>
{% if message.html %}
<iframe sandbox title="{{ name }} {{ occasion }}" srcdoc="{{ message.html }}"></iframe>
{% endif %}
</div>
</section>
{% endfor %}
</body>
</html>
""")


def occasions(name: str) -> dict[str, dict[str, object]]:
    """Return example facts for each occasion of an e-mail, by the words for the occasion."""
    differing = OCCASIONS.get(name, {"": {}})
    return {words: COMMON_FACTS | dict(facts) for words, facts in differing.items()}


def preview(composer: Composer, facts: Mapping[str, object] | None = None) -> str:
    """Return a page with every e-mail; `facts` replace the example facts."""
    return PAGE.render(samples=list(_samples(composer, facts or {})))


def problems(composer: Composer) -> list[str]:
    """Return what is wrong with the admins' overrides, for `flask check`."""
    found: list[str] = []
    for name in EMAILS:
        for example in occasions(name).values():
            wrong = _problem(composer, name, example)
            if wrong and wrong not in found:
                found.append(wrong)
    return found


def _samples(composer: Composer, facts: Mapping[str, object]) -> Iterator[tuple[str, str, Message]]:
    for name in EMAILS:
        for words, example in occasions(name).items():
            yield name, words, composer.compose(name, example | dict(facts))


def _problem(composer: Composer, name: str, facts: Mapping[str, object]) -> str:
    try:
        message = composer.compose_strictly(name, facts)
    except ComposeError as error:
        return str(error)
    needed = ["link"] if EMAILS[name].has_link else []
    if EMAILS[name].may_reach_requester:
        needed += ["crisis_text", "emergency_text"]
    bodies = {"body.html": unescape(message.html), "body.txt": message.text}
    for file, body in bodies.items():
        for fact in needed:
            if body and str(facts[fact]) not in body:
                return f"templates/email/{name}/{file}: does not contain {{{{ {fact} }}}}"
    return ""
