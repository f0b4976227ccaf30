"""Fills the tables with submissions by plain SQL, so that the intake can be measured on a large table.

The rows have the same columns, sizes and indexes as real ones, with random instance ids; they did not go through the
intake, which would take minutes, and nobody looks at them.
"""

from sqlalchemy import create_engine, text

_POSTGRESQL = """
WITH made AS (
  INSERT INTO submission (id, instance_id, xml_sha256, form_id, form_version, form_version_id, visit_type, user_id,
    team_id, device_id, received_at, visited_at, visited_on, lon, lat, accuracy_m, place, mahalle_id, possible_mahalle,
    result, person_name, address, search_key, remarks, flags, review, photos_expected, photos_received, request_count)
  SELECT ('018f' || substr(md5(n::text), 1, 4) || '-0000-7000-8000-' || substr(md5(n::text || 'b'), 1, 12))::uuid,
    'uuid:' || gen_random_uuid(), md5(n::text) || md5(n::text), 'hane', v.version, v.id, 'hane', u.id, u.team_id,
    'collect:fill', now() - n * interval '1 minute', now() - n * interval '1 minute',
    (now() - n * interval '1 minute')::date,
    29.2 + random() * 0.02, 41.0 + random() * 0.01, 8, 'inside', m.id, '[]', 'Görüşüldü', 'Örnek Kişi ' || n,
    'Örnek Sokak ' || n, 'ornek kisi ' || n, '[]', '', 'none', 0, 0, 0
  FROM generate_series(1, :rows) AS n,
    (SELECT id, version FROM form_version WHERE form_id = 'hane' LIMIT 1) AS v,
    (SELECT id, team_id FROM user_account WHERE username = 'saha') AS u,
    (SELECT id FROM mahalle LIMIT 1) AS m
  RETURNING id, team_id
), documents AS (
  INSERT INTO submission_document (submission_id, xml) SELECT id, decode(repeat(md5(id::text), 50), 'hex') FROM made
)
INSERT INTO feed (area, kind, entity_id, sequence, is_removed)
  SELECT 'team:' || team_id, 'submission', id, row_number() OVER (), false FROM made
"""


def fill_submissions(database_url: str, rows: int) -> None:
    """Add `rows` submissions (PostgreSQL only) and bring the statistics up to date."""
    if not database_url.startswith("postgresql"):
        return
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text(_POSTGRESQL), {"rows": rows})
        connection.execute(text("UPDATE sequence_counter SET feed_sequence = :rows"), {"rows": rows})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))
    engine.dispose()
