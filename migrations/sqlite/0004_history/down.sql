DROP TABLE ticket_history;
