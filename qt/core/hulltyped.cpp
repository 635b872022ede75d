// What the templates of hulltyped.h need from the library.
#include "hulltyped.h"

#include "hullvaluebridge_p.h"

namespace HullTyped {

QVariant toVariant(const hull::value& value) { return HullValueBridge::toVariant(value); }
hull::result<hull::value> fromVariant(const QVariant& variant) { return HullValueBridge::fromVariant(variant); }
HullError toError(const hull::error& error) { return HullValueBridge::toError(error); }

}  // namespace HullTyped
