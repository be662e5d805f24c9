"""Invented facts that every e-mail may use."""

from program.look import ACCENT, for_the_dark

COMMON_FACTS: dict[str, object] = {
    "service_name": "Care Desk",
    "program_name": "Peer Support at Example Health",
    "reference": "PS-7K3QF",
    "link": "https://care-desk.example.org/open/an-example-token",
    "privacy_url": "https://care-desk.example.org/privacy",
    "help_url": "https://care-desk.example.org/help",
    "led": "Surgery and Obstetrics",
    "coordinators": ["Robin Example", "Kim Example"],
    "reader_name": "",
    "reply_to": "care-desk@example.org",
    "crisis_name": "988 Suicide & Crisis Lifeline",
    "crisis_text": "Call or text 988, any time.",
    "emergency_text": "This is not an emergency service. In an emergency call 911.",
    "legal": "This email is meant for you alone.",
    "is_urgent": False,
    "is_wanted_again": False,
    "partner_name": "Employee Assistance Program",
    "partner_contact": "intake@assistance.example.org",
    "partner_is_another": False,
    "they_call": False,
    "contact_by": "Thursday, Nov 26, 9:14 AM",
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
    "accent_dark": for_the_dark(ACCENT),
    "staffed": "Monday to Friday, 8 AM to 6 PM",
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
    "nominees": "",
    "lacks_debrief": False,
    "session": "Lunch with colleagues",
    "session_when": "Tuesday, Dec 8, 12 PM to 1 PM",
    "session_place": "Main Campus, room 204",
    "leaders": "Robin Example and Kim Example",
    "said_yes": 6,
    "fewest": 5,
    "call": "Elena Marsh, elena.marsh@example.org",
    "is_again": False,
    "told": "seat",
    "is_answered": False,
    "until_day": "Friday, Nov 27",
    "away_now": [],
    "ahead": [],
    "refreshers": [
        "Alex Example: was due on Thursday, Oct 8, 2026",
        "Kim Example: due by Friday, Jan 8, 2027",
    ],
    "lacking": ["no physician outside Day Clinic", "1 pharmacist in all"],
    "troubles": [],
    "sight_changes": [],
    "call_changes": [],
    "missed": 0,
    "must_compare": False,
    "forgetting": "Everything due for deletion by Thursday, Nov 26, 8 AM has been deleted",
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
    "away": "away from Monday, Dec 7, until Friday, Dec 11",
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
            "hours": "Monday to Friday, 9 AM to 5 PM",
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
        "Requests are deleted 7 days after closing instead of 30 days: 12 closed requests would"
        " be deleted right away.",
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
    "readings": [],
    "deciders": ["Robin Example", "Kim Example"],
    "help_changes": ["Counseling: counseling.example.org → talk.example.org."],
    "admins": ["Robin Example"],
    "about_you": ["Alex Example would get email at a new address."],
    "is_in_force": False,
}
GAINS = [
    "Alex Example would be a deputy.",
    "Kim Example, a supporter, would get email at a new address.",
]
READINGS = ["program.toml, urgent, staffed: “Any time” → “Monday to Friday, 8 AM to 6 PM”."]
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
