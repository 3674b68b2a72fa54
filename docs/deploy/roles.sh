#!/bin/sh
# PostgreSQL runs this once, with an empty data folder: the role of the application, which owns no table.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
    --set=password="$APPLICATION_PASSWORD" <<'SQL'
CREATE ROLE application LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
GRANT CONNECT ON DATABASE miteinander TO application;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
