#!/bin/sh
# Bundles convex/*.ts here as the npm CLI does, with the real package `convex`:  bundle.sh NODE_MODULES_DIR OUT_DIR
set -eu
modules=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
esbuild=$(ls -d "$modules"/@esbuild/*/bin/esbuild | head -1)
export NODE_PATH="$modules"
common="--bundle --format=esm --target=esnext --platform=browser --jsx=automatic --conditions=convex,module --tree-shaking=true
  --minify-syntax --minify-identifiers --keep-names --sourcemap=external --sources-content=false --log-level=warning
  --define:process.env.NODE_ENV=\"production\""
# shellcheck disable=SC2086
"$esbuild" $common --splitting --chunk-names=_deps/[hash] --outdir="$out" --outbase="$here/convex" \
  "$here/convex/messages.ts" "$here/convex/crons.ts" "$here/convex/http.ts"
# shellcheck disable=SC2086
"$esbuild" $common --outdir="$out" "$here/convex/schema.ts" "$here/convex/convex.config.ts"
