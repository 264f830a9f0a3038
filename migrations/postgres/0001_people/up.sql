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
    name text NOT NULL,
    email text COLLATE "C",
    phone text,
    password_hash text,
    created_at timestamptz NOT NULL
);

-- Only those who log in with a password need an address of their own.
CREATE UNIQUE INDEX users_login ON users (email) WHERE password_hash IS NOT NULL;
CREATE INDEX users_customer ON users (email, created_at, id) WHERE email IS NOT NULL;

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
