"""The states of a monograph's revision. Pure."""

from enum import StrEnum


class RevisionState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"
