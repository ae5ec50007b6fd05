#!/usr/bin/env bash
# Proves the Dockerfile without a container engine: performs its own lines in a temporary folder, starts the CMD against a Postgres, waits
# until the HEALTHCHECK and /readyz say yes, sends SIGTERM, and expects exit 0.
#
#   scripts/container-steps.sh          with DATABASE_URL (and DATABASE_OWNER_URL), else on a throwaway embedded Postgres of this checkout
#
# What stands for what: each stage is a folder, its WORKDIR the root of that folder; `FROM node` is the Node that runs this script, copied;
# USER is, when root runs this, uid 1000 (the image's `node`). EXPOSE is words only. Any other instruction is refused rather than skipped.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/.."
checkout=$PWD
export PATH="$checkout/node_modules/.bin:$PATH"

work=$(mktemp -d "${TMPDIR:-/tmp}/redress-image-XXXXXX")
chmod 755 "$work"
service='' database=''
finish() {
  local code=$?
  trap - EXIT
  # an interrupted or failed run leaves nothing behind either
  if [ -n "$service" ] && kill -KILL "$service" 2>/dev/null; then wait "$service" 2>/dev/null || true; fi
  if [ -n "$database" ] && kill -TERM "$database" 2>/dev/null; then wait "$database" 2>/dev/null || true; fi
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() { echo "container steps: $*" >&2; exit 1; }
logs() { sed 's/rdk_[A-Za-z0-9_-]*/rdk_…/' "$work"/*.log >&2; }

mkdir "$work/bin"
cp "$(node -p process.execPath)" "$work/bin/node"
export PATH="$work/bin:$PATH"

# --- the Dockerfile, one line an instruction ------------------------------------------------------------------------------------------
stage='' workdir='' user='' command='' healthcheck='' environment=()

# COPY [--from=STAGE] SOURCE… TARGET
copy() {
  local from=$checkout
  if [[ $1 == --from=* ]]; then from=$work/stages/${1#--from=}; shift; fi
  local target=$stage/${*: -1}
  [ $# -eq 2 ] || mkdir -p "$target"
  mkdir -p "$(dirname "$target")"
  local source
  for source in "${@:1:$#-1}"; do cp -R "$from/${source#"$workdir"/}" "$target"; done
}

stages=0
while read -r instruction arguments; do
  case $instruction in
    FROM)
      [[ $arguments == node:24* ]] || fail "FROM $arguments: the service needs Node 24"
      if [[ $arguments == *' AS '* ]]; then name=${arguments##* AS }; else name=stage-$stages; fi
      stages=$((stages + 1)) stage=$work/stages/$name user='' environment=()
      mkdir -p "$stage"
      ;;
    COPY) read -ra words <<<"$arguments"; copy "${words[@]}" ;;
    RUN) echo "RUN $arguments"; (cd "$stage" && sh -euc "$arguments") ;;
    ENV) read -ra words <<<"$arguments"; environment+=("${words[@]}") ;;
    USER) user=$arguments ;;
    CMD) command=$arguments ;;
    HEALTHCHECK) healthcheck=${arguments#*CMD } ;;
    WORKDIR) workdir=$arguments ;;
    EXPOSE) ;;
    *) fail "the instruction $instruction is not known here" ;;
  esac
done < <(sed -e :a -e '/\\$/N; s/\\\n//; ta' Dockerfile | grep -Ev '^[[:space:]]*(#|$)')

[ -n "$command" ] && [ -n "$healthcheck" ] || fail 'CMD and HEALTHCHECK are missing'
[ -n "$user" ] || fail 'the image would run as root'

# The words of a JSON array, each ended by NUL.
words_of() { node -e 'process.stdout.write(JSON.parse(process.argv[1]).map((w) => w + "\0").join(""))' "$1"; }
mapfile -d '' -t command_words < <(words_of "$command")
mapfile -d '' -t healthcheck_words < <(words_of "$healthcheck")

# --- a database -----------------------------------------------------------------------------------------------------------------------
wait_for() { # SECONDS WHAT COMMAND…
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ -z "$service" ] || kill -0 "$service" 2>/dev/null || { logs; fail "the service ended before it was $what"; }
    [ $SECONDS -lt $until ] || { logs; fail "not $what in time"; }
    sleep 0.2
  done
}

if [ -z "${DATABASE_URL:-}" ]; then
  node --input-type=module-typescript -e "
    import { startEmbeddedPostgres } from '$checkout/src/foundation/embedded-postgres/start.ts'
    import { writeFileSync, renameSync } from 'node:fs'
    const postgres = await startEmbeddedPostgres({ dataDir: '$work/database', durable: false, log: console })
    process.once('SIGTERM', () => postgres.stop())
    writeFileSync('$work/owner-url', postgres.ownerUrl, { mode: 0o600 })
    writeFileSync('$work/url.new', postgres.url, { mode: 0o600 })
    renameSync('$work/url.new', '$work/url')
  " >"$work/database.log" 2>&1 &
  database=$!
  wait_for 60 'given a database' test -f "$work/url"
  DATABASE_URL=$(cat "$work/url")
  DATABASE_OWNER_URL=$(cat "$work/owner-url")
fi

# --- the service ----------------------------------------------------------------------------------------------------------------------
port=$(node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close() })")
become=()
if [ "$(id -u)" = 0 ]; then become=(setpriv --reuid=1000 --regid=1000 --clear-groups --no-new-privs); fi
# an environment of its own, like a container's
inside=(env -i "PATH=$work/bin:/usr/bin:/bin" "${environment[@]}" HOST=127.0.0.1 "PORT=$port" "DATABASE_URL=$DATABASE_URL"
  "DATABASE_OWNER_URL=${DATABASE_OWNER_URL:-}" "${become[@]}")

cd "$stage"
"${inside[@]}" "${command_words[@]}" >"$work/service.log" 2>&1 &
service=$!
wait_for 60 healthy "${inside[@]}" "${healthcheck_words[@]}"
ready() { node -e "fetch('http://127.0.0.1:$port/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"; }
wait_for 30 ready ready

kill -TERM "$service"
code=0
wait "$service" || code=$?
service=''
[ $code = 0 ] || { logs; fail "exit $code after SIGTERM"; }
echo 'container steps: built, healthy, ready, stopped with exit 0'
