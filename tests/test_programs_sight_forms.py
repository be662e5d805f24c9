"""What a form asks decides who reads its responses: a coordinator agrees before that changes."""

from pathlib import Path

from casebook.sight.gains import gains
from demo.prepare import add_nominations
from program import Program
from program.changes import changes
from tests.program_folder import Folder

FORM = "survey.toml"
REQUESTS, NOMINATIONS = "SV_8peerSupport01", "SV_8nominate0001"


def test_a_form_for_requests_becomes_one_for_nominations_only_with_a_yes(tmp_path: Path) -> None:
    """Then whoever asks for support would stand on the page of all coordinators."""
    folder = Folder(tmp_path)
    add_nominations(folder.path / FORM)
    before = Program.load(folder.path)
    folder.change(FORM, REQUESTS, "SV_8swapped00001")
    folder.change(FORM, NOMINATIONS, REQUESTS)
    after = Program.load(folder.path)
    what = f"Nominate a peer supporter: what its responses mean would change (survey {REQUESTS})"
    assert what in {one.what for one in gains(before, after)}
    assert any("what it asks" in line for line in changes(before, after, {}))


def test_who_named_somebody_is_read_only_with_a_yes(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    add_nominations(folder.path / FORM)
    before = Program.load(folder.path)
    folder.change(
        FORM, '2 = "no"\n"Yes" = "yes"\n"No" = "no"', '2 = "yes"\n"Yes" = "yes"\n"No" = "no"'
    )
    (found,) = gains(before, Program.load(folder.path))
    assert "another answer would say who is named, and by whom" in found.what
