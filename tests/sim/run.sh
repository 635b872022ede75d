#!/usr/bin/env bash
# run.sh PROGRAM [N [FIRST]]: N worlds (100,000) from seed FIRST (1) on, on all cores. With options, PROGRAM gets them.
set -euo pipefail
program=$1
shift
if [[ ${1:-} == -* ]]; then exec "$program" "$@"; fi
seeds=${1:-100000} first=${2:-1}
if ! [[ $seeds =~ ^[1-9][0-9]*$ && $first =~ ^[0-9]+$ ]]; then
  echo "Usage: ./dev sim [N [FIRST]] | ./dev sim --seed SEED --trace" >&2
  exit 2
fi
cores=$(nproc) began=$SECONDS status=0 pids=()
for ((core = 0; core < cores; ++core)); do
  share=$((seeds / cores + (core < seeds % cores)))
  ((share > 0)) || continue
  "$program" --first "$first" --seeds "$share" &
  pids+=($!)
  first=$((first + share))
done
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
seconds=$((SECONDS - began))
echo "$seeds seeds on $cores cores in $seconds s, $((seeds / (seconds > 0 ? seconds : 1))) seeds/s"
exit "$status"
