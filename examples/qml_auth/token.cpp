// Signing and checking with OpenSSL.
#include "token.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QList>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <stdexcept>

namespace {

// convex/auth.config.ts has the public half.
constexpr char privateKey[] = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgDahoSk88EkZp++xs
0ds6D6VTVN/HsPynyTRrn5ZLXUChRANCAAQAGrJTEq2Wfxj7uv0H475vhbfhAVHE
MDScWOxJoBMWJZXbcMGWQe/liCCA+MwZfMCwVTtqtnWkTCk748VmoUzJ
-----END PRIVATE KEY-----
)";
constexpr char header[] = R"({"alg":"ES256","kid":"harbour-demo","typ":"JWT"})";
constexpr int half = 32;  // Bytes of each of the two numbers of a signature.
constexpr auto url = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG_free>>;
using Source = std::unique_ptr<BIO, Deleter<BIO_free>>;

void check(bool ok) {
  if (!ok) throw std::runtime_error("OpenSSL failed");
}

const unsigned char* bytesOf(const QByteArray& data) {
  return reinterpret_cast<const unsigned char*>(data.constData());
}
unsigned char* bytesOf(QByteArray& data) { return reinterpret_cast<unsigned char*>(data.data()); }

EVP_PKEY* key() {
  static const Key one = [] {
    const Source source(BIO_new_mem_buf(privateKey, -1));
    Key read(PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, nullptr));
    check(read != nullptr);
    return read;
  }();
  return one.get();
}

// OpenSSL writes a signature as DER, a token as two numbers of fixed length.
QByteArray signatureOf(const QByteArray& text) {
  const Context context(EVP_MD_CTX_new());
  check(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key()) == 1);
  std::size_t size = 0;
  const auto length = static_cast<std::size_t>(text.size());
  check(EVP_DigestSign(context.get(), nullptr, &size, bytesOf(text), length) == 1);
  QByteArray der(static_cast<qsizetype>(size), '\0');
  check(EVP_DigestSign(context.get(), bytesOf(der), &size, bytesOf(text), length) == 1);
  const unsigned char* at = bytesOf(std::as_const(der));
  const Signature pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  check(pair != nullptr);
  QByteArray raw(2 * half, '\0');
  check(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytesOf(raw), half) == half);
  check(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytesOf(raw) + half, half) == half);
  return raw;
}

bool isSignature(const QByteArray& raw, const QByteArray& text) {
  if (raw.size() != 2 * half) return false;
  const Signature pair(ECDSA_SIG_new());
  check(ECDSA_SIG_set0(pair.get(), BN_bin2bn(bytesOf(raw), half, nullptr),
                       BN_bin2bn(bytesOf(raw) + half, half, nullptr)) == 1);
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  const Context context(EVP_MD_CTX_new());
  const bool isGood = size > 0 && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key()) == 1 &&
                      EVP_DigestVerify(context.get(), der, static_cast<std::size_t>(size), bytesOf(text),
                                       static_cast<std::size_t>(text.size())) == 1;
  OPENSSL_free(der);
  return isGood;
}

}  // namespace

QByteArray signedToken(const QJsonObject& claims) {
  const QByteArray text =
      QByteArray(header).toBase64(url) + '.' + QJsonDocument(claims).toJson(QJsonDocument::Compact).toBase64(url);
  return text + '.' + signatureOf(text).toBase64(url);
}

std::optional<QJsonObject> claimsOf(const QByteArray& token) {
  const QList<QByteArray> parts = token.split('.');
  if (parts.size() != 3 || parts[0] != QByteArray(header).toBase64(url)) return std::nullopt;
  if (!isSignature(QByteArray::fromBase64(parts[2], url), parts[0] + '.' + parts[1])) return std::nullopt;
  const QJsonObject claims = QJsonDocument::fromJson(QByteArray::fromBase64(parts[1], url)).object();
  const auto now = static_cast<double>(QDateTime::currentSecsSinceEpoch());
  if (claims.value(QStringLiteral("exp")).toDouble() <= now) return std::nullopt;
  return claims;
}
