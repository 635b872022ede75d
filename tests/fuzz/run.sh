#!/usr/bin/env bash
# run.sh BUILD SECONDS: every fuzz target for SECONDS, all at once. What it learns lands in BUILD/corpus; what breaks
# something, in BUILD/found.
set -euo pipefail
readonly targets=(value message engine session http push)
readonly build=$1 seconds=$2 seeds=$(dirname "${BASH_SOURCE[0]}")/corpus
mkdir -p "$build/found"
pids=() status=0
for target in "${targets[@]}"; do
  mkdir -p "$build/corpus/$target"
  "$build/bin/${target}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -max_len=2000 \
    -print_final_stats=1 -artifact_prefix="$build/found/$target-" "$build/corpus/$target" "$seeds/$target" \
    >"$build/$target.log" 2>&1 </dev/null &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
for target in "${targets[@]}"; do
  printf '    %s: %s inputs, %s findings (log: %s)\n' "$target" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$target.log")" \
    "$(find "$build/found" -name "$target-*" | wc -l)" "$build/$target.log"
done
exit "$status"
