"""Settings: everything that is wrong is named at once, and no secret is ever shown."""

from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from settings import Settings, SettingsError

SECRET = "an-invented-secret-of-more-than-32-characters"
TOKEN = "an-invented-webhook-token"
SHARED_KEY = "an-invented-shared-key"
DATA_KEY = urlsafe_b64encode(b"an invented key of just 32 bytes").decode()
GOOD = {
    "SECRET_KEY": SECRET,
    "DATA_KEYS": DATA_KEY,
    "BASE_URL": "https://care-desk.example.org/",
    "QUALTRICS_WEBHOOK_TOKENS": TOKEN,
    "SMTP_URL": "smtp+starttls://care-desk:invented-password@mail.example.org:587",
    "MAIL_FROM": "Care Desk <care-desk@example.org>",
    "MAIL_REPLY_TO": "care-desk@example.org",
}


def problems(**changes: str) -> str:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({**GOOD, **changes})
    return "\n".join(refused.value.problems)


def test_it_reads_what_a_small_installation_sets() -> None:
    settings = Settings.from_env(GOOD)

    assert settings.secret_key == SECRET
    assert settings.data_keys == (DATA_KEY,)
    assert settings.base_url == "https://care-desk.example.org"
    assert settings.database == Path("var/peer-support.db")
    assert settings.config_dir == Path("config")
    assert settings.trusted_proxies == 0
    assert not settings.has_api


def test_it_reads_lists_with_commas_and_spaces() -> None:
    older = "an-older-secret-of-more-than-32-characters-"
    second = urlsafe_b64encode(b"another key, as long as the first"[:32]).decode()
    settings = Settings.from_env(
        {
            **GOOD,
            "SECRET_KEY_FALLBACKS": f"{older}1, {older}2,",
            "DATA_KEYS": f"{DATA_KEY} ,{second}",
            "QUALTRICS_SHARED_KEYS": SHARED_KEY,
        }
    )

    assert settings.secret_key_fallbacks == (f"{older}1", f"{older}2")
    assert settings.data_keys == (DATA_KEY, second)
    assert settings.qualtrics_shared_keys == (SHARED_KEY,)


