"""Tables in which a pill is found by its appearance; written by `service.set_appearance` alone."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Key


class VariantAppearance(Base):
    """The appearance of one strength in comparable words; None where the record is silent."""

    __tablename__ = "variant_appearance"
    __table_args__ = (  # each ends in the id, so that the first few of many are read in order and no more
        Index("ix_variant_appearance_shape", "shape", "variant_id"),
        Index("ix_variant_appearance_shape_color", "shape", "color", "variant_id"),
        Index("ix_variant_appearance_shape_color2", "shape", "color2", "variant_id"),
        Index("ix_variant_appearance_color", "color", "variant_id"),
        Index("ix_variant_appearance_color2", "color2", "variant_id"),
    )

    variant_id: Mapped[int] = mapped_column(
        Key, ForeignKey("variant.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    imprint: Mapped[str | None] = mapped_column(String(60), index=True)  # folded as in rules.py
    shape: Mapped[str | None] = mapped_column(String(20))  # a capsule's is "capsule"
    color: Mapped[str | None] = mapped_column(String(12))  # a family of terms.py
    color2: Mapped[str | None] = mapped_column(String(12))


class ImprintWord(Base):
    """One word of an imprint: a person may begin on either side, or read only one."""

    __tablename__ = "imprint_word"

    word: Mapped[str] = mapped_column(String(60), primary_key=True)
    variant_id: Mapped[int] = mapped_column(
        Key, ForeignKey("variant.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
