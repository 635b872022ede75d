// The deleter of a unique_ptr for objects of C libraries: std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>.
#pragma once

namespace hull::backend {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

}  // namespace hull::backend
