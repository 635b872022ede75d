// Values as text for people: JSON, with Int64 as 12n and bytes as bytes(3) "AAH/".
#pragma once

#include "hullqmlglobal.h"

#include <hull/value/value.hpp>

#include <QtCore/QString>

#include <cstddef>

namespace HullValueText {

/// On one line.
HULL_QML_EXPORT QString compact(const hull::value& value, std::size_t limit);
/// Indented. Cut at about `limit` characters, with an ellipsis.
HULL_QML_EXPORT QString pretty(const hull::value& value, std::size_t limit);
/// The same in colours for a dark ground, as rich text.
HULL_QML_EXPORT QString html(const hull::value& value, std::size_t limit);

}  // namespace HullValueText