def test_it_names_everything_that_is_wrong_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({"TRUSTED_PROXIES": "many"})

    named = [problem.split(" ")[0] for problem in refused.value.problems]
    assert sorted(named) == [
        "BASE_URL",
        "DATA_KEYS",
        "MAIL_FROM",
        "MAIL_REPLY_TO",
        "QUALTRICS_SHARED_KEYS",
        "SECRET_KEY",
        "SMTP_URL",
        "TRUSTED_PROXIES",
    ]
    assert all(problem in str(refused.value) for problem in refused.value.problems)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_it_has_no_default_for_what_must_be_set(name: str) -> None:
    assert problems(**{name: "  "}).startswith(name.removesuffix("_WEBHOOK_TOKENS"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "x" * 31),
        ("SECRET_KEY_FALLBACKS", f"{SECRET},short"),
        ("DATA_KEYS", f"{DATA_KEY},not-a-fernet-key"),
        ("DATA_KEYS", "ü" * 44),
        ("BASE_URL", "care-desk.example.org"),
        ("BASE_URL", "ftp://care-desk.example.org"),
        ("BASE_URL", "https://care-desk.example.org/path"),
        ("BASE_URL", "https://user:password@care-desk.example.org"),
        ("BASE_URL", "https://care desk.example.org"),
        ("BASE_URL", "https://care-desk.example.org:port"),
        ("BASE_URL", "https://care-desk.example.org?a=b"),
        ("HEARTBEAT_URL", "http://monitor.example.org/ping"),
        ("HEARTBEAT_URL", "ftp://monitor.example.org/ping"),
        ("HEARTBEAT_URL", "https://user:password@monitor.example.org/ping"),
        ("HEARTBEAT_URL", "monitor.example.org/ping"),
        ("QUALTRICS_BASE_URL", "http://yul1.qualtrics.com"),
        ("QUALTRICS_BASE_URL", "yul1.qualtrics.com"),
        ("QUALTRICS_SHARED_KEYS", "fifteen-letters"),
        ("QUALTRICS_WEBHOOK_TOKENS", f"{TOKEN},short"),
        ("SMTP_URL", "mail.example.org:25"),
        ("SMTP_URL", "http://mail.example.org"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtps://mail.example.org:99999"),
        ("SMTP_URL", "smtps://desk@mail.example.org?tenant=t&client_id=c"),
        ("BOUNCES_URL", "imap://desk:secret@mail.example.org/INBOX"),
        ("BOUNCES_URL", "imaps://mail.example.org/INBOX"),
        ("BOUNCES_URL", "imaps://desk:p#ssword@mail.example.org/INBOX"),
        ("BOUNCES_URL", "pop3s://desk:secret@mail.example.org/"),
        ("BOUNCES_URL", "imaps://desk:secret@mail.example.org/?address=*@*.example.org"),
        ("BOUNCES_URL", "imaps://desk:secret@mail.example.org/?address=bounces"),
        ("BOUNCES_URL", "imaps://desk:secret@mail.example.org/?folder=INBOX"),
        ("BOUNCES_URL", "maildir://var/mail"),
        ("MAIL_FROM", "Care Desk"),
        ("MAIL_FROM", "care-desk@example.org, other@example.org"),
        ("MAIL_FROM", "Care Desk <care-desk@example.org>\nBcc: other@example.org"),
        ("MAIL_FROM", "=?UTF-8?Q?=0A?=Bcc: <care-desk@example.org>"),
        ("MAIL_REPLY_TO", "care-desk@"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "²"),
        ("TRUSTED_PROXIES", "11"),
    ],
)
def test_it_refuses_what_cannot_work_and_says_what_is_allowed(name: str, value: str) -> None:
    (problem,) = problems(**{name: value}).splitlines()

    assert problem.startswith(name)
    assert "; " in problem
    assert problem.endswith(".")


@pytest.mark.parametrize(
    "value",
    [
        "graph://?client_id=c&client_secret=s",
        "graph://tenant?client_id=c",
        "graph://tenant?client_id=c&client_secret=s&login=http://login.example.org",
        "https://graph.microsoft.com",
    ],
)
def test_it_refuses_what_names_no_app_of_microsoft_365(value: str) -> None:
    with pytest.raises(SettingsError, match="MAIL_URL is not an app"):
        Settings.from_env({**GOOD, "SMTP_URL": "", "MAIL_URL": value})


def test_mail_leaves_by_smtp_or_by_microsoft_365_and_never_by_both() -> None:
    url = "graph://tenant?client_id=c&client_secret=s%26"
    assert Settings.from_env({**GOOD, "SMTP_URL": "", "MAIL_URL": url}).mail_url == url
    with pytest.raises(SettingsError, match="MAIL_URL and SMTP_URL are both set"):
        Settings.from_env({**GOOD, "MAIL_URL": url})


@pytest.mark.parametrize(
    "value", ["smtp://localhost:1025", "smtps://u:p@mail.example.org", "smtp+starttls://[::1]:25/"]
)
def test_it_takes_the_three_ways_to_reach_a_mail_server(value: str) -> None:
    assert Settings.from_env({**GOOD, "SMTP_URL": value}).smtp_url == value


@pytest.mark.parametrize(
    "value",
    [
        "imaps://desk%40example.org:p%23ss@mail.example.org/INBOX",
        "imap+starttls://desk:secret@mail.example.org:143/?address=bounces+*@example.org",
        "imap://desk:secret@localhost:1143",
        "maildir:///var/mail/bounces?address=bounces@example.org",
    ],
)
def test_it_takes_the_ways_to_read_what_comes_back(value: str) -> None:
    assert Settings.from_env({**GOOD, "BOUNCES_URL": value}).bounces_url == value
    assert "secret" not in repr(Settings.from_env({**GOOD, "BOUNCES_URL": value}))


