#!/bin/sh
# Makes what deploy/secrets lacks, and leaves what is there. Run it before the first `docker compose up`.
# The folder is its owner's alone; the files can be read by whoever is let in: containers run as other users.
set -eu
cd "${1:-"$(dirname "$0")/secrets"}"
chmod 700 .
umask 022

random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
base64url() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }
keep() { # NAME: what is read goes there, unless there is something already
    if [ -s "$1" ]; then cat >/dev/null; else cat >".$1.new" && mv ".$1.new" "$1" && echo "made $1"; fi
}

for name in postgres cambio_owner cambio_app mlflow airflow redis minio grafana; do
    random | keep "${name}_password"
done
postgres=postgresql+psycopg://%s:%s@postgres/%s
# shellcheck disable=SC2059 # the format is ours
{
    printf "$postgres" cambio_owner "$(cat cambio_owner_password)" cambio | keep cambio_owner_url
    printf "$postgres" cambio_app "$(cat cambio_app_password)" cambio | keep cambio_app_url
    printf "$postgres" mlflow "$(cat mlflow_password)" mlflow | keep mlflow_url
    airflow=$(printf postgresql+psycopg2://airflow:%s@postgres/airflow "$(cat airflow_password)")
    printf %s "$airflow" | keep airflow_url
    printf "db+%s" "$airflow" | keep airflow_results_url
}
printf redis://:%s@redis:6379/0 "$(cat redis_password)" | keep cambio_bus_url
printf redis://:%s@redis:6379/1 "$(cat redis_password)" | keep airflow_broker_url
base64url | keep airflow_fernet_key
random | keep airflow_jwt_secret
random | keep airflow_api_secret
printf '{"admin": "%s"}' "$(random)" | keep airflow_logins.json
[ -e metrics_token ] || : >metrics_token # `cambio token create` fills it: docs/deployment.md
