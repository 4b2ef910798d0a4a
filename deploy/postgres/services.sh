#!/bin/sh
# A database and a role for each service; a role can open its own database and no other.
# PostgreSQL's image runs this when its volume is new. Run again, it adds what is missing and sets passwords anew:
#   docker compose exec postgres /docker-entrypoint-initdb.d/services.sh
# The services are those that have a <SERVICE>_DATABASE_PASSWORD in the environment.
set -eu

sql() { psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres "$@"; }

sql --command "REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC"

for variable in $(env | sed -n 's/^\([A-Z_]*_DATABASE_PASSWORD\)=.*/\1/p' | sort); do
    service=$(echo "${variable%_DATABASE_PASSWORD}" | tr '[:upper:]' '[:lower:]')
    PASSWORD=$(printenv "$variable") sql --set service="$service" <<'SQL'
\getenv password PASSWORD
SELECT format('CREATE ROLE %I', :'service')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'service') \gexec
ALTER ROLE :"service" LOGIN PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'service', :'service')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'service') \gexec
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
    echo "database and role: $service"
done
