"""The page for everybody."""

from lib.languages.language import Language
from pages.examples.shown import Pages
from pages.examples.stage import Stage
from pages.facts.public import help as facts

FORM = "https://example.org/jfe/form/SV_example"


def help_page(stage: Stage, language: Language) -> Pages:
    yield "help", facts.page(stage.casebook, language, stage.now, FORM)
    yield "help, the form unknown", facts.page(stage.casebook, language, stage.now, "")
