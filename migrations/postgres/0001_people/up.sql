-- Closed sets are ranks (their order in the domain). Texts compare by bytes, as SQLite and Rust compare them.

CREATE TABLE departments (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    -- The name in lower case, by which departments are told apart.
    name_key text COLLATE "C" NOT NULL UNIQUE,
    description text NOT NULL,
    tier smallint NOT NULL CHECK (tier BETWEEN 1 AND 3)
);

CREATE TABLE department_categories (
    category smallint NOT NULL PRIMARY KEY CHECK (category BETWEEN 0 AND 5),
    department_id uuid NOT NULL REFERENCES departments (id)
);

CREATE INDEX department_categories_department ON department_categories (department_id);

CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    role smallint NOT NULL CHECK (role BETWEEN 0 AND 2),
    -- Name, e-mail address and telephone number, sealed.
    person bytea NOT NULL,
    -- The keyed hash of the e-mail address, by which a user is found.
    email_index bytea CHECK (length(email_index) = 32),
    password_hash text,
    created_at timestamptz NOT NULL
);

-- Only those who log in with a password need an address of their own.
CREATE UNIQUE INDEX users_login ON users (email_index) WHERE password_hash IS NOT NULL;
CREATE INDEX users_customer ON users (email_index, created_at, id) WHERE email_index IS NOT NULL;

-- The keys that protect data keys and rows, each sealed by a key that comes from the master key, which is kept elsewhere. A
-- new key is first made known to every process and only then used; of those in use the newest is.
CREATE TABLE encryption_keys (
    id integer NOT NULL PRIMARY KEY CHECK (id > 0),
    sealed bytea NOT NULL,
    in_use boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Each user's own key. Erasing somebody replaces theirs: what the old one sealed can never be read again.
CREATE TABLE data_keys (
    owner_id uuid NOT NULL PRIMARY KEY REFERENCES users (id),
    -- How often it was replaced.
    generation integer NOT NULL CHECK (generation >= 0),
    encryption_key integer NOT NULL REFERENCES encryption_keys (id),
    sealed bytea NOT NULL
);

CREATE INDEX data_keys_encryption_key ON data_keys (encryption_key);

CREATE TABLE agents (
    id uuid NOT NULL PRIMARY KEY REFERENCES users (id),
    name text NOT NULL,
    email text COLLATE "C" NOT NULL UNIQUE,
    phone text,
    department text COLLATE "C" NOT NULL REFERENCES departments (name) ON UPDATE CASCADE,
    tier smallint NOT NULL CHECK (tier BETWEEN 1 AND 3),
    active_tickets integer NOT NULL CHECK (active_tickets >= 0),
    status smallint NOT NULL CHECK (status BETWEEN 0 AND 2),
    busy_by_load boolean NOT NULL,
    capacity integer NOT NULL CHECK (capacity >= 0),
    last_assigned_at timestamptz,
    created_at timestamptz NOT NULL
);

CREATE INDEX agents_department ON agents (department, status);
CREATE INDEX agents_status ON agents (status, id);
