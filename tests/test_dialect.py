"""How our statements are spelled for PostgreSQL."""

import pytest

from store.engines import dialect


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("select ? where a = :name", "select %s where a = %(name)s"),
        ("select '?:x%' || a::text", "select '?:x%%' || a::text"),
        (
            "id in (select value from json_each(?))",
            "id in (select jsonb_array_elements_text(%s::jsonb)::bigint)",
        ),
        ("a like 'x''?%'", "a like 'x''?%%'"),
    ],
)
def test_statements_are_spelled_as_the_server_reads_them(ours: str, theirs: str) -> None:
    assert dialect.query(ours) == theirs
