#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script LIST [--format csv|ndjson] [--filter NAME=VALUE]… [--output FILE] [--excel]

Writes a whole list, following its cursors to the end. CSV (RFC 4180) has the columns that reports need and no contact data, and
a text that a spreadsheet would run as a formula gets an apostrophe in front; NDJSON has every field as the service gives it.

  LIST                  complaints, appeals, sweeps or api-keys
  --format NAME         csv (the default) or ndjson
  --filter NAME=VALUE   a filter of the list, as status=closed,resolved
  --output FILE         written whole or not at all; without it, stdout
  --excel               CSV starts with a byte order mark, which Excel needs to read Chinese

$environment_help
END
}

list='' format=csv output='' excel='' query=''
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) help; exit 0 ;;
    --excel) excel=yes; shift; continue ;;
    --format) format=$(value "$@") ;;
    --output) output=$(value "$@") ;;
    --filter)
      filter=$(value "$@")
      [[ $filter =~ ^([a-z_]+)=(.*)$ ]] || usage_error '--filter must be NAME=VALUE'
      query+="&${BASH_REMATCH[1]}=$(encode_list "${BASH_REMATCH[2]}")"
      ;;
    -*) usage_error "unknown option $1" ;;
    *)
      [ -z "$list" ] || usage_error 'one LIST is needed'
      list=$1
      shift
      continue
      ;;
  esac
  shift 2
done
case $list in complaints | appeals | sweeps | api-keys) ;; *) usage_error 'LIST is complaints, appeals, sweeps or api-keys' ;; esac
case $format in csv | ndjson) ;; *) usage_error '--format is csv or ndjson' ;; esac

write_all() {
  if [ "$format" = csv ]; then
    if [ -n "$excel" ]; then printf '\xef\xbb\xbf'; fi
    render csv_head "$list"
  fi
  pages "/v1/$list" "$query" "$format" "$list"
}

if [ -z "$output" ]; then
  write_all
else
  partial=$(mktemp "$(dirname "$output")/.${output##*/}.XXXXXX")
  trap 'rm -rf "$scratch" "$partial"' EXIT
  write_all >"$partial"
  mv "$partial" "$output"
fi
