"""Walk through a page with the Tab key alone."""

from tests.browser.looking import Looker, Seen

#: Everything that does something. Of a group of radio buttons Tab reaches one; arrows the others.
STOPS = """() => {
  const found = 'a[href], button, summary, select, textarea, input:not([type=hidden])';
  const stops = [...document.querySelectorAll(found)].filter(e => e.checkVisibility());
  const groups = new Set();
  const kept = stops.filter(e => {
    if (e.type !== 'radio') return true;
    const forms = [...document.forms];
    const group = forms.indexOf(e.form) + '/' + e.name;
    return !groups.has(group) && groups.add(group);
  });
  window.stops = kept;
  document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex');
  window.scrollTo(0, 0);
  return kept.length;
}"""
HERE = """() => {
  const e = document.activeElement;
  const place = window.stops.findIndex(one => one === e ||
    (e.type === 'radio' && one.type === 'radio' && one.name === e.name && one.form === e.form));
  const box = e.getBoundingClientRect();
  const isSeen = box.bottom > 0 && box.top < innerHeight
    && (['date', 'time'].includes(e.type) || getComputedStyle(e).outlineStyle !== 'none');
  return [place, isSeen, e.innerText || e.name || e.tagName];
}"""
#: A date has a stop for its day, its month, its year and its calendar, and a time as many.
MOST_WITHIN = 24
NAMES = "() => window.stops.map(e => e.innerText || e.name || e.tagName)"


def unreached(looker: Looker, seen: Seen) -> list[str]:
    """Return what Tab does not reach, in its order and where it is seen."""
    looker.shows(seen)
    page = looker.page
    count, found = page.evaluate(STOPS), list[str]()
    reached = set[int]()
    last = -1
    for _ in range(count + MOST_WITHIN):
        if last == count - 1:
            break
        page.keyboard.press("Tab")
        place, is_seen, name = page.evaluate(HERE)
        if place < last:
            found.append(f"Tab goes back to {name}")
        if not is_seen:
            found.append(f"Tab does not show that it is at {name}")
        reached.add(place)
        last = place
    names = page.evaluate(NAMES)
    return found + [f"Tab never reaches {names[n]}" for n in range(count) if n not in reached]
