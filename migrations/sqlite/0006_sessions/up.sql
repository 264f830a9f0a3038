CREATE TABLE refresh_tokens (
    hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    -- No foreign key: names the login from which these tokens descend, which has no row of its own.
    session_id BLOB NOT NULL CHECK (length(session_id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT;

CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE idempotency_keys (
    -- No foreign key: a token of an identity provider may name somebody who has no row here.
    actor_id BLOB NOT NULL CHECK (length(actor_id) = 16),
    -- The keyed hash of the key, which is the client's own text.
    key BLOB NOT NULL CHECK (length(key) = 32),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    -- A key is claimed before its ticket is made.
    ticket_id BLOB NOT NULL REFERENCES tickets (id) DEFERRABLE INITIALLY DEFERRED,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (actor_id, key)
) STRICT;

CREATE INDEX idempotency_keys_ticket ON idempotency_keys (ticket_id);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
