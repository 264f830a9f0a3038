CREATE TABLE notifications (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    ticket_id uuid NOT NULL REFERENCES tickets (id),
    kind text NOT NULL,
    -- The text, sealed.
    content bytea NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz
);

CREATE INDEX notifications_user ON notifications (user_id, id);
CREATE INDEX notifications_ticket ON notifications (ticket_id);

CREATE TABLE outbox (
    id uuid NOT NULL PRIMARY KEY,
    channel smallint NOT NULL CHECK (channel BETWEEN 1 AND 2),
    user_id uuid NOT NULL REFERENCES users (id),
    ticket_id uuid NOT NULL REFERENCES tickets (id),
    kind text NOT NULL,
    -- The text, sealed.
    content bytea NOT NULL,
    state text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE INDEX outbox_pending ON outbox (id) WHERE state = 'pending';
CREATE INDEX outbox_user ON outbox (user_id);
CREATE INDEX outbox_ticket ON outbox (ticket_id);
