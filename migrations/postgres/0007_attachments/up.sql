-- What is known of uploaded files. Their bytes are kept elsewhere, under their ids.
CREATE TABLE attachments (
    id uuid NOT NULL PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets (id),
    -- No foreign key: a token of an identity provider may name somebody who has no row here.
    uploaded_by uuid NOT NULL,
    -- Its name, SHA-256 of its bytes and the key that seals them, sealed.
    content bytea NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    state text NOT NULL,
    message_id uuid REFERENCES messages (id),
    created_at timestamptz NOT NULL,
    CONSTRAINT attachments_sent CHECK ((state = 'sent') = (message_id IS NOT NULL))
);

CREATE INDEX attachments_ticket ON attachments (ticket_id);
CREATE INDEX attachments_message ON attachments (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX attachments_uploader ON attachments (uploaded_by, state);
CREATE INDEX attachments_state ON attachments (state, created_at, id);
