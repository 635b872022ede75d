// Certificates made on the spot, in a folder that goes with them.
#pragma once

#include "scratch_folder.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

namespace hull::test {

inline std::string file_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// A self-signed certificate for one name ("DNS:localhost", "IP:127.0.0.1") and its key, encrypted if there is a
/// passphrase.
struct certificate {
  scratch_folder folder;
  std::string certificate_file = (folder / "cert.pem").string();
  std::string key_file = (folder / "key.pem").string();

  explicit certificate(const std::string& subject_alternative_name, const std::string& passphrase = {}) {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> cert(X509_new(), X509_free);
    X509_set_version(cert.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
    X509_NAME* name = X509_get_subject_name(cert.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("hull test"), -1, -1,
                               0);
    X509_set_issuer_name(cert.get(), name);
    X509_set_pubkey(cert.get(), key.get());
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, cert.get(), cert.get(), nullptr, nullptr, 0);
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, subject_alternative_name.c_str());
    X509_add_ext(cert.get(), extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(cert.get(), key.get(), EVP_sha256());
    write(certificate_file, [&](std::FILE* f) { return PEM_write_X509(f, cert.get()); });
    write(key_file, [&](std::FILE* f) {
      return PEM_write_PrivateKey(f, key.get(), passphrase.empty() ? nullptr : EVP_aes_256_cbc(), nullptr, 0, nullptr,
                                  passphrase.empty() ? nullptr : const_cast<char*>(passphrase.c_str()));
    });
  }

 private:
  template <class F>
  static void write(const std::string& file, F f) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(file.c_str(), "w"), std::fclose);
    if (!out || f(out.get()) != 1) throw std::runtime_error("cannot write " + file);
  }
};

}  // namespace hull::test
