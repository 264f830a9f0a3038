CREATE TABLE refresh_tokens (
    hash bytea NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    -- No foreign key: names the login from which these tokens descend, which has no row of its own.
    session_id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    state text NOT NULL
);

CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE idempotency_keys (
    -- No foreign key: a token of an identity provider may name somebody who has no row here.
    actor_id uuid NOT NULL,
    -- The keyed hash of the key, which is the client's own text.
    key bytea NOT NULL CHECK (length(key) = 32),
    fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
    -- A key is claimed before its ticket is made.
    ticket_id uuid NOT NULL REFERENCES tickets (id) DEFERRABLE INITIALLY DEFERRED,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (actor_id, key)
);

CREATE INDEX idempotency_keys_ticket ON idempotency_keys (ticket_id);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
