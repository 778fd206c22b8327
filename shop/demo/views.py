"""What only a demonstration answers: a prescription to send, dated when it is asked for."""

from datetime import date

from flask import Blueprint, Response

from shop.access import public
from shop.clock import DAY, today
from shop.demo.life.people import PRACTICES
from shop.demo.papers import Paper, photographed
from shop.demo.patients import PEOPLE
from shop.errors import NotFound
from shop.web import settings

blueprint = Blueprint("demo", __name__)


@blueprint.get("/demo/sample-prescription.jpg")
@public
def sample() -> Response:
    """The demo customer's baclofen, written yesterday. A production store has none."""
    if settings().is_production:
        raise NotFound("We couldn’t find this page.", "Go to the home page.")
    answer = Response(photographed(sample_paper(today())).jpeg, mimetype="image/jpeg")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def sample_paper(day: date) -> Paper:
    """What stands on it on that day."""
    practice, (name, born, _, _) = PRACTICES[0], PEOPLE[0]
    return Paper(
        practice,
        name,
        born,
        day - DAY,
        "Baclofen 10 mg tablets",
        "90 (ninety)",
        "3 (three)",
        "1 tablet three times a day",
        style=4,
    )


BLUEPRINTS = (blueprint,)
