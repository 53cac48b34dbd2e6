-- What users do all day, and what both versions can do: while the schema changes, somebody writes.
UPDATE orders SET note = 'seen' WHERE id = (SELECT min(id) FROM orders)
