-- Run these after ten in the evening.
ALTER TABLE orders ADD COLUMN note TEXT;
