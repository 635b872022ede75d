// Roles of a query model.
#include "hullrolemap_p.h"

#include "hullvaluebridge_p.h"

#include <algorithm>

namespace {

const std::string ownNames[] = {"modelData", "isOptimistic"};

void addField(std::vector<std::string>& fields, const std::string& name) {
  const bool own = std::find(std::begin(ownNames), std::end(ownNames), name) != std::end(ownNames);
  if (!own && std::find(fields.begin(), fields.end(), name) == fields.end()) fields.push_back(name);
}

std::vector<std::string> declaredFields(const QStringList& declared) {
  std::vector<std::string> fields;
  for (const QString& name : declared) addField(fields, name.toStdString());
  return fields;
}

bool equalFields(const hull::value* a, const hull::value* b) { return a && b ? *a == *b : a == b; }

}  // namespace

void HullRoleMap::fix(const QStringList& declared, const std::vector<HullRow>& rows) {
  if (m_fixed) return;
  m_fixed = true;
  m_fields = declaredFields(declared);
  for (const HullRow& row : rows)
    if (const hull::object* fields = row.value.if_object())
      for (const auto& field : *fields) addField(m_fields, field.first);
}

QHash<int, QByteArray> HullRoleMap::names(const QStringList& declared) const {
  QHash<int, QByteArray> names{{ModelData, QByteArray::fromStdString(ownNames[0])},
                               {IsOptimistic, QByteArray::fromStdString(ownNames[1])}};
  int role = FirstField;
  for (const std::string& field : m_fixed ? m_fields : declaredFields(declared))
    names.insert(role++, QByteArray::fromStdString(field));
  return names;
}

QVariant HullRoleMap::data(const HullRow& row, int role) const {
  if (role == ModelData) return HullValueBridge::toVariant(row.value);
  if (role == IsOptimistic) return row.isOptimistic;
  const int index = role - FirstField;
  if (index < 0 || index >= static_cast<int>(m_fields.size())) return {};
  const hull::value* field = row.value.find(m_fields[static_cast<std::size_t>(index)]);
  return field ? HullValueBridge::toVariant(*field) : QVariant();
}

QList<int> HullRoleMap::changes(const HullRow& before, const HullRow& after) const {
  QList<int> roles;
  if (before.isOptimistic != after.isOptimistic) roles.append(IsOptimistic);
  if (before.value.same_as(after.value) || before.value == after.value) return roles;
  roles.prepend(ModelData);
  for (std::size_t i = 0; i < m_fields.size(); ++i)
    if (!equalFields(before.value.find(m_fields[i]), after.value.find(m_fields[i])))
      roles.append(FirstField + static_cast<int>(i));
  return roles;
}
