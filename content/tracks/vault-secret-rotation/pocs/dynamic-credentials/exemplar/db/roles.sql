-- Once for each database, by its owner. What the shop may do belongs to a group; logins come and go.
CREATE ROLE shop_app NOLOGIN;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE ON TABLES TO shop_app;

-- The login of Vault makes and takes away others. It is no superuser, and reads no data.
-- Its password is set by hand once, and replaced by Vault at once: vault write -f database/rotate-root/shop
CREATE ROLE vault LOGIN CREATEROLE;
GRANT shop_app TO vault WITH ADMIN OPTION;
GRANT pg_signal_backend TO vault;
