CREATE TABLE ticket_history (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    ticket_id BLOB NOT NULL REFERENCES tickets (id),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    action TEXT NOT NULL,
    -- No foreign key: a token of an identity provider may name somebody who has no row here.
    performed_by BLOB NOT NULL CHECK (length(performed_by) = 16),
    -- The name of one who is not the customer, whose own is in the content.
    performed_by_name TEXT,
    -- The customer's name and the details, sealed.
    content BLOB NOT NULL,
    timestamp INTEGER NOT NULL,
    previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (ticket_id, sequence)
) STRICT;

CREATE INDEX ticket_history_performer ON ticket_history (performed_by, timestamp);
CREATE INDEX ticket_history_time ON ticket_history (timestamp);

CREATE TRIGGER ticket_history_no_update BEFORE UPDATE ON ticket_history BEGIN
    SELECT raise(ABORT, 'ticket_history is append-only');
END;

CREATE TRIGGER ticket_history_no_delete BEFORE DELETE ON ticket_history BEGIN
    SELECT raise(ABORT, 'ticket_history is append-only');
END;

-- INSERT OR REPLACE would delete the old row without asking the trigger above.
CREATE TRIGGER ticket_history_no_replace BEFORE INSERT ON ticket_history
WHEN EXISTS (SELECT 1 FROM ticket_history WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM ticket_history WHERE ticket_id = new.ticket_id AND sequence = new.sequence)
BEGIN
    SELECT raise(ABORT, 'ticket_history is append-only');
END;
