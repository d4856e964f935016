#!/bin/sh
# Run once by the PostgreSQL image on an empty volume: a role and a database each for cambio, MLflow and Airflow.
# cambio_owner makes the tables; cambio_app, which owns nothing, runs the product (docs/database.md).
set -eu
secrets="${SECRETS:-/run/secrets}"

sql() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres "$@"; }
role() {
    sql --set role="$1" --set password="$(cat "$secrets/$1_password")" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
SQL
}
database() {
    sql --set database="$1" --set owner="$2" <<'SQL'
CREATE DATABASE :"database" OWNER :"owner" ENCODING 'UTF8';
REVOKE CONNECT ON DATABASE :"database" FROM PUBLIC;
SQL
}

for name in cambio_owner cambio_app mlflow airflow; do role "$name"; done
database cambio cambio_owner
database mlflow mlflow
database airflow airflow
sql --command 'GRANT CONNECT ON DATABASE cambio TO cambio_app'
