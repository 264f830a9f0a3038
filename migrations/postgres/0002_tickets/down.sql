DROP TABLE ticket_tags;
DROP TABLE ticket_search;
DO $$
DECLARE
    numbers regclass;
BEGIN
    FOR numbers IN
        SELECT oid FROM pg_class
        WHERE relkind = 'S' AND relname ~ '^ticket_numbers_[0-9]+$' AND relnamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('DROP SEQUENCE %s', numbers);
    END LOOP;
END
$$;
DROP FUNCTION next_ticket_number;
DROP TABLE tickets;
DROP FUNCTION index_ticket_tags;
DROP FUNCTION index_ticket_words;
