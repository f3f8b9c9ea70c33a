"""Who has worked on which tickets (已办): whatever staff enter into a timeline is work."""

# A part of the statement that enters. In the order of the key, so that replicas wait for one
# another and do not deadlock.
WORK_BESIDE = (
    "worked AS (INSERT INTO ticket_workers AS known (person_id, ticket_id, last_at) "
    "SELECT author_id, ticket_id, max(created_at) FROM new "
    "WHERE author_kind = 'agent' AND author_id IS NOT NULL "
    "GROUP BY author_id, ticket_id ORDER BY author_id, ticket_id "
    "ON CONFLICT (person_id, ticket_id) DO UPDATE SET last_at = excluded.last_at "
    "WHERE known.last_at < excluded.last_at)"
)
