#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script ID

Revokes an API key by its id (see: export-list.sh api-keys). It stops working within seconds. Needs an admin key.

$environment_help
END
}

case ${1:-} in
  --help | -h) help; exit 0 ;;
  -*) usage_error "unknown option $1" ;;
esac
[ $# -eq 1 ] || usage_error 'one ID is needed'
is_plain "$1" || usage_error 'ID is not the id of a key'

call DELETE "/v1/api-keys/$1"
printf 'revoked %s\n' "$1"
