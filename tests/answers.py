"""A survey and its responses, for tests of how they are read."""

from datetime import date

from qualtrics.answers import SurveyMap

WISHES = {"1": "similar", "2": "different", "3": "no_preference"}
SURVEY = SurveyMap.model_validate(
    {
        "id": "SV_8peerSupport01",
        "name": "Peer support request",
        "accept_from": date(2026, 11, 1),
        "facts": {
            "name": "QID1_TEXT",
            "email": "QID2_TEXT",
            "phone": "QID3_TEXT",
            "contact": {
                "key": "QID4",
                "choices": {
                    "1": "mail",
                    "2": "text",
                    "3": "call",
                    "4": "voicemail",
                    "E-mail": "mail",
                    "Text message": "text",
                    "Phone call, by day or night": "call",
                    "Voicemail is fine": "voicemail",
                },
            },
            "not_before": {"key": "QID5", "choices": {"1": "", "2": "Not before noon"}},
            "department": {
                "key": "QID6",
                "choices": {"1": "emergency", "2": "surgery", "Surgery": "surgery", "4": ""},
            },
            "unit": "QID7_TEXT",
            "role": {"key": "QID8", "choices": {"1": "nurse", "2": "physician"}},
            "specialty": {"key": "QID9", "choices": {"1": "emergency_medicine"}},
            "wish_role": {"key": "QID10_1", "choices": WISHES},
            "wish_specialty": {"key": "QID10_2", "choices": WISHES},
            "wish_department": {"key": "QID10_3", "choices": WISHES},
            "wish_site": {"key": "QID14", "choices": {"1": "Main Campus", "2": ""}},
            "wish_times": {"key": "QID15", "choices": {"1": "morning", "2": "night", "3": ""}},
            "not_wanted": "QID11_TEXT",
            "safety": {
                "key": "QID12",
                "choices": {
                    "1": "safe",
                    "2": "urgent",
                    "3": "urgent",
                    "Yes, I feel safe": "safe",
                    "No, I may not be safe": "urgent",
                },
            },
            "note": "QID13_TEXT",
            "language": "userLanguage",
            "found_at": "source",
        },
    }
)
