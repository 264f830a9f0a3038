CREATE TABLE notifications (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    ticket_id BLOB NOT NULL REFERENCES tickets (id),
    kind TEXT NOT NULL,
    -- The text, sealed.
    content BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER
) STRICT;

CREATE INDEX notifications_user ON notifications (user_id, id);
CREATE INDEX notifications_ticket ON notifications (ticket_id);

CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    channel INTEGER NOT NULL CHECK (channel BETWEEN 1 AND 2),
    user_id BLOB NOT NULL REFERENCES users (id),
    ticket_id BLOB NOT NULL REFERENCES tickets (id),
    kind TEXT NOT NULL,
    -- The text, sealed.
    content BLOB NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_pending ON outbox (id) WHERE state = 'pending';
CREATE INDEX outbox_user ON outbox (user_id);
CREATE INDEX outbox_ticket ON outbox (ticket_id);
