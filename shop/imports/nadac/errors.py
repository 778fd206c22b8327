"""The refusal of a price survey's file."""

from shop.errors import DomainError


class SurveyRefused(DomainError):
    """A file that is no price survey, or not one that can be read safely. Nothing was written."""

    code = "survey_refused"
