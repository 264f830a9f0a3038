DROP TABLE ticket_search;
DROP TABLE ticket_tags;
DROP TABLE ticket_counters;
DROP TABLE tickets;
