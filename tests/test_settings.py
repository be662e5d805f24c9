"""Settings: everything that is wrong is named at once, and no secret is ever shown."""

from base64 import urlsafe_b64encode
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest

from notifications.mail.mailer import SmtpServer
from notifications.mail.mime import MESSAGE_ID
from notifications.service_address import ServiceAddress
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
    assert settings.database == "var/peer-support.db"
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
        ("BASE_URL", "https://care-desk.example.org/a/../b"),
        ("BASE_URL", "https://care-desk.example.org/a%20b"),
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
    ("host", "is_usable"),
    [
        ("care-desk.example.org", True),
        ("care--desk.example.org:8443", True),
        ("xn--hrenswrdig-z9a5x.example.org", True),
        ("10.1.2.3", True),
        ("[2001:db8::7]", False),
        ("care_desk.example.org", False),
        ("hörenswürdig.example.org", False),
        ("care-desk..example.org", False),
        ("-care.example.org", False),
        ("care-desk.example.org.", False),
    ],
)
def test_a_host_that_no_mail_can_carry_is_refused_at_the_start(host: str, is_usable: bool) -> None:
    if not is_usable:
        assert "its host may have" in problems(BASE_URL=f"https://{host}")
        return
    domain = ServiceAddress(f"https://{host}", SECRET, "").mail_domain
    assert Settings.from_env({**GOOD, "BASE_URL": f"https://{host}"})
    assert MESSAGE_ID.fullmatch(f"<42.a1b2@{domain}>")


@pytest.mark.parametrize("mark", ["#", "/", "?", "7#", "7?b", "7/c"])
def test_a_password_with_marks_of_an_address_is_said_to_need_encoding(mark: str) -> None:
    found = problems(SMTP_URL=f"smtps://desk:a{mark}b@mail.example.org:465")
    assert "percent-encoded: # as %23" in found
    assert problems(SMTP_URL=f"smtps://desk:{mark}b@mail.example.org") == found
    encoded = f"smtps://desk:a{quote(mark, safe='')}b@mail.example.org:465"
    assert SmtpServer.from_url(Settings.from_env({**GOOD, "SMTP_URL": encoded}).smtp_url)


DRAWN = Random(7)
UNSAFE = [
    ("BASE_URL", "http://care-desk.example.org"),
    ("SMTP_URL", "smtp://care-desk:invented-password@mail.example.org:25"),
    ("PORT", "8000"),
    ("SECRET_KEY", "x" * 40),
    ("SECRET_KEY", "0123456789ab" * 3),
    ("SECRET_KEY", "please-changeme-before-going-into-production"),
    ("SECRET_KEY_FALLBACKS", "x" * 40),
    ("DATA_KEYS", urlsafe_b64encode(bytes(32)).decode()),
    ("DATA_KEYS", urlsafe_b64encode(b"changeme" * 4).decode()),
    ("QUALTRICS_SHARED_KEYS", "my-password-2026-x"),
    ("QUALTRICS_WEBHOOK_TOKENS", "aaaaaaaaaaaaaaaabb"),
]


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_what_protects_nobody_is_an_error_unless_it_is_meant(name: str, value: str) -> None:
    (problem,) = problems(**{name: value}).splitlines()
    assert problem.startswith(f"{name} ")
    assert "ALLOW_UNSAFE" in problem
    assert value not in problem
    Settings.from_env({**GOOD, name: value, "ALLOW_UNSAFE": f"{name}, DATA_KEYS"})
    assert "ALLOW_UNSAFE" in problems(ALLOW_UNSAFE="everything")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "http://127.0.0.1:8000"),
        ("BASE_URL", "http://localhost:8000"),
        ("SMTP_URL", "smtp://relay.example.org:25"),
        ("SMTP_URL", "smtp://desk:invented-password@localhost:25"),
        ("SECRET_KEY", DRAWN.randbytes(32).hex()),
        ("QUALTRICS_SHARED_KEYS", DRAWN.randbytes(8).hex()),
        ("DATA_KEYS", urlsafe_b64encode(DRAWN.randbytes(32)).decode()),
    ],
)
def test_what_stays_on_this_machine_or_is_random_is_no_such_error(name: str, value: str) -> None:
    Settings.from_env({**GOOD, name: value})
    Settings.from_env({**GOOD, "PORT": "8000", "TRUSTED_PROXIES": "1"})


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


SIGN_ON = {
    "SIGN_ON_HEADER": "X-Auth-Request-Email",
    "SIGN_ON_SECRETS": DRAWN.randbytes(24).hex(),
    "TRUSTED_PROXIES": "1",
}


def test_the_sign_on_is_off_unless_a_header_is_named_and_for_supporters_only_if_meant() -> None:
    assert Settings.from_env(GOOD).sign_on is None
    found = Settings.from_env(GOOD | SIGN_ON).sign_on
    assert found is not None
    assert (found.header, found.includes_supporters) == ("X-Auth-Request-Email", False)
    assert SIGN_ON["SIGN_ON_SECRETS"] not in repr(found)
    both = Settings.from_env(GOOD | SIGN_ON | {"SIGN_ON_FOR": "staff"}).sign_on
    assert both is not None
    assert both.includes_supporters


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"TRUSTED_PROXIES": "0"}, "SIGN_ON_HEADER is set without a proxy"),
        ({"BASE_URL": "http://care-desk.example.org", "ALLOW_UNSAFE": "BASE_URL"},
         "SIGN_ON_HEADER is set, but BASE_URL is http"),
        ({"SIGN_ON_SECRETS": ""}, "SIGN_ON_SECRETS is not set"),
        ({"SIGN_ON_SECRETS": "x" * 40}, "SIGN_ON_SECRETS is wrong in entry 1 of 1"),
        ({"SIGN_ON_SECRETS": "short"}, "SIGN_ON_SECRETS is wrong in entry 1 of 1"),
        ({"SIGN_ON_HEADER": "X_Auth_Email"}, "SIGN_ON_HEADER is not the name of a header"),
        ({"SIGN_ON_HEADER": "Cookie"}, "SIGN_ON_HEADER is not the name of a header"),
        ({"SIGN_ON_HEADER": "X-Sign-On-Secret"}, "SIGN_ON_HEADER is not the name of a header"),
        ({"SIGN_ON_FOR": "everybody"}, "SIGN_ON_FOR is neither of the two"),
        ({"SIGN_ON_HEADER": ""}, "SIGN_ON_HEADER is not set"),
    ],
)  # fmt: skip
def test_a_sign_on_that_anybody_could_pretend_does_not_start(
    changed: dict[str, str], named: str
) -> None:
    (problem,) = problems(**SIGN_ON | changed).splitlines()
    assert problem.startswith(named)
    assert "x" * 40 not in problem


def test_it_shows_no_secret_in_its_repr() -> None:
    also = {
        "SECRET_KEY_FALLBACKS": "a-fallback-of-at-least-thirty-two-characters",
        "QUALTRICS_BASE_URL": "https://yul1.qualtrics.com",
        "QUALTRICS_CLIENT_ID": "an-id",
        "QUALTRICS_CLIENT_SECRET": "an-invented-client-secret",
        "QUALTRICS_SHARED_KEYS": SHARED_KEY,
        "HEARTBEAT_URL": "https://monitor.example.org/an-invented-ping",
    }
    shown = repr(Settings.from_env({**GOOD, **also}))

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
