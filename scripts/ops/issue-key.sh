#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script --name NAME --roles ROLE,ROLE… [--expires TIME]

Makes an API key and prints it on stdout; it is shown this once. Its id goes to stderr. Needs an admin key.

  --name NAME      what the key is for
  --roles ROLES    some of buyer, merchant, agent, supervisor, admin, orders, payments, integration
  --expires TIME   when it stops working, as 2027-01-01T00:00:00Z

$environment_help
END
}

name='' roles='' expires=''
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --name) name=$(value "$@") ;;
    --roles) roles=$(value "$@") ;;
    --expires) expires=$(value "$@") ;;
    *) usage_error "unknown option $1" ;;
  esac
  shift 2
done
[ -n "$name" ] || usage_error '--name is needed'
[ -n "$roles" ] || usage_error '--roles is needed'

render new_key "$name" "$roles" "$expires" >"$scratch/key.json"
post /v1/api-keys "$scratch/key.json"
printf 'id %s\n' "$(render get id <"$answer")" >&2
render get key <"$answer"
