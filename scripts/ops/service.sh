# shellcheck shell=bash
# Shared by the scripts in this folder: how they call the service, read its answers and end.
# Exit codes: 0 done · 1 the service refused · 2 wrong usage, or something is missing here · 3 the service does not answer.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
script=$(basename "$0")
url=${REDRESS_URL:-http://127.0.0.1:3000}
url=${url%/}

# shellcheck disable=SC2034 # each script shows it in its help
environment_help='Environment:
  REDRESS_URL    where the service listens (http://127.0.0.1:3000)
  REDRESS_KEY    the API key
  REDRESS_ACTOR  who acts, as role:id; may be left out where the key has a single staff role

Ends with 0 when done, 1 when the service refuses, 2 on wrong usage, 3 when the service does not answer.
Needs bash, curl and Node 18 or newer.'

# fail CODE MESSAGE: ends the script with one line.
fail() {
  printf '%s: %s\n' "$script" "$2" >&2
  exit "$1"
}

# usage_error MESSAGE
usage_error() {
  printf '%s: %s\nTry %s --help\n' "$script" "$1" "$script" >&2
  exit 2
}

# need_programs: ends the script where something is missing. The Node that npm brought is as good as any.
need_programs() {
  command -v curl >/dev/null || fail 2 'curl is not installed, or not on the PATH'
  has_node || PATH=$here/../../node_modules/.bin:$PATH
  has_node || fail 2 "Node 18 or newer is needed on the PATH, and there is $(node --version 2>/dev/null || echo none); npm ci brings one"
}
has_node() {
  local version
  version=$(node --version 2>/dev/null) && [[ $version =~ ^v([0-9]+)\. ]] && [ "${BASH_REMATCH[1]}" -ge 18 ]
}
case " $* " in
  *' --help '* | *' -h '*) ;;
  *) need_programs ;;
esac

unset actor
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

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
  if [ -n "$actor" ]; then printf 'Redress-Actor: %s\n' "$actor"; fi
}

# check_environment: REDRESS_KEY is there, and $actor is REDRESS_ACTOR as its header carries it, percent-encoded where it is not ASCII.
check_environment() {
  [ -n "${REDRESS_KEY:-}" ] || fail 2 'REDRESS_KEY is not set; it is an API key of the platform (rdk_…)'
  is_plain "$REDRESS_KEY" || fail 2 'REDRESS_KEY is not an API key (rdk_…)'
  actor=${REDRESS_ACTOR:-}
  case $actor in
    '') ;;
    [a-z]*:?*)
      if ! [[ $actor =~ ^[a-z]+:[A-Za-z0-9._@-]+$ ]]; then
        actor=$(node -p 'process.argv[1].replace(/[^ -~]|[%,]/gu, encodeURIComponent)' -- "$actor")
      fi
      ;;
    *) fail 2 'REDRESS_ACTOR must be role:id, as agent:alice' ;;
  esac
}

# curl_service [CURL OPTIONS…]: $told is what curl was told to write out. Ends the script when nothing answers.
curl_service() {
  [ -n "${actor+known}" ] || check_environment
  told=$(curl --silent --show-error --connect-timeout 5 --max-time 60 --header @<(headers) "$@" 2>"$scratch/curl") ||
    fail 3 "nothing answers at $url ($(head -n 1 "$scratch/curl")); is the service running, and is REDRESS_URL right?"
}

# ask METHOD PATH [CURL OPTIONS…]: the body of the answer goes to $answer, its status to $status.
answer=$scratch/answer.json
ask() {
  local method=$1 path=$2
  shift 2
  : >"$answer"
  curl_service --request "$method" --output "$answer" --write-out '%{http_code} %{content_type}' "$@" -- "$url$path"
  status=${told%% *}
  case $told in
    2*' application/json'* | 204* | [45]*) ;;
    *) fail 3 "what answers at $url is not this service; is REDRESS_URL right?" ;;
  esac
}

# refused: ends the script with what the service said.
refused() {
  printf '%s: refused with %s\n' "$script" "$status" >&2
  render problem <"$answer" >&2
  exit 1
}

# call METHOD PATH [CURL OPTIONS…]: as ask, and ends the script when the answer is not a success.
call() {
  ask "$@"
  [[ $status == 2* ]] || refused
}

# send PATH [FILE [CURL OPTIONS…]]: asks by POST with JSON, without a file an empty body, under a new Idempotency-Key unless $idempotency_key
# is set.
send() {
  local path=$1 body=${2:-/dev/null}
  shift $(($# < 2 ? $# : 2))
  ask POST "$path" --header 'Content-Type: application/json' --header "Idempotency-Key: ${idempotency_key:-$(new_key)}" \
    --data-binary @"$body" "$@"
}

# post PATH [FILE]: as send, and ends the script when the answer is not a success.
post() {
  send "$@"
  [[ $status == 2* ]] || refused
}

# call_each FILE FOLDER: GETs every path in the file over one connection; each body becomes a file of the folder.
call_each() {
  local number=0 path
  while read -r path; do
    number=$((number + 1))
    printf 'url = "%s%s"\noutput = "%s/%s"\n' "$url" "$path" "$2" "$(basename "$path")"
  done <"$1" >"$scratch/each"
  [ $number -gt 0 ] || return 0
  curl_service --write-out '%{http_code} %{url_effective}\n' --config "$scratch/each"
  while read -r status path; do
    [[ $status == 2* ]] && continue
    cp "$2/$(basename "$path")" "$answer"
    refused
  done <<<"$told"
}

# pages PATH FILTERS VIEW [ARGUMENTS…]: renders a whole list, page for page. FILTERS is empty or begins with &.
pages() {
  local path=$1 filters=$2 cursor=''
  shift 2
  while :; do
    call GET "$path?limit=100$filters${cursor:+&cursor=$cursor}"
    render "$@" <"$answer"
    cursor=$(render next <"$answer")
    [ -n "$cursor" ] || break
  done
}

# find_case CASE: $id is the id of the complaint that this id, case number, reference or order id belongs to.
find_case() {
  id=$1
  if [[ $id =~ ^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$ ]]; then return; fi
  call GET "/v1/complaints?limit=100&q=$(encode "$1")"
  case $(render get data.length <"$answer") in
    1) id=$(render get data.0.id <"$answer") ;;
    0) fail 1 "no complaint that is yours to see has the number, reference or order $1" ;;
    *)
      printf '%s: more than one complaint fits %s; name one by its case number\n' "$script" "$1" >&2
      render list <"$answer" >&2
      exit 1
      ;;
  esac
}

# confirm QUESTION: goes on when the answer is yes; $yes gives it beforehand.
confirm() {
  [ -z "${yes:-}" ] || return 0
  [ -t 0 ] || fail 2 "nobody is there to be asked; --yes goes on without"
  local reply=''
  printf '%s [y/N] ' "$1" >&2
  read -r reply || true
  case $reply in [yY]*) ;; *) fail 1 'nothing was changed' ;; esac
}

new_key() {
  node -p 'crypto.randomUUID()'
}

# render VIEW [ARGUMENTS…]: reads JSON on stdin, writes it for people or for a spreadsheet.
render() {
  SCRIPT=$script node "$here/render.js" "$@"
}

# encode_list TEXT: values for a query, separated by commas; a comma within a value is given as %2C.
encode_list() {
  node -p 'process.argv[1].split(",").map(encodeURIComponent).join(",").replaceAll("%252C", "%2C")' -- "$1"
}

# encode TEXT: for a query.
encode() {
  node -p 'encodeURIComponent(process.argv[1])' -- "$1"
}
