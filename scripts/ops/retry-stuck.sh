#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script CASE
       $script --all [--class CLASS] [--kind KIND]

Has cases that the system could not decide tried again by the next sweep, once what kept it from it is mended. Needs a supervisor or admin.

  CASE           its id, case number, reference or order id (see: list-stuck.sh)
  --all          all of them, or
  --class CLASS  only those of this class, as policy_missing
  --kind KIND    only those that are stuck at this duty, as first_response

$environment_help
END
}

case='' all='' pairs=()
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --all) all=yes; shift; continue ;;
    --class) pairs+=("error_class=$(value "$@")") ;;
    --kind) pairs+=("kind=$(value "$@")") ;;
    -*) usage_error "unknown option $1" ;;
    *)
      [ -z "$case" ] || usage_error 'one CASE or --all is needed'
      case=$1
      shift
      continue
      ;;
  esac
  shift 2
done

if [ -n "$case" ]; then
  if [ -n "$all" ] || [ ${#pairs[@]} -gt 0 ]; then usage_error 'one CASE or --all is needed'; fi
  find_case "$case"
  post "/v1/stuck-cases/$id/retry"
  printf 'retried 1\n'
else
  [ -n "$all" ] || usage_error 'one CASE or --all is needed'
  render body ${pairs[@]+"${pairs[@]}"} >"$scratch/filter.json"
  post /v1/stuck-cases/retry "$scratch/filter.json"
  printf 'retried %s\n' "$(render get retried <"$answer")"
fi
