# shellcheck shell=bash
# Shared by the scripts in this folder: how they call the service, read its answers and end.
# Exit codes: 0 done · 1 the service refused · 2 wrong usage · 3 the service does not answer.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
script=$(basename "$0")
url=${REDRESS_URL:-http://127.0.0.1:3000}
url=${url%/}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# shellcheck disable=SC2034 # each script shows it in its help
environment_help='Environment:
  REDRESS_URL    where the service listens (http://127.0.0.1:3000)
  REDRESS_KEY    the API key
  REDRESS_ACTOR  who acts, as role:id; may be left out where the key has a single staff role

Ends with 0 when done, 1 when the service refuses, 2 on wrong usage, 3 when the service does not answer.
Needs bash, curl and node.'

# usage_error MESSAGE
usage_error() {
  printf '%s: %s\nTry %s --help\n' "$script" "$1" "$script" >&2
  exit 2
}

# value OPTION [VALUE]: the value of an option, which must be there.
value() {
  [ $# -ge 2 ] || usage_error "$1 needs a value"
  printf '%s' "$2"
}

# is_plain STRING: one that can stand in a path or a header.
is_plain() {
  [[ $1 =~ ^[A-Za-z0-9._~-]+$ ]]
}

# The headers go to curl by a pipe, so that the key is never on the list of processes.
headers() {
  printf 'Authorization: Bearer %s\n' "$REDRESS_KEY"
  if [ -n "${REDRESS_ACTOR:-}" ]; then printf 'Redress-Actor: %s\n' "$REDRESS_ACTOR"; fi
}

# call METHOD PATH [CURL OPTIONS…]: the body of the answer goes to $answer. Ends the script when it is not a success.
answer=$scratch/answer.json
call() {
  local method=$1 path=$2 status
  shift 2
  [ -n "${REDRESS_KEY:-}" ] || usage_error 'REDRESS_KEY is not set'
  is_plain "$REDRESS_KEY" || usage_error 'REDRESS_KEY is not an API key'
  [[ ${REDRESS_ACTOR:-a:a} =~ ^[a-z]+:[A-Za-z0-9._@-]+$ ]] || usage_error 'REDRESS_ACTOR must be role:id'
  : >"$answer"
  status=$(curl --silent --show-error --connect-timeout 5 --max-time 60 --request "$method" \
    --header @<(headers) --output "$answer" --write-out '%{http_code}' "$@" -- "$url$path") || {
    printf '%s: nothing answers at %s\n' "$script" "$url" >&2
    exit 3
  }
  case $status in
    2*) ;;
    *)
      printf '%s: refused with %s\n' "$script" "$status" >&2
      render problem <"$answer" >&2
      exit 1
      ;;
  esac
}

# post PATH [FILE]: sends JSON, without a file an empty body, under a new Idempotency-Key unless $idempotency_key is set.
post() {
  local path=$1 body=${2:-/dev/null}
  call POST "$path" --header 'Content-Type: application/json' --header "Idempotency-Key: ${idempotency_key:-$(new_key)}" \
    --data-binary @"$body"
}

new_key() {
  node -p 'crypto.randomUUID()'
}

# render VIEW [ARGUMENTS…]: reads JSON on stdin, writes it for people or for a spreadsheet.
render() {
  node "$here/render.js" "$@"
}

# encode_list TEXT: values for a query, separated by commas; a comma within a value is given as %2C.
encode_list() {
  node -p 'process.argv[1].split(",").map(encodeURIComponent).join(",").replaceAll("%252C", "%2C")' -- "$1"
}

# encode TEXT: for a query.
encode() {
  node -p 'encodeURIComponent(process.argv[1])' -- "$1"
}
