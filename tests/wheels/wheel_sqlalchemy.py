# wheel: sqlalchemy
"""Tables, queries, objects."""
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
engine = sa.create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([User(name="b"), User(name="a")])
    session.commit()
    print([(user.id, user.name) for user in session.scalars(sa.select(User).order_by(User.name))])
    print(session.execute(sa.select(sa.func.count()).select_from(User)).scalar_one(), sa.select(User).where(User.name == "x"))
