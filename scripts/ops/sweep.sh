#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script

Acts on every missed deadline of the platform now, as the timetable does, and prints what that did. Needs an admin key.

$environment_help
END
}

case ${1:-} in
  '') ;;
  --help | -h) help; exit 0 ;;
  *) usage_error "unknown option $1" ;;
esac

post /v1/sweeps
render sweep <"$answer"
[ "$(render get failed <"$answer")" = 0 ] || {
  printf '%s: some cases could not be decided; list-stuck.sh says which and why\n' "$script" >&2
  exit 1
}
