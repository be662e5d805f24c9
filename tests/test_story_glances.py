"""What a phone's lock screen, a forwarded digest, or a page of one's own tells whoever glances."""

import re
from html import unescape
from pathlib import Path

from demo.mailbox import StoredMessage
from tests.test_compose import TELLING
from tests.world import JORDAN, REQUESTER, World, example_config, living

#: Who asked, as the world's requester filled it in.
REQUESTER_WORDS = ("jamie", "quill", "0199", "night float")
#: What they are and wish.
FACTS = ("physician", "nurse", "emergency medicine", "surgery", "same role", "specialty", "wish")
#: More than a phone shows of a mail that nobody opened.
SHOWN = 200


def told(mail: StoredMessage) -> str:
    """Return what a phone shows of a mail: its sender, its subject and how it begins.

    Mail programs show the beginning of the HTML, also where it is invisible.
    """
    body = mail.html.partition("<body")[2].partition(">")[2] or mail.text
    begins = unescape(re.sub(r"<!--.*?-->|<[^>]+>", " ", body, flags=re.S))
    return f"{mail.parsed['From']} {mail.subject} {' '.join(begins.split())[:SHOWN]}"


def words_in(text: str, words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word in text.lower()]


def own_page(world: World, supporter: str, reference: str) -> str:
    """Return what a supporter's own page says, which must say that the request is with them."""
    text = world.own_page(supporter).text
    assert reference in text
    return text


def test_who_glances_learns_neither_what_it_is_about_nor_who_asked(tmp_path: Path) -> None:
    with living(tmp_path, example_config(tmp_path, digest_at="08:00")) as world:
        reference = world.offered()
        supporter = world.asked(reference)
        world.open(world.mail(supporter)).choose("accepted")
        world.passes(minutes=6)
        matched = own_page(world, supporter, reference)
        world.passes(days=1)
        world.open(world.mail(supporter, reference)).choose("contacted")
        world.work()
        in_contact = own_page(world, supporter, reference)
        digest = world.mail(JORDAN, "1 open")

        for page in (matched, in_contact):
            assert words_in(page, (*REQUESTER_WORDS, *FACTS)) == []
        assert words_in(digest.text + digest.html, (*REQUESTER_WORDS, *FACTS)) == []
        assert reference not in digest.text
        board = world.open(digest).text
        assert reference in board
        assert words_in(board, REQUESTER_WORDS) == []

        assert len({mail.subject for mail in world.mailbox.messages}) > 5
        for mail in world.mailbox.messages:
            assert TELLING.search(told(mail)) is None, told(mail)
            assert words_in(told(mail), REQUESTER_WORDS) == []
            assert "Care Desk" in told(mail)


def test_a_browsers_history_tells_neither_which_request_nor_in_which_role(world: World) -> None:
    """A history keeps addresses and titles."""
    reference, supporter = world.matched()
    pages = [world.open(world.mails(who)[0]) for who in (REQUESTER, JORDAN, supporter)]
    pages.append(pages[1].choose("identity"))
    titles = {re.search(r"<title>(.+)</title>", page.answer.text)[1] for page in pages}  # type: ignore[index]
    assert titles == {"Your page – Care Desk"}
    shown = [page.answer.url.removeprefix(world.url) for page in pages]
    assert all(re.fullmatch(r"/page/\d{9}", address) for address in shown), shown
    assert reference in pages[1].text


def test_what_a_requester_is_asked_twice_stays_in_no_browsers_history(world: World) -> None:
    """The question stays there if they stop at it, the answer if they load the page again."""
    world.request()
    page = world.open(world.mails(REQUESTER)[0])
    seen = [page.choose(choice, sure="") for choice in ("withdrawn", "withdrawn_erased")]
    gone = page.choose("withdrawn_erased")
    seen += [gone, gone.again()]
    assert [one.status for one in seen] == [200] * 4
    assert "Are you sure" in seen[0].text
    assert "The request is withdrawn" in seen[3].text
    titles = {re.search(r"<title>(.+)</title>", one.answer.text)[1] for one in seen}  # type: ignore[index]
    assert titles == {"Your page – Care Desk"}
