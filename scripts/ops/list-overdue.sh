#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script [--owner agent:alice]

Lists the duties that are past their due time and still owed, the longest overdue first: case number, duty, since when, who owes it (the
platform's are the owner's of the case), status and level of the case, id.

  --owner NAME   only in the cases of this owner; unassigned: of nobody

$environment_help
END
}

query='&overdue=true'
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

call GET /v1/me
now=$(render get now <"$answer")
pages /v1/complaints "$query" paths >"$scratch/paths"
mkdir "$scratch/cases"
call_each "$scratch/paths" "$scratch/cases"
render overdue "$scratch/cases" "$now"
