"""What Milepost knows: tables, store, queries, access, and how facts get in."""
