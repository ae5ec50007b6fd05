#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

help() {
  cat <<END
Usage: $script MERCHANT
       $script MERCHANT put FILE
       $script MERCHANT withdraw

Shows what a merchant agrees to and offers by itself, for the merchant and the staff of the platform; as the merchant itself, writes it anew
or withdraws it. Nobody else's change that comes in between is overwritten. See docs/guide/settlement-rules.md.

  MERCHANT  the merchant's id
  FILE      the rules as JSON, { "rules": [ … ], "explanation": "…" }; - reads them from standard input

$environment_help
END
}

case ${1:-} in
  --help | -h) help; exit 0 ;;
esac
case $#,${2:-} in
  1, | 2,withdraw | 3,put) ;;
  *) usage_error 'a MERCHANT is needed, alone, with put FILE or with withdraw' ;;
esac
case $1 in
  -*) usage_error "unknown option $1" ;;
esac

href=/v1/merchants/$(encode "$1")/settlement-rules
if [ "${2:-}" = put ]; then
  cat -- "$3" >"$scratch/rules.json" 2>"$scratch/reading" || fail 2 "$3 cannot be read"
fi

ask GET "$href"
version=''
case $status in
  200) version=$(render get version <"$answer") ;;
  404) ;;
  *) refused ;;
esac
if [ $# -gt 1 ]; then
  guard=()
  [ -z "$version" ] || guard=(--header "If-Match: \"$version\"")
  if [ "$2" = put ]; then
    call PUT "$href" --header 'Content-Type: application/json' --data-binary @"$scratch/rules.json" ${guard[@]+"${guard[@]}"}
  else
    [ -n "$version" ] || fail 1 "$1 has no settlement rules"
    call DELETE "$href" "${guard[@]}"
    printf 'withdrawn\n'
    exit 0
  fi
elif [ -z "$version" ]; then
  printf '%s has no settlement rules\n' "$1" >&2
  exit 0
fi
render settlement_rules <"$answer"
