DROP TABLE ticket_history;
DROP FUNCTION refuse_history_change;
