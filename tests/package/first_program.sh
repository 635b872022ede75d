#!/usr/bin/env bash
# first_program.sh PAGE PREFIX CMAKE COMPILER: the first program of PAGE (docs/start/cpp.md) builds and runs as the page
# says, in a new folder, with the Hull that is installed in PREFIX. Prints what compiling its main.cpp takes.
set -euo pipefail
page=$1 prefix=$2 cmake=$3 compiler=$4
export CCACHE_DISABLE=1
folder=$(mktemp -d "${TMPDIR:-/tmp}/hull-first-program.XXXXXX")
children=()
clean_up() {
  [[ ${#children[@]} == 0 ]] || kill "${children[@]}" 2>/dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT
cd "$folder"

fail() { printf '%s\n' "$*" >&2; exit 1; }

# section KIND: the first block of this kind in the section "First program".
section() {
  awk -v fence="\`\`\`$1" '/^## /{ inside = $0 == "## First program" } !inside { next }
    $0 == "```" && copying { exit } copying { print } $0 == fence && !closes { copying = 1 } /^```/ { closes = !closes }' "$page"
}
section cmake >CMakeLists.txt
section cpp >main.cpp
section "" | sed '1d' >expected
deployment=$(sed -n "s/^echo '\(.*\)' > chat.json\$/\1/p" "$page")
insertion=$(sed -n "s/^curl .* -d '\(.*\)'\$/\1/p" "$page")
[[ -s CMakeLists.txt && -s main.cpp && $(wc -l <expected) == 2 && -n $deployment && -n $insertion ]] ||
  fail "$page has no complete section 'First program'."

# Notes what the compiler used.
cat >measure <<'END'
#!/usr/bin/env bash
if [[ -x /usr/bin/time ]]; then exec /usr/bin/time -o figures -f '%U s, %M KiB' "$@"; fi
TIMEFORMAT='%U s, memory unknown: GNU time is missing'
{ time "$@" 2>&3; } 3>&2 2>figures
END
chmod +x measure

build() {
  local target=$1 where=$2
  sed -i "s/PRIVATE Hull::[a-z_]*/PRIVATE $target/" CMakeLists.txt
  grep -q "PRIVATE $target)" CMakeLists.txt || fail "The page's CMakeLists.txt links something else."
  "$cmake" -B "$where" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$folder/measure" >configured || fail "$(cat configured)"
  "$cmake" --build "$where" >built || fail "$(cat built)"
  echo "main.cpp with $target: $(cat "$where/figures")"
}
build Hull::client header-only
build Hull::client_compiled build

# Waits until a file has this line, or one that begins so.
wait_for() {
  local i
  for ((i = 0; i < 3000; ++i)); do
    ! awk -v start="$2" 'index($0, start) == 1 { found = 1 } END { exit !found }' "$1" || return 0
    sleep 0.01
  done
  fail "'$2' did not come; there is:" "$(cat "$1")"
}

# Sends the page's mutation, as its curl command does.
insert() {
  exec 5<>"/dev/tcp/127.0.0.1/$1"
  printf 'POST /api/mutation HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' \
    "${#insertion}" "$insertion" >&5
  local status
  read -r status <&5
  [[ $status == 'HTTP/1.1 200 '* ]] || fail "hull-mock refused the message: $status"
  exec 5>&-
}

echo "$deployment" >chat.json
run() {
  local where=$1 url
  "$prefix/bin/hull-mock" serve chat.json >"$where.mock" 2>&1 &
  children+=($!)
  wait_for "$where.mock" "hull-mock listens at "
  url=$(sed -n 's/^hull-mock listens at //p' "$where.mock")
  "$where/first_program" "$url" >"$where.printed" 2>&1 &
  children+=($!)
  wait_for "$where.printed" "$(sed -n 1p expected)"
  insert "${url##*:}"
  wait_for "$where.printed" "$(sed -n 2p expected)"
  diff expected "$where.printed" || fail "The program printed something else than the page shows."
  kill -0 "${children[-1]}" || fail "The program ended by itself."
}
run header-only
run build
echo "Both print what the page shows:"
cat expected
