CREATE TABLE messages (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    ticket_id BLOB NOT NULL REFERENCES tickets (id),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    -- No foreign key: a token of an identity provider may name somebody who has no row here.
    sender_id BLOB NOT NULL CHECK (length(sender_id) = 16),
    -- The name of one who is not the customer, whose own is in the content.
    sender_name TEXT,
    sender_type INTEGER NOT NULL CHECK (sender_type BETWEEN 0 AND 2),
    -- The customer's name, the text, and a JSON array of attachments, sealed.
    content BLOB NOT NULL,
    -- No foreign key: the sender's own name for the message.
    client_message_id TEXT,
    is_read INTEGER NOT NULL CHECK (is_read IN (0, 1)),
    created_at INTEGER NOT NULL,
    UNIQUE (ticket_id, sequence)
) STRICT;

CREATE UNIQUE INDEX messages_client_id ON messages (ticket_id, sender_id, client_message_id)
    WHERE client_message_id IS NOT NULL;
CREATE INDEX messages_unread ON messages (ticket_id, sender_type, sequence) WHERE NOT is_read;
CREATE INDEX messages_sender ON messages (sender_id, created_at);
CREATE INDEX messages_created ON messages (created_at);
