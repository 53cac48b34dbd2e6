UPDATE orders SET total_cents = CAST(ROUND(total * 100) AS BIGINT) WHERE total_cents IS NULL;
