"""Visit types are data: a municipality adds its own without a programmer."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base


class VisitType(Base):
    """A kind of visit (hane, esnaf, taziye …). Its form names it; what happens in it is in the form."""

    __tablename__ = "visit_type"

    code: Mapped[str] = mapped_column(String(50), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
