-- Ids are 16-byte blobs, times are microseconds since the Unix epoch, closed sets are ranks (their order in the domain).

CREATE TABLE departments (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL UNIQUE,
    -- The name in lower case, by which departments are told apart.
    name_key TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    tier INTEGER NOT NULL CHECK (tier BETWEEN 1 AND 3)
) STRICT;

CREATE TABLE department_categories (
    category INTEGER NOT NULL PRIMARY KEY CHECK (category BETWEEN 0 AND 5),
    department_id BLOB NOT NULL REFERENCES departments (id)
) STRICT;

CREATE INDEX department_categories_department ON department_categories (department_id);

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 2),
    -- Name, e-mail address and telephone number, sealed.
    person BLOB NOT NULL,
    -- The keyed hash of the e-mail address, by which a user is found.
    email_index BLOB CHECK (length(email_index) = 32),
    password_hash TEXT,
    created_at INTEGER NOT NULL
) STRICT;

-- Only those who log in with a password need an address of their own.
CREATE UNIQUE INDEX users_login ON users (email_index) WHERE password_hash IS NOT NULL;
CREATE INDEX users_customer ON users (email_index, created_at, id) WHERE email_index IS NOT NULL;

-- The keys that protect data keys and rows, each sealed by a key that comes from the master key, which is kept elsewhere. A
-- new key is first made known to every process and only then used; of those in use the newest is.
CREATE TABLE encryption_keys (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id > 0),
    sealed BLOB NOT NULL,
    in_use INTEGER NOT NULL CHECK (in_use IN (0, 1)),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000000 AS INTEGER))
) STRICT;

-- Each user's own key. Erasing somebody replaces theirs: what the old one sealed can never be read again.
CREATE TABLE data_keys (
    owner_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id),
    -- How often it was replaced.
    generation INTEGER NOT NULL CHECK (generation >= 0),
    encryption_key INTEGER NOT NULL REFERENCES encryption_keys (id),
    sealed BLOB NOT NULL
) STRICT;

CREATE INDEX data_keys_encryption_key ON data_keys (encryption_key);

CREATE TABLE agents (
    id BLOB NOT NULL PRIMARY KEY REFERENCES users (id) CHECK (length(id) = 16),
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    phone TEXT,
    department TEXT NOT NULL REFERENCES departments (name) ON UPDATE CASCADE,
    tier INTEGER NOT NULL CHECK (tier BETWEEN 1 AND 3),
    active_tickets INTEGER NOT NULL CHECK (active_tickets >= 0),
    status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 2),
    busy_by_load INTEGER NOT NULL CHECK (busy_by_load IN (0, 1)),
    capacity INTEGER NOT NULL CHECK (capacity >= 0),
    last_assigned_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX agents_department ON agents (department, status);
CREATE INDEX agents_status ON agents (status, id);
