CREATE TABLE tickets (
    -- The search index and every other index name rows by this number, which VACUUM must not change.
    row_id INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    number_year INTEGER NOT NULL,
    number_serial INTEGER NOT NULL CHECK (number_serial > 0),
    customer_id BLOB NOT NULL REFERENCES users (id),
    -- The customer's name, e-mail address and telephone number, sealed.
    customer BLOB NOT NULL,
    subject TEXT NOT NULL,
    -- Sealed.
    description BLOB NOT NULL,
    category INTEGER NOT NULL CHECK (category BETWEEN 0 AND 5),
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),
    status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 4),
    assigned_to BLOB REFERENCES agents (id),
    assigned_to_name TEXT,
    department TEXT REFERENCES departments (name) ON UPDATE CASCADE,
    escalated_to BLOB REFERENCES agents (id),
    escalated_to_name TEXT,
    -- Sealed.
    resolution BLOB,
    resolved_at INTEGER,
    -- Names the performer of an action: a token of an identity provider may name somebody who has no row here.
    resolved_by BLOB,
    -- The epoch stands for none, so that one index orders all tickets.
    last_message_at INTEGER NOT NULL,
    message_count INTEGER NOT NULL CHECK (message_count >= 0),
    -- A JSON array of texts; ticket_tags is its index.
    tags TEXT NOT NULL,
    first_response_at INTEGER,
    waiting INTEGER NOT NULL CHECK (waiting IN (0, 1)),
    version INTEGER NOT NULL CHECK (version > 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- The words by which the ticket is found, each with a space before it; ticket_search is their index. Of the customer's
    -- name there are keyed hashes alone.
    words TEXT NOT NULL,
    -- The head of the ticket's hash chain: the last entry of ticket_history.
    history_sequence INTEGER NOT NULL,
    history_hash BLOB NOT NULL CHECK (length(history_hash) = 32),
    UNIQUE (number_year, number_serial)
) STRICT;

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

CREATE TABLE ticket_counters (
    year INTEGER NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

CREATE TABLE ticket_tags (
    tag TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ticket_id BLOB NOT NULL REFERENCES tickets (id),
    PRIMARY KEY (tag, created_at, ticket_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ticket_tags_ticket ON ticket_tags (ticket_id);

CREATE TRIGGER tickets_tags_insert AFTER INSERT ON tickets WHEN new.tags <> '[]' BEGIN
    INSERT INTO ticket_tags (tag, created_at, ticket_id)
    SELECT value, new.created_at, new.id FROM json_each(new.tags);
END;

CREATE TRIGGER tickets_tags_update AFTER UPDATE OF tags ON tickets WHEN new.tags <> old.tags BEGIN
    DELETE FROM ticket_tags WHERE ticket_id = new.id;
    INSERT INTO ticket_tags (tag, created_at, ticket_id)
    SELECT value, new.created_at, new.id FROM json_each(new.tags);
END;

-- Words hold letters and digits alone and come in lower case, so this tokenizer splits at the spaces between them.
CREATE VIRTUAL TABLE ticket_search USING fts5 (
    words,
    content = 'tickets',
    content_rowid = 'row_id',
    tokenize = 'ascii',
    prefix = '1 2 3 4',
    detail = none,
    columnsize = 0
);

CREATE TRIGGER tickets_search_insert AFTER INSERT ON tickets BEGIN
    INSERT INTO ticket_search (rowid, words) VALUES (new.row_id, new.words);
END;

CREATE TRIGGER tickets_search_update AFTER UPDATE OF words ON tickets WHEN new.words <> old.words BEGIN
    INSERT INTO ticket_search (ticket_search, rowid, words) VALUES ('delete', old.row_id, old.words);
    INSERT INTO ticket_search (rowid, words) VALUES (new.row_id, new.words);
END;
