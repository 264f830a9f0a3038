CREATE TABLE messages (
    id uuid NOT NULL PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets (id),
    sequence bigint NOT NULL CHECK (sequence > 0),
    -- No foreign key: a token of an identity provider may name somebody who has no row here.
    sender_id uuid NOT NULL,
    -- The name of one who is not the customer, whose own is in the content.
    sender_name text,
    sender_type smallint NOT NULL CHECK (sender_type BETWEEN 0 AND 2),
    -- The customer's name, the text, and a JSON array of attachments, sealed.
    content bytea NOT NULL,
    -- No foreign key: the sender's own name for the message.
    client_message_id text COLLATE "C",
    is_read boolean NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT messages_sequence UNIQUE (ticket_id, sequence)
);

CREATE UNIQUE INDEX messages_client_id ON messages (ticket_id, sender_id, client_message_id)
    WHERE client_message_id IS NOT NULL;
CREATE INDEX messages_unread ON messages (ticket_id, sender_type, sequence) WHERE NOT is_read;
CREATE INDEX messages_sender ON messages (sender_id, created_at);
-- Messages arrive in the order of their times, so a summary of each run of pages finds them at next to no cost.
CREATE INDEX messages_created ON messages USING brin (created_at);
