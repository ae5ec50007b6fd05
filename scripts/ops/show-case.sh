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

find_case "$1"
call GET "/v1/complaints/$id"
render case <"$answer"
printf '\nTimeline\n'
pages "/v1/complaints/$id/events" '&sort=sequence' events
