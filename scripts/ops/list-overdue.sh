#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script [--owner agent:alice]

Lists the open complaints in which a duty is past its due time: case number, status, level, next due time, owner, category, id.

  --owner NAME   only those of this owner

$environment_help
END
}

query='overdue=true&limit=100'
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --owner)
      owner=$(value "$@")
      query+="&owner=$(encode_list "$owner")"
      shift 2
      ;;
    *) usage_error "unknown option $1" ;;
  esac
done

cursor=''
while :; do
  call GET "/v1/complaints?$query${cursor:+&cursor=$cursor}"
  render list <"$answer"
  cursor=$(encode "$(render get next_cursor <"$answer")")
  [ -n "$cursor" ] || break
done
