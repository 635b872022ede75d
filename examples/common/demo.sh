# The demos of the window examples, each on a deployment inside the program. Part of ./dev, which reads this file.
# shellcheck shell=bash

# is_window NAME: whether there is such an example.
is_window() { [[ " todo feed auth table whiteboard " == *" $1 "* ]]; }

# window_demo NAME [--headless] [ARGUMENT...]: shows it, or takes its picture; further words go to the program.
window_demo() {
  local program=qml_$1 headless=no
  [[ $1 != table ]] || program=widgets_table
  shift
  if [[ ${1:-} == --headless ]]; then
    headless=yes
    shift
  elif [[ -z ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then
    headless=yes
    echo "There is no display: the demo runs headless."
  fi
  plan $((setup_steps + build_steps + 1))
  setup
  build dev "$program"
  step "Opening $program" "build/dev/bin/$program --help tells its options."
  if [[ $headless == no ]]; then
    say "With --url it talks to a deployment to which examples/$program/convex was deployed."
    "$bin/$program" "$@"
    return
  fi
  local picture=$demo_logs/$program.png
  mkdir -p "$demo_logs"
  rm -f "$picture"
  "$bin/$program" --headless --screenshot "$picture" "$@" || fail "The window did not show its data."
  say "Screenshot: build/demo/$program.png"
}
