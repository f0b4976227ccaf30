"""`make revision MESSAGE="…"`: writes the revision that brings the migrations up to the tables as they stand.

The comparison is made on PostgreSQL, which knows more kinds of things than SQLite, in a cluster that is thrown away.
Read what it wrote before you commit it: a renamed column looks to it like one dropped and one added.
"""

import subprocess
import sys
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from foundation.migrating import MIGRATIONS, configuration, migrate
from setup.throw_away_postgresql import throw_away_cluster


def write_revision(message: str) -> None:
    """Write the next revision file into `migrations/versions`, named by its number."""
    number = len(list((MIGRATIONS / "versions").glob("*.py"))) + 1
    with throw_away_cluster() as cluster:
        migrate(cluster.url())
        engine = create_engine(cluster.url())
        with engine.begin() as connection:
            config = configuration(connection)
            config.attributes["compares"] = True
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        engine.dispose()
    _tidy(next((MIGRATIONS / "versions").glob(f"{number:04}_*.py")))


def _tidy(revision: Path) -> None:
    """Take Alembic's own remarks out and put the imports and lines into our order."""
    lines = revision.read_text(encoding="utf-8").splitlines(keepends=True)
    revision.write_text("".join(line for line in lines if not line.lstrip().startswith("# ###")), encoding="utf-8")
    for arguments in (["check", "--fix", "--quiet", "--select=I"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *arguments, revision], check=True)
    print(revision)


if __name__ == "__main__":
    write_revision(sys.argv[1])
