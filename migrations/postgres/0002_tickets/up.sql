CREATE TABLE tickets (
    id uuid NOT NULL PRIMARY KEY,
    number_year integer NOT NULL,
    number_serial bigint NOT NULL CHECK (number_serial > 0),
    customer_id uuid NOT NULL REFERENCES users (id),
    -- The customer's name, e-mail address and telephone number, sealed.
    customer bytea NOT NULL,
    subject text NOT NULL,
    -- Sealed.
    description bytea NOT NULL,
    category smallint NOT NULL CHECK (category BETWEEN 0 AND 5),
    priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 3),
    status smallint NOT NULL CHECK (status BETWEEN 0 AND 4),
    assigned_to uuid REFERENCES agents (id),
    assigned_to_name text,
    department text COLLATE "C" REFERENCES departments (name) ON UPDATE CASCADE,
    escalated_to uuid REFERENCES agents (id),
    escalated_to_name text,
    -- Sealed.
    resolution bytea,
    resolved_at timestamptz,
    -- Names the performer of an action: a token of an identity provider may name somebody who has no row here.
    resolved_by uuid,
    -- The epoch stands for none, so that one index orders all tickets.
    last_message_at timestamptz NOT NULL,
    message_count bigint NOT NULL CHECK (message_count >= 0),
    -- A JSON array of texts; ticket_tags is its index.
    tags jsonb NOT NULL,
    first_response_at timestamptz,
    waiting boolean NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- The words by which the ticket is found, each with a space before it; ticket_search is their index. Of the customer's
    -- name there are keyed hashes alone.
    words text NOT NULL,
    -- The head of the ticket's hash chain: the last entry of ticket_history.
    history_sequence bigint NOT NULL,
    history_hash bytea NOT NULL CHECK (length(history_hash) = 32),
    CONSTRAINT tickets_number UNIQUE (number_year, number_serial)
)
-- Tickets change often and stay about as large: room on the page saves moving them.
WITH (fillfactor = 90);

-- A list is merged from one run for each status, since age and status go together: within one, whatever else is asked for
-- lies about evenly. Every order of lists ends with the id. A message moves a ticket in two of these.
CREATE INDEX tickets_created ON tickets (status, created_at, id);
CREATE INDEX tickets_updated ON tickets (status, updated_at, id);
CREATE INDEX tickets_last_message ON tickets (status, last_message_at, id);
CREATE INDEX tickets_rank ON tickets (status, priority, id);
CREATE INDEX tickets_priority ON tickets (status, priority, created_at, id);
CREATE INDEX tickets_category ON tickets (category, status, created_at, id);
CREATE INDEX tickets_department ON tickets (department, status, created_at, id);
CREATE INDEX tickets_customer ON tickets (customer_id, status, created_at, id);
CREATE INDEX tickets_assigned ON tickets (assigned_to, status, created_at, id) WHERE assigned_to IS NOT NULL;
CREATE INDEX tickets_escalated ON tickets (escalated_to, status, created_at, id) WHERE escalated_to IS NOT NULL;
CREATE INDEX tickets_unassigned ON tickets (status, created_at, id) WHERE assigned_to IS NULL;
CREATE INDEX tickets_waiting_department ON tickets (department, priority DESC, created_at, id) WHERE waiting;
CREATE INDEX tickets_waiting_category ON tickets (category, priority DESC, created_at, id)
    WHERE waiting AND department IS NULL;

-- Numbers come from one sequence for each year, so that transactions that create tickets do not wait for one another.
-- The first of a year makes its sequence; others who come meanwhile wait for it once.
CREATE FUNCTION next_ticket_number(wanted integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    numbers text := format('ticket_numbers_%s', wanted);
BEGIN
    IF to_regclass(numbers) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('support.ticket_numbers', wanted));
        EXECUTE format(
            'CREATE SEQUENCE IF NOT EXISTS %I START %s', numbers,
            (SELECT coalesce(max(number_serial), 0) + 1 FROM tickets WHERE number_year = wanted)
        );
    END IF;
    RETURN nextval(to_regclass(numbers));
END
$$;

-- Beside the tickets, so that a ticket that changes otherwise is not indexed by its words again.
CREATE TABLE ticket_search (
    ticket_id uuid NOT NULL PRIMARY KEY REFERENCES tickets (id),
    words tsvector NOT NULL
);

CREATE INDEX ticket_search_words ON ticket_search USING gin (words);

CREATE FUNCTION index_ticket_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ticket_search (ticket_id, words)
    VALUES (new.id, array_to_tsvector(string_to_array(ltrim(new.words, ' '), ' ')))
    ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words;
    RETURN NULL;
END
$$;

CREATE TRIGGER tickets_words_insert AFTER INSERT ON tickets
    FOR EACH ROW EXECUTE FUNCTION index_ticket_words();

CREATE TRIGGER tickets_words_update AFTER UPDATE OF words ON tickets
    FOR EACH ROW WHEN (new.words <> old.words) EXECUTE FUNCTION index_ticket_words();

CREATE TABLE ticket_tags (
    tag text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    ticket_id uuid NOT NULL REFERENCES tickets (id),
    PRIMARY KEY (tag, created_at, ticket_id)
);

CREATE INDEX ticket_tags_ticket ON ticket_tags (ticket_id);

CREATE FUNCTION index_ticket_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM ticket_tags WHERE ticket_id = new.id;
    END IF;
    INSERT INTO ticket_tags (tag, created_at, ticket_id)
    SELECT value, new.created_at, new.id FROM jsonb_array_elements_text(new.tags);
    RETURN NULL;
END
$$;

CREATE TRIGGER tickets_tags_insert AFTER INSERT ON tickets
    FOR EACH ROW WHEN (new.tags <> '[]') EXECUTE FUNCTION index_ticket_tags();

CREATE TRIGGER tickets_tags_update AFTER UPDATE OF tags ON tickets
    FOR EACH ROW WHEN (new.tags <> old.tags) EXECUTE FUNCTION index_ticket_tags();
