// V8's heap as it lies in memory, for realm_witness.cpp alone. The offsets and type numbers are the ones that V8
// publishes for post-mortem debuggers (the symbols `v8dbg_*`), so they are those of the library that runs.
#pragma once

#include "runtime/v8.hpp"

#include <cstdint>
#include <cstring>

extern "C" {
extern int v8dbg_FirstContextType;
extern int v8dbg_FirstNonstringType;
extern int v8dbg_LastContextType;
extern int v8dbg_class_FixedArrayBase__length__SMI;
extern int v8dbg_class_FixedArray__data__uintptr_t;
extern int v8dbg_class_JSArrayBuffer__backing_store__uintptr_t;
extern int v8dbg_class_JSArrayBuffer__byte_length__size_t;
extern int v8dbg_class_JSFunction__prototype_or_initial_map__HeapObject;
extern int v8dbg_class_JSFunction__shared__SharedFunctionInfo;
extern int v8dbg_class_JSRegExp__last_index__Object;
extern int v8dbg_class_Map__instance_descriptors__DescriptorArray;
extern int v8dbg_class_Map__instance_size_in_words__char;
extern int v8dbg_class_Map__instance_type__uint16_t;
extern int v8dbg_class_Map__prototype__HeapObject;
extern int v8dbg_type_AccessorPair__ACCESSOR_PAIR_TYPE;
extern int v8dbg_type_ByteArray__BYTE_ARRAY_TYPE;
extern int v8dbg_type_Cell__CELL_TYPE;
extern int v8dbg_type_DescriptorArray__DESCRIPTOR_ARRAY_TYPE;
extern int v8dbg_type_FixedArray__FIXED_ARRAY_TYPE;
extern int v8dbg_type_FixedDoubleArray__FIXED_DOUBLE_ARRAY_TYPE;
extern int v8dbg_type_HeapNumber__HEAP_NUMBER_TYPE;
extern int v8dbg_type_JSArrayBuffer__JS_ARRAY_BUFFER_TYPE;
extern int v8dbg_type_JSDataView__JS_DATA_VIEW_TYPE;
extern int v8dbg_type_JSExternalObject__JS_EXTERNAL_OBJECT_TYPE;
extern int v8dbg_type_JSSegmentIterator__JS_SEGMENT_ITERATOR_TYPE;
extern int v8dbg_type_JSSegments__JS_SEGMENTS_TYPE;
extern int v8dbg_type_JSFunction__JS_FUNCTION_TYPE;
extern int v8dbg_type_JSAsyncFunctionObject__JS_ASYNC_FUNCTION_OBJECT_TYPE;
extern int v8dbg_type_JSModuleNamespace__JS_MODULE_NAMESPACE_TYPE;
extern int v8dbg_type_JSObject__JS_OBJECT_TYPE;
extern int v8dbg_type_JSPrimitiveWrapper__JS_PRIMITIVE_WRAPPER_TYPE;
extern int v8dbg_type_JSProxy__JS_PROXY_TYPE;
extern int v8dbg_type_JSRegExp__JS_REG_EXP_TYPE;
extern int v8dbg_type_JSTypedArray__JS_TYPED_ARRAY_TYPE;
extern int v8dbg_type_JSWeakRef__JS_WEAK_REF_TYPE;
extern int v8dbg_type_Map__MAP_TYPE;
extern int v8dbg_type_PropertyArray__PROPERTY_ARRAY_TYPE;
extern int v8dbg_type_PropertyCell__PROPERTY_CELL_TYPE;
extern int v8dbg_type_SharedFunctionInfo__SHARED_FUNCTION_INFO_TYPE;
extern int v8dbg_type_SourceTextModule__SOURCE_TEXT_MODULE_TYPE;
extern int v8dbg_type_StrongDescriptorArray__STRONG_DESCRIPTOR_ARRAY_TYPE;
}

