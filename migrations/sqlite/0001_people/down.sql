DROP TABLE agents;
DROP TABLE users;
DROP TABLE department_categories;
DROP TABLE departments;
