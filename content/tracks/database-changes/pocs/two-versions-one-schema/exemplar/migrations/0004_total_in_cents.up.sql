-- Expand: the version before neither reads nor writes it, so it may be empty.
ALTER TABLE orders ADD COLUMN total_cents BIGINT;
