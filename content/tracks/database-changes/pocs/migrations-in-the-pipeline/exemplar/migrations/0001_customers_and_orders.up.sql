CREATE TABLE customers (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL
);

CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    total NUMERIC(10, 2) NOT NULL DEFAULT 0
);
