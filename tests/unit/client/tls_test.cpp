// wss with certificates made on the spot: trusted ones work, others do not.
#include "support/home.hpp"

#include <gtest/gtest.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>

namespace hull::test {
namespace {

using mock::updated;

/// A self-signed certificate for one name, in a folder that goes with it.
struct certificate {
  std::filesystem::path folder;
  std::string certificate_file;
  std::string key_file;

  explicit certificate(const std::string& subject_alternative_name) {
    folder = std::filesystem::temp_directory_path() / ("hull-tls-" + std::to_string(std::random_device{}()));
    std::filesystem::create_directories(folder);
    certificate_file = (folder / "cert.pem").string();
    key_file = (folder / "key.pem").string();
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> cert(X509_new(), X509_free);
    X509_set_version(cert.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
    X509_NAME* name = X509_get_subject_name(cert.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("hull test"), -1, -1, 0);
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
    write(key_file, [&](std::FILE* f) { return PEM_write_PrivateKey(f, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  }
  ~certificate() { std::filesystem::remove_all(folder); }

  mock::server_options server() const {
    mock::server_options o;
    o.certificate_file = certificate_file;
    o.private_key_file = key_file;
    return o;
  }

 private:
  template <class F>
  static void write(const std::string& file, F f) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(file.c_str(), "w"), std::fclose);
    if (!out || f(out.get()) != 1) throw std::runtime_error("cannot write " + file);
  }
};

TEST(client_tls, trusted_certificate) {
  const certificate cert("IP:127.0.0.1");
  home h(cert.server());
  auto options = h.options();
  options.tls.ca_file = cert.certificate_file;
  client c(h.loop.get_executor(), h.server.url(), options);
  watch w = c.watch_query("q:a");
  std::optional<value> seen;
  subscription s = w.on_change([&](const query_state_ptr& state) { seen = *state->current(); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, std::string(100'000, 'z'))}, 10);
  ASSERT_TRUE(h.until([&] { return seen.has_value(); }));
  outcome o;
  c.action("a:x", value::make_object({{"text", std::string(100'000, 'a')}}), o.token());
  server.answer_action(server.expect_action().id, 1);
  ASSERT_TRUE(h.until([&] { return o.got.has_value(); }));
  c.close();
  EXPECT_TRUE(socket->wait_for_close());
  EXPECT_EQ(socket->close_code(), 1005);
}

TEST(client_tls, name_in_the_address_is_what_counts) {
  const certificate cert("DNS:localhost");
  home h(cert.server());
  auto options = h.options();
  options.tls.ca_file = cert.certificate_file;
  client named(h.loop.get_executor(), "https://localhost:" + std::to_string(h.server.port()), options);
  ASSERT_TRUE(h.until([&] { return named.state().is_connected; }));
  client addressed(h.loop.get_executor(), h.server.url(), options);
  ASSERT_TRUE(h.until([&] { return addressed.state().connection_retries >= 1; }));
  EXPECT_FALSE(addressed.state().has_ever_connected);
  EXPECT_TRUE(h.has_log("TLS handshake"));
}

TEST(client_tls, unknown_certificate_is_refused) {
  const certificate cert("IP:127.0.0.1");
  home h(cert.server());
  client c(h.loop.get_executor(), h.server.url(), h.options());
  ASSERT_TRUE(h.until([&] { return c.state().connection_retries >= 1; }));
  EXPECT_FALSE(c.state().has_ever_connected);
  EXPECT_TRUE(h.has_log("certificate verify failed"));
}

TEST(client_tls, verification_can_be_off_in_tests) {
  const certificate cert("DNS:somewhere.else");
  home h(cert.server());
  auto options = h.options();
  options.tls.verify_peer = false;
  client c(h.loop.get_executor(), h.server.url(), options);
  ASSERT_TRUE(h.until([&] { return c.state().is_connected; }));
}

TEST(client_tls, missing_ca_file_is_reported) {
  const certificate cert("IP:127.0.0.1");
  home h(cert.server());
  auto options = h.options();
  options.tls.ca_file = "/nowhere/ca.pem";
  client c(h.loop.get_executor(), h.server.url(), options);
  ASSERT_TRUE(h.until([&] { return h.has_log("cannot load the trusted certificates from /nowhere/ca.pem"); }));
}

}  // namespace
}  // namespace hull::test