namespace hull::backend::runtime::heap_view {

/// A field of an object: a small integer, or the address of another object.
using word = std::uintptr_t;
static_assert(sizeof(word) == 8 && V8_MAJOR_VERSION == 10 && V8_MINOR_VERSION == 2);

constexpr word tag = 1;

inline bool is_object(word w) { return (w & 3) == tag; }
inline const word* field(word object, int offset) { return reinterpret_cast<const word*>(object - tag + offset); }
inline word map_of(word object) { return *field(object, 0); }

inline int type_of_map(word map) {
  return *reinterpret_cast<const std::uint16_t*>(map - tag + v8dbg_class_Map__instance_type__uint16_t);
}
inline int type_of(word object) { return type_of_map(map_of(object)); }

/// In words; 0 for objects of variable size.
inline std::size_t instance_words(word map) {
  return *reinterpret_cast<const std::uint8_t*>(map - tag + v8dbg_class_Map__instance_size_in_words__char);
}
inline word prototype_of_map(word map) { return *field(map, v8dbg_class_Map__prototype__HeapObject); }
inline word descriptors_of_map(word map) { return *field(map, v8dbg_class_Map__instance_descriptors__DescriptorArray); }

/// Of arrays, dictionaries and contexts, in elements.
inline std::size_t array_length(word array) {
  return static_cast<std::size_t>(*field(array, v8dbg_class_FixedArrayBase__length__SMI) >> 32);
}
/// Of the store of an object's properties; the upper bits hold the object's hash.
inline std::size_t property_array_length(word store) { return array_length(store) & 0x3ff; }

inline bool is_string(int type) { return type < v8dbg_FirstNonstringType; }
inline bool is_map(int type) { return type == v8dbg_type_Map__MAP_TYPE; }
inline bool is_context(int type) { return type >= v8dbg_FirstContextType && type <= v8dbg_LastContextType; }
/// Arrays of tagged fields, the hash tables among them.
inline bool is_array(int type) {
  return type >= v8dbg_type_FixedArray__FIXED_ARRAY_TYPE && type < v8dbg_type_ByteArray__BYTE_ARRAY_TYPE;
}
/// What JavaScript can hold and change; the last ones in the order of types.
inline bool is_receiver(int type) { return type >= v8dbg_type_JSProxy__JS_PROXY_TYPE; }
/// Objects of WebAssembly and of embedders: what looks like the address of an object there may be none.
inline bool may_hold_raw_pointers(int type) {
  const bool api = (type > v8dbg_type_JSModuleNamespace__JS_MODULE_NAMESPACE_TYPE &&
                    type < v8dbg_type_JSPrimitiveWrapper__JS_PRIMITIVE_WRAPPER_TYPE) ||
                   (type > v8dbg_type_JSObject__JS_OBJECT_TYPE && type < v8dbg_type_JSDataView__JS_DATA_VIEW_TYPE);
  // Intl's segments keep their place in C++ objects.
  const bool segments = type == v8dbg_type_JSSegmentIterator__JS_SEGMENT_ITERATOR_TYPE ||
                        type == v8dbg_type_JSSegments__JS_SEGMENTS_TYPE;
  return api || segments || type == v8dbg_type_JSExternalObject__JS_EXTERNAL_OBJECT_TYPE ||
         type > v8dbg_type_JSWeakRef__JS_WEAK_REF_TYPE;
}
inline bool is_function(word object, int type) {
  // In between lie the types of functions, and of prototypes of V8's own. Others, buffers above all, have numbers where
  // a function has its code.
  if (type < v8dbg_type_JSFunction__JS_FUNCTION_TYPE ||
      type >= v8dbg_type_JSAsyncFunctionObject__JS_ASYNC_FUNCTION_OBJECT_TYPE)
    return false;
  if (instance_words(map_of(object)) * sizeof(word) <
      static_cast<std::size_t>(v8dbg_class_JSFunction__prototype_or_initial_map__HeapObject))
    return false;
  const word shared = *field(object, v8dbg_class_JSFunction__shared__SharedFunctionInfo);
  return is_object(shared) &&
         type_of(shared) == v8dbg_type_SharedFunctionInfo__SHARED_FUNCTION_INFO_TYPE;
}

/// Where the object of a handle lies now. Valid until V8 may move it.
template <class T>
word address_of(v8::Local<T> handle) {
  return *reinterpret_cast<const word*>(*handle);
}

/// A handle of an object that lies there now.
inline v8::Local<v8::Value> handle_of(v8::Isolate* isolate, word object) {
  struct scope : v8::HandleScope {
    static word* make(v8::Isolate* isolate, word object) {
      return CreateHandle(reinterpret_cast<v8::internal::Isolate*>(isolate), object);
    }
  };
  word* const slot = scope::make(isolate, object);
  v8::Local<v8::Value> handle;
  static_assert(sizeof handle == sizeof slot);
  std::memcpy(static_cast<void*>(&handle), &slot, sizeof slot);
  return handle;
}

}  // namespace hull::backend::runtime::heap_view
