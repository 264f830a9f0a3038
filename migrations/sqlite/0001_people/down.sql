DROP TABLE agents;
DROP TABLE data_keys;
DROP TABLE encryption_keys;
DROP TABLE users;
DROP TABLE department_categories;
DROP TABLE departments;
