"""The floor: a bare Flask view that returns a string of a given length."""

from flask import Flask

app = Flask(__name__)


@app.route("/<int:length>")
def page(length: int) -> str:
    return "x" * length
