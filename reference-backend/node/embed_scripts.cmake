# Writes OUT, a C++ file with the text of the JavaScript files FILES of DIR.
# Run as `cmake -DDIR=... -DOUT=... -DFILES=a.mjs,b.mjs -P embed_scripts.cmake`.
set(text "// Made from js/*.mjs by embed_scripts.cmake.\n#include \"node/scripts.hpp\"\n\nnamespace hull::backend::node {\nnamespace {\n\nconstexpr script scripts[] = {\n")
string(REPLACE "," ";" names "${FILES}")
foreach(name IN LISTS names)
  file(READ ${DIR}/${name} source)
  string(APPEND text "{\"${name}\", R\"hull_js(${source})hull_js\"},\n")
endforeach()
string(APPEND text "};\n\n}  // namespace\n\nstd::span<const script> all_scripts() { return scripts; }\n\n}  // namespace hull::backend::node\n")
file(WRITE ${OUT} "${text}")
