// Roles of a model.
#include "hullrolemap_p.h"

#include "hullvaluebridge_p.h"

#include <algorithm>
#include <unordered_set>

namespace {

const std::string ownNames[] = {"modelData", "isOptimistic"};

bool equalFields(const hull::value* a, const hull::value* b) { return a && b ? *a == *b : a == b; }

}  // namespace

HullRoleMap::HullRoleMap(const std::vector<std::string>& declared, const hull::array& rows) {
  std::unordered_set<std::string_view> known(std::begin(ownNames), std::end(ownNames));
  m_fields.reserve(declared.size());
  const auto add = [&](const std::string& name) {
    if (known.count(name) > 0) return;
    m_fields.push_back(name);
    known.insert(name);  // Lives in the declared names or in the rows while this runs.
  };
  for (const std::string& name : declared) add(name);
  // Rows mostly have the fields of the row before them.
  const hull::object* last = nullptr;
  for (const hull::value& row : rows) {
    const hull::object* fields = row.if_object();
    if (!fields) continue;
    const bool alike = last && std::equal(fields->begin(), fields->end(), last->begin(), last->end(),
                                          [](const auto& a, const auto& b) { return a.first == b.first; });
    last = fields;
    if (alike) continue;
    for (const auto& field : *fields) add(field.first);
  }
}

QHash<int, QByteArray> HullRoleMap::names() const {
  QHash<int, QByteArray> names{{ModelData, QByteArray::fromStdString(ownNames[0])},
                               {IsOptimistic, QByteArray::fromStdString(ownNames[1])}};
  int role = FirstField;
  for (const std::string& field : m_fields) names.insert(role++, QByteArray::fromStdString(field));
  return names;
}

QVariant HullRoleMap::data(const HullRow& row, int role) const {
  if (role == ModelData) return HullValueBridge::toVariant(row.value);
  if (role == IsOptimistic) return row.isOptimistic;
  const int index = role - FirstField;
  if (index < 0 || index >= static_cast<int>(m_fields.size())) return {};
  const hull::value* field = find(row.value, m_fields[static_cast<std::size_t>(index)]);
  return field ? HullValueBridge::toVariant(*field) : QVariant();
}

QList<int> HullRoleMap::changes(const HullRow& before, const HullRow& after) const {
  QList<int> roles;
  if (before.isOptimistic != after.isOptimistic) roles.append(IsOptimistic);
  if (before.value.same_as(after.value) || before.value == after.value) return roles;
  roles.prepend(ModelData);
  for (std::size_t i = 0; i < m_fields.size(); ++i)
    if (!equalFields(find(before.value, m_fields[i]), find(after.value, m_fields[i])))
      roles.append(FirstField + static_cast<int>(i));
  return roles;
}

const hull::value* HullRoleMap::find(const hull::value& row, std::string_view path) {
  if (const hull::value* field = row.find(path)) return field;
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const hull::value* outer = row.find(path.substr(0, dot));
  return outer ? find(*outer, path.substr(dot + 1)) : nullptr;
}
