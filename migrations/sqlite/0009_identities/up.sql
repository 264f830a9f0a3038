CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject),
    -- One person has one name at an issuer: another one with the same address is somebody else.
    UNIQUE (user_id, issuer)
) STRICT, WITHOUT ROWID;
