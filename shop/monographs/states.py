"""The states of a monograph's revision and the kinds of its statements. Pure."""

from enum import StrEnum


class RevisionState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class ClaimKind(StrEnum):
    """How a statement stands on the page; a table has columns and rows."""

    PARAGRAPH = "paragraph"
    ITEM = "item"
    ASIDE = "aside"
    TABLE = "table"