def test_it_names_a_wrong_entry_of_a_list_by_its_position() -> None:
    assert "entry 2 of 3" in problems(QUALTRICS_SHARED_KEYS=f"{SHARED_KEY},short,{SHARED_KEY}")


def test_it_needs_one_way_in_at_least() -> None:
    assert "no submission can arrive" in problems(QUALTRICS_WEBHOOK_TOKENS="")
    Settings.from_env({**GOOD, "QUALTRICS_WEBHOOK_TOKENS": "", "QUALTRICS_SHARED_KEYS": SHARED_KEY})


def test_it_knows_whether_answers_can_be_fetched() -> None:
    host = {"QUALTRICS_BASE_URL": "https://yul1.qualtrics.com/"}
    client = {"QUALTRICS_CLIENT_ID": "an-id", "QUALTRICS_CLIENT_SECRET": "a-secret"}

    by_token = Settings.from_env({**GOOD, **host, "QUALTRICS_API_TOKEN": "a-token"})
    assert by_token.has_api
    assert by_token.qualtrics_base_url == "https://yul1.qualtrics.com"
    assert Settings.from_env({**GOOD, **host, **client}).has_api
    assert not Settings.from_env({**GOOD, **host}).has_api


def test_it_lets_a_stand_in_for_qualtrics_on_this_machine_do_without_tls() -> None:
    settings = Settings.from_env({**GOOD, "QUALTRICS_BASE_URL": "http://127.0.0.1:8001"})
    assert settings.qualtrics_base_url == "http://127.0.0.1:8001"


@pytest.mark.parametrize(
    "half",
    [
        {"QUALTRICS_CLIENT_ID": "an-id"},
        {"QUALTRICS_CLIENT_SECRET": "a-secret"},
        {
            "QUALTRICS_API_TOKEN": "a-token",
            "QUALTRICS_CLIENT_ID": "an-id",
            "QUALTRICS_CLIENT_SECRET": "a-secret",
        },
    ],
)
def test_it_refuses_half_or_double_api_access(half: dict[str, str]) -> None:
    assert "QUALTRICS_CLIENT_ID" in problems(
        QUALTRICS_BASE_URL="https://yul1.qualtrics.com", **half
    )


def test_it_asks_for_the_host_when_there_is_api_access() -> None:
    assert problems(QUALTRICS_API_TOKEN="a-token").startswith("QUALTRICS_BASE_URL")


def test_it_shows_no_secret_in_its_repr() -> None:
    secrets = {
        "SECRET_KEY_FALLBACKS": "a-fallback-of-at-least-thirty-two-characters",
        "QUALTRICS_BASE_URL": "https://yul1.qualtrics.com",
        "QUALTRICS_CLIENT_ID": "an-id",
        "QUALTRICS_CLIENT_SECRET": "an-invented-client-secret",
        "QUALTRICS_SHARED_KEYS": SHARED_KEY,
        "HEARTBEAT_URL": "https://monitor.example.org/an-invented-ping",
    }
    shown = repr(Settings.from_env({**GOOD, **secrets}))

    for secret in (
        SECRET,
        DATA_KEY,
        TOKEN,
        SHARED_KEY,
        "invented-password",
        "an-invented-client-secret",
        "an-invented-ping",
        "a-fallback-of-at-least",
    ):
        assert secret not in shown
    assert "https://care-desk.example.org" in shown


def test_it_shows_no_value_when_it_refuses() -> None:
    values = {name: f"wrong-{position}" for position, name in enumerate(GOOD)}
    found = problems(**values)
    assert "wrong-" not in found
    assert len(found.splitlines()) == len(GOOD)
