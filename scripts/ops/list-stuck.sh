#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script [--class CLASS] [--kind KIND]

Lists the cases that the system cannot decide: case number, what keeps it from it, the duty that was due, since when, how often it was
tried, when it is tried next, id. See docs/guide/stuck-cases.md.

  --class CLASS  only those of this class: policy_missing, calendar_missing, no_rule_fits, refused_by_database or internal
  --kind KIND    only those that are stuck at this duty, as first_response

$environment_help
END
}

query=''
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --class)
      class=$(value "$@")
      query+="&error_class=$(encode_list "$class")"
      shift 2
      ;;
    --kind)
      kind=$(value "$@")
      query+="&kind=$(encode_list "$kind")"
      shift 2
      ;;
    *) usage_error "unknown option $1" ;;
  esac
done

pages /v1/stuck-cases "$query" stuck
