# The command `bench`, for ./dev.
# shellcheck shell=bash

bench_command() {
  case ${1:-} in
    backend | client | qt)
      local which=$1
      shift
      "bench_${which}_command" "$@"
      return
      ;;
  esac
  plan $((setup_steps + 1 + build_steps + 1)); setup
  interop_packages
  configure release
  step "Building the benchmarks (release)" "Read the first error above; then './dev bench' goes on where it stopped."
  local programs=() program
  mapfile -t programs < <(ninja -C build/release -t targets all | sed -n 's/^\([a-z]*_bench\): phony$/\1/p' | sort)
  ((${#programs[@]} > 0)) || fail "There are no benchmarks."
  cmake --build --preset release --target "${programs[@]}" </dev/null
  step "Measuring" "Run the benchmark named above by itself to see why it stopped."
  bench_environment
  for program in "${programs[@]}"; do
    [[ $program != backend_bench ]] || continue # minutes of its own: ./dev bench backend
    say "build/release/bin/$program"
    "build/release/bin/$program" "$@" </dev/null
  done
}

# What the benchmarks of the backend want to know: the program, and functions bundled with the npm package.
bench_environment() {
  tests/backend/runtime/npm/bundle.sh "$root/tests/interop/node_modules" "$root/build/release/bundle"
  export HULL_BENCH_BUNDLE=$root/build/release/bundle HULL_BACKEND=$root/build/release/bin/hull-backend
}

# The backend beside the limits of the machine; further words go to backend_bench (--rows MOST, --watchers MOST, --only PART).
bench_backend_command() {
  plan $((setup_steps + 1 + build_steps + 1)); setup
  interop_packages
  build release hull-backend backend_bench
  step "Measuring" "Run build/release/bin/backend_bench by itself to see why it stopped."
  bench_environment
  build/release/bin/backend_bench "$@" </dev/null
}

# The client against the npm client; further words go to compare.mjs (--rounds N, --write FILE).
bench_client_command() {
  plan $((setup_steps + 1 + build_steps + 1)); setup
  interop_packages
  build release bench_frame_server bench_client_side
  step "Measuring" "Run tests/bench/client/compare.mjs by itself to see why it stopped."
  node tests/bench/client/compare.mjs build/release/bin "$@" </dev/null
}

# Models against JavaScript arrays in one QML engine; further words go to qt_bench (--rounds N, --write FILE).
bench_qt_command() {
  plan $((setup_steps + build_steps + 1)); setup
  build release qt_bench
  step "Measuring" "Run build/release/bin/qt_bench by itself to see why it stopped."
  build/release/bin/qt_bench "$@" </dev/null
}
