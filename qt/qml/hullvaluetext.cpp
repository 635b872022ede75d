// Values as text for people.
#include "hullvaluetext_p.h"

#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <QtCore/QLocale>

#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace {

class Writer {
 public:
  Writer(std::size_t limit, bool indents, bool colours) : m_limit(limit), m_indents(indents), m_colours(colours) {}

  void write(const hull::value& value, int depth = 0) {
    switch (value.kind()) {
      case hull::kind::array:
        return writeArray(value.as_array(), depth);
      case hull::kind::object:
        return writeObject(value.as_object(), depth);
      case hull::kind::string:
        return put(text(value), "#7ee2a8");
      case hull::kind::int64:
        return put(std::to_string(value.as_int64()) + "n", "#79b8ff");
      case hull::kind::float64:
        return put(number(value.as_double()), "#79b8ff");
      case hull::kind::bytes:
        return put(
            "bytes(" + std::to_string(value.as_bytes().size()) + ") \"" + hull::encode_base64(value.as_bytes()) + "\"",
            "#d7a6ff");
      case hull::kind::boolean:
        return put(value.as_bool() ? "true" : "false", "#f5b97f");
      case hull::kind::null:
        return put("null", "#f5b97f");
    }
  }

  QString take() const { return QString::fromStdString(m_out + (m_cut ? "\xE2\x80\xA6" : "")); }

 private:
  static std::string text(const hull::value& value) { return hull::write_json(value); }

  static std::string number(double n) {
    if (n != n) return "NaN";
    if (n == std::numeric_limits<double>::infinity()) return "Infinity";
    if (n == -std::numeric_limits<double>::infinity()) return "-Infinity";
    return QString::number(n, 'g', QLocale::FloatingPointShortest).toStdString();
  }

  void put(std::string_view part, const char* colour = "#8b96ad") {
    if (m_cut) return;
    if (m_length + part.size() > m_limit) {
      part = part.substr(0, m_limit - m_length);
      while (!part.empty() && (static_cast<unsigned char>(part.back()) & 0x80) != 0) part.remove_suffix(1);
      m_cut = true;
    }
    m_length += part.size();
    if (!m_colours) {
      m_out += part;
      return;
    }
    m_out += "<span style=\"color:";
    m_out += colour;
    m_out += "\">" + QString::fromUtf8(part.data(), static_cast<qsizetype>(part.size())).toHtmlEscaped().toStdString();
    m_out += "</span>";
  }

  void newLine(int depth) {
    if (m_indents) put("\n" + std::string(static_cast<std::size_t>(depth) * 2, ' '));
  }

  void writeArray(const hull::array& items, int depth) {
    if (items.empty()) return put("[]");
    put("[");
    bool first = true;
    for (const hull::value& item : items) {
      if (m_cut) return;
      if (!std::exchange(first, false)) put(m_indents ? "," : ", ");
      newLine(depth + 1);
      write(item, depth + 1);
    }
    newLine(depth);
    put("]");
  }

  void writeObject(const hull::object& fields, int depth) {
    if (fields.empty()) return put("{}");
    put("{");
    bool first = true;
    for (const auto& [name, field] : fields) {
      if (m_cut) return;
      if (!std::exchange(first, false)) put(m_indents ? "," : ", ");
      newLine(depth + 1);
      put(name, "#c9d4f2");
      put(": ");
      write(field, depth + 1);
    }
    newLine(depth);
    put("}");
  }

  const std::size_t m_limit;
  const bool m_indents;
  const bool m_colours;
  std::string m_out;
  std::size_t m_length = 0;
  bool m_cut = false;
};

QString run(const hull::value& value, std::size_t limit, bool indents, bool colours) {
  Writer writer(limit, indents, colours);
  writer.write(value);
  return writer.take();
}

}  // namespace

QString HullValueText::compact(const hull::value& value, std::size_t limit) { return run(value, limit, false, false); }
QString HullValueText::pretty(const hull::value& value, std::size_t limit) { return run(value, limit, true, false); }
QString HullValueText::html(const hull::value& value, std::size_t limit) {
  return QStringLiteral("<pre style=\"white-space:pre-wrap\">%1</pre>").arg(run(value, limit, true, true));
}
