# The demo: backend, deployed app, window. Part of ./dev, which reads this file.
# shellcheck shell=bash

# The other windows: `./dev demo todo` and so on.
source examples/common/demo.sh

backend_pid="" chat_pid="" demo_folder="" url=""
readonly demo_logs=$root/build/demo bin=$root/build/dev/bin

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Two neighbouring ports that nobody listens on, the usual ones if they are free.
free_port() {
  local port=3210
  while listening "$port" || listening $((port + 1)); do port=$((20000 + RANDOM % 20000)); done
  echo "$port"
}

answers() {  # answers PORT PATH: whether a GET gives 200
  local line
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3
  read -r -t 5 line <&3 || line=""
  exec 3>&-
  [[ $line == "HTTP/1.1 200"* ]]
}

is_running() { kill -0 "$1" 2>/dev/null; }

# stop PID: asks it to end, and after ten seconds sees to it.
stop() {
  kill "$1" 2>/dev/null || return 0
  has_ended() { ! is_running "$pid"; }
  local pid=$1
  wait_until 10 has_ended || kill -KILL "$pid" 2>/dev/null
}

stop_demo() {
  [[ -z $chat_pid ]] || stop "$chat_pid"
  [[ -z $backend_pid ]] || stop "$backend_pid"
  rm -rf "$demo_folder"
}

# wait_until SECONDS COMMAND...: tries every tenth of a second.
wait_until() {
  local tries=$(($1 * 10))
  shift
  until "$@"; do
    ((tries-- > 0)) || return 1
    sleep 0.1
  done
}

start_backend() {
  step "Starting hull-backend" "See build/demo/backend.log."
  local port
  port=$(free_port)
  mkdir -p "$demo_logs"
  demo_folder=$(mktemp -d "${TMPDIR:-/tmp}/hull-demo.XXXXXX")
  at_exit+=(stop_demo)
  "$bin/hull-backend" serve --data "$demo_folder" --port "$port" --site-port $((port + 1)) \
    >"$demo_logs/backend.log" 2>&1 </dev/null &
  backend_pid=$!
  is_up_or_gone() { answers "$port" /version || ! is_running "$backend_pid"; }
  if ! wait_until 30 is_up_or_gone || ! is_running "$backend_pid"; then
    tail -n 20 "$demo_logs/backend.log" >&2
    fail "The backend does not answer on port $port."
  fi
  url=http://127.0.0.1:$port
  say "Serving on $url, data in $demo_folder, log in build/demo/backend.log"
}

deploy_chat() {
  step "Deploying the chat's functions with npx convex" "See build/demo/deploy.log and build/demo/backend.log."
  local key
  key=$("$bin/hull-backend" admin-key --data "$demo_folder")
  if ! (cd examples/qml_chat && CI=1 CONVEX_SELF_HOSTED_URL=$url CONVEX_SELF_HOSTED_ADMIN_KEY=$key \
      npx --no-install convex deploy </dev/null) 2>&1 | tee "$demo_logs/deploy.log"; then
    tail -n 20 "$demo_logs/backend.log" >&2
    fail "convex deploy failed."
  fi
}

show_window() {
  step "Opening the chat" "See build/demo/backend.log."
  say "Write something; a second window is one command away:"
  say "  build/dev/bin/qml_chat --url $url --name Grace"
  say "Close the window to end the demo."
  "$bin/qml_chat" --url "$url"
}

# The window says the first word, which it can only when its query is live; then others post through a second, plain
# C++ client, and the window prints each row as its model gets it.
show_headless() {
  step "Chatting without a display" "See build/demo/chat.log and build/demo/backend.log."
  local picture=$demo_logs/qml_chat.png status=0
  rm -f "$picture"
  XDG_RUNTIME_DIR=$demo_folder "$bin/qml_chat" --url "$url" --name Grace --headless --say "Hello from a QML window." \
    --expect 4 --screenshot "$picture" --timeout 60 >"$demo_logs/chat.log" 2>&1 </dev/null &
  chat_pid=$!
  is_live_or_gone() { grep -q '^row 1' "$demo_logs/chat.log" || ! is_running "$chat_pid"; }
  wait_until 30 is_live_or_gone || say "The window is slow to start"
  post Ada "And hello from plain C++, through another client."
  post Linus "Every row here arrived over a live query: no reload, no polling."
  post Ada "It was on disk before you saw it."
  wait "$chat_pid" || status=$?
  chat_pid=""
  sed 's/^/    /' "$demo_logs/chat.log"
  ((status == 0)) || { tail -n 20 "$demo_logs/backend.log" >&2; fail "Not every row arrived."; }
  [[ -s $picture ]] || fail "There is no screenshot."
  ! grep -q '^qrc:' "$demo_logs/chat.log" || fail "The window complains about its QML."
  say "Every row arrived live. Screenshot: build/demo/qml_chat.png"
}

post() { "$bin/chat_post" --url "$url" --author "$1" "$2" >/dev/null || fail "chat_post could not post."; }

demo_command() {
  local headless=no
  if is_window "${1:-}"; then
    window_demo "$@"
    return
  fi
  case ${1:-} in
    --headless) headless=yes ;;
    "") ;;
    *) printf "Unknown option '%s'. Usage: ./dev demo [todo|feed|auth|table|whiteboard] [--headless]\n" "$1" >&2; exit 2 ;;
  esac
  if [[ -z ${DISPLAY:-}${WAYLAND_DISPLAY:-} && $headless == no ]]; then
    headless=yes
    echo "There is no display: the demo runs headless."
  fi
  plan $((setup_steps + build_steps + 4))
  setup
  build dev hull-backend qml_chat chat_post
  step "npm packages of the chat" "$npm_remedy"
  npm_packages examples/qml_chat
  start_backend
  deploy_chat
  if [[ $headless == yes ]]; then show_headless; else show_window; fi
}
