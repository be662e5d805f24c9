"""All that a database holds, to be compared before and after."""

from store.database import Store

#: What a worker writes of itself.
ITS_OWN = ("workers", "heartbeats")


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables, as they lie there, but for a worker's own traces."""
    db = store.read()
    found = db.execute(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
    )
    names = [name for (name,) in found.fetchall() if name not in ITS_OWN]
    return {
        name: sorted(map(tuple, db.execute(f"select * from {name}").fetchall()), key=str)  # noqa: S608
        for name in names
    }
