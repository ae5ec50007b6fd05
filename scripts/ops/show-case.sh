#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script CASE

Shows a complaint with its deadlines, what REDRESS_ACTOR can do with it now, and its timeline.

  CASE   its id, or its case number, reference or order id where that belongs to one complaint

$environment_help
END
}

case ${1:-} in
  --help | -h) help; exit 0 ;;
  -*) usage_error "unknown option $1" ;;
esac
[ $# -eq 1 ] || usage_error 'one CASE is needed'

id=$1
if ! [[ $id =~ ^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$ ]]; then
  call GET "/v1/complaints?limit=2&q=$(encode "$id")"
  [ "$(render get data.length <"$answer")" = 1 ] || {
    printf '%s: %s complaints fit %s\n' "$script" "$(render get data.length <"$answer")" "$id" >&2
    exit 1
  }
  id=$(render get data.0.id <"$answer")
fi

call GET "/v1/complaints/$id"
render case <"$answer"
printf '\nTimeline\n'
cursor=''
while :; do
  call GET "/v1/complaints/$id/events?sort=sequence&limit=100${cursor:+&cursor=$cursor}"
  render events <"$answer"
  cursor=$(encode "$(render get next_cursor <"$answer")")
  [ -n "$cursor" ] || break
done
