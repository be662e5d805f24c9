"""The yardstick: a Flask app that answers 200 and does nothing else."""

from flask import Flask

app = Flask(__name__)


@app.post("/webhooks/qualtrics/events")
def answer() -> str:
    return ""
