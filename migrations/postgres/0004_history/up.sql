CREATE TABLE ticket_history (
    id uuid NOT NULL PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets (id),
    sequence bigint NOT NULL CHECK (sequence > 0),
    action text NOT NULL,
    -- No foreign key: a token of an identity provider may name somebody who has no row here.
    performed_by uuid NOT NULL,
    -- The name of one who is not the customer, whose own is in the content.
    performed_by_name text,
    -- The customer's name and the details, sealed.
    content bytea NOT NULL,
    timestamp timestamptz NOT NULL,
    previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    CONSTRAINT ticket_history_sequence UNIQUE (ticket_id, sequence)
);

CREATE INDEX ticket_history_performer ON ticket_history (performed_by, timestamp);
-- Entries arrive in the order of their times, so a summary of each run of pages finds them at next to no cost.
CREATE INDEX ticket_history_time ON ticket_history USING brin (timestamp);

CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ticket_history is append-only';
END
$$;

CREATE TRIGGER ticket_history_no_change BEFORE UPDATE OR DELETE ON ticket_history
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

CREATE TRIGGER ticket_history_no_truncate BEFORE TRUNCATE ON ticket_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change();
