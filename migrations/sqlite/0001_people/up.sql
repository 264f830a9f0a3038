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
    name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    password_hash TEXT,
    created_at INTEGER NOT NULL
) STRICT;

-- Only those who log in with a password need an address of their own.
CREATE UNIQUE INDEX users_login ON users (email) WHERE password_hash IS NOT NULL;
CREATE INDEX users_customer ON users (email, created_at, id) WHERE email IS NOT NULL;

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
