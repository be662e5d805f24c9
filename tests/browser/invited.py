"""The pages of those who are asked something outside of any request, and of who asks them."""

from collections.abc import Iterator
from datetime import timedelta

from tests.nominating import ABOUT_ME, ALEX, SAM_LEE, Nominating, in_training, plan
from tests.reaching_out import PEOPLE, PLANNED, asked_to_session
from tests.referring import KIM, Referring
from tests.world import JORDAN, SAM, Page, World

Stops = Iterator[tuple[str, Page]]


def nominees(world: World) -> Stops:
    nominating = Nominating.begin(world)
    nominating.nominate(by="Pat Doe", may_name=True)
    asked = world.open(world.mail(SAM_LEE))
    yield "nominee-asked", asked
    yield "nominee-chose-nothing", asked.choose("")
    yield "nominee-said-no", asked.choose("no")
    willing = asked.choose("yes")
    yield "nominee-said-yes", willing
    yield "nominee-wrote-too-little", willing.choose("about_me", name="Samantha Lee")
    yield "nominee-told", willing.choose("about_me", **ABOUT_ME)
    nominating.nominate("Alex Moore", "alex.moore@elsewhere.example.com")
    nominating.nominate("Robin Vale", "robin.vale@example.org")
    page = nominating.nominees(JORDAN)
    yield "nominees", page
    sam = page.values("nominee")[0]
    yield "nominees-asked-twice", page.choose("invite", nominee=sam, sure="")
    yield "nominees-invited", page.choose("invite", nominee=sam)
    yield "nominee-invited", willing.again()
    page.choose("ready", nominee=sam)
    world.work()
    yield "nominee-ready", willing.again()
    yield "newcomers", world.open(world.mail(SAM, "edit your files"))


def referral(world: World) -> Stops:
    referring = Referring.begin(world)
    referring.refer()
    asked = world.open(world.mail(KIM))
    yield "referral-asked", asked
    yield "referral-chose-nothing", asked.choose("")
    yield "referral-said-no", asked.choose("no")
    yield "referral-asked-twice", asked.choose("never", sure="")
    yield "referral-said-yes", asked.choose("yes")
    yield "referral-never-again", asked.choose("never")


def outreach(world: World) -> Stops:
    page = world.own_page(JORDAN).person.look(f"{world.url}/outreach")
    yield "outreach-none", page
    yield "outreach-no-address", page.choose("", unit="Pharmacy", addresses="someone")
    yield "outreach-sure", page.choose("", unit="Pharmacy", addresses=KIM, sure="")
    several = "\n".join([KIM, *PEOPLE[:4]])
    yield "outreach-begun", page.choose("", unit="Pharmacy", addresses=several)
    world.work()
    asked = world.open(world.mail(KIM))
    yield "outreach-asked", asked
    yield "outreach-said-yes", asked.choose("yes")
    group = page.again()
    planned = PLANNED | {"group": group.values("group")[0]}
    yield "outreach-no-place", group.choose("invite", **(planned | {"place": ""}))
    yield "outreach-session-sure", group.choose("invite", **planned, sure="")
    yield "outreach-session", group.choose("invite", **planned)
    world.work()
    guest = asked_to_session(world, KIM)
    yield "group-session-asked", guest
    yield "group-session-coming", guest.choose("yes")
    yield "group-session-no", guest.choose("no")
    yield "outreach-cancel-sure", group.choose("cancel", group=planned["group"], sure="")
    yield "outreach-canceled", group.choose("cancel", group=planned["group"])
    yield "group-session-canceled", guest.again()


def trainings(world: World) -> Stops:
    nominating = Nominating.begin(world)
    plan(world, "first", "lunch-and-learn", "2026-12-01", seats=1)
    in_training(nominating)
    in_training(nominating, ALEX)
    asked = world.open(world.mail(SAM_LEE, "can you come"))
    yield "session-asked", asked
    yield "session-seat", asked.choose("yes")
    yield "session-waiting", world.open(world.mail(ALEX, "can you come")).choose("yes")
    yield "session-no", asked.choose("no")
    page = nominating.nominees(JORDAN)
    yield "sessions", page.person.look(f"{world.url}/trainings")
    yield "nominees-in-training", page.again()
    world.clock.now += timedelta(days=9)
    world.work()
    yield "session-over", asked.again()
    led = world.open(world.mail(JORDAN, "who came?"))
    yield "sessions-who-came", led
    yield "sessions-chose-nothing", led.choose("")
    yield "sessions-recorded", led.choose("attendance", session="first", came=led.values("came"))
