-- What is known of uploaded files. Their bytes are kept elsewhere, under their ids.
CREATE TABLE attachments (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    ticket_id BLOB NOT NULL REFERENCES tickets (id),
    -- No foreign key: a token of an identity provider may name somebody who has no row here.
    uploaded_by BLOB NOT NULL CHECK (length(uploaded_by) = 16),
    -- Its name, SHA-256 of its bytes and the key that seals them, sealed.
    content BLOB NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size > 0),
    state TEXT NOT NULL,
    message_id BLOB REFERENCES messages (id),
    created_at INTEGER NOT NULL,
    CHECK ((state = 'sent') = (message_id IS NOT NULL))
) STRICT;

CREATE INDEX attachments_ticket ON attachments (ticket_id);
CREATE INDEX attachments_message ON attachments (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX attachments_uploader ON attachments (uploaded_by, state);
CREATE INDEX attachments_state ON attachments (state, created_at, id);
