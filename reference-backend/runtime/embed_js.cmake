# Writes OUT, a C++ file with the text of the JavaScript files of DIR: CONTEXT_FILES in that order for every context,
# LAZY_FILES for what asks for them, EXTRA_FILES by name.
# Run as `cmake -DDIR=... -DOUT=... -DCONTEXT_FILES=a.js,b.js -DLAZY_FILES=... -DEXTRA_FILES=... -P embed_js.cmake`.

set(text "// Made from js/*.js by embed_js.cmake.\n#include \"runtime/glue.hpp\"\n\nnamespace hull::backend::runtime {\nnamespace {\n\n")
macro(add_table table files)
  string(APPEND text "constexpr glue_file ${table}[] = {\n")
  string(REPLACE "," ";" names "${files}")
  foreach(name IN LISTS names)
    file(READ ${DIR}/${name} source)
    string(APPEND text "{\"${name}\", R\"hull_js(${source})hull_js\"},\n")
  endforeach()
  string(APPEND text "};\n\n")
endmacro()
add_table(context_files "${CONTEXT_FILES}")
add_table(lazy_files "${LAZY_FILES}")
add_table(extra_files "${EXTRA_FILES}")
string(APPEND text "}  // namespace\n
std::span<const glue_file> context_glue() { return context_files; }\n
std::span<const glue_file> lazy_glue() { return lazy_files; }

std::string_view extra_glue(std::string_view name) {
  for (const glue_file& f : extra_files)
    if (name == f.name) return f.source;
  return {};
}\n
}  // namespace hull::backend::runtime\n")
file(WRITE ${OUT} "${text}")
