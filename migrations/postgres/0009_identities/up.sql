CREATE TABLE identities (
    issuer text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject),
    -- One person has one name at an issuer: another one with the same address is somebody else.
    UNIQUE (user_id, issuer)
);
