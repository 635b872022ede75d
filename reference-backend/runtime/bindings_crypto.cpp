// crypto.subtle for the guest JavaScript: bytes in, bytes out. A failure is given back as the text "Name: message",
// of which our JavaScript makes a DOMException.
#include "runtime/bindings.hpp"
#include "runtime/buffers.hpp"
#include "runtime/errors.hpp"
#include "runtime/execution.hpp"
#include "runtime/web_crypto.hpp"

namespace hull::backend::runtime {
namespace {

using call = const v8::FunctionCallbackInfo<v8::Value>&;

std::string text(call info, int i) { return utf8_text(info.GetIsolate(), info[i]); }
std::string bytes(call info, int i) { return bytes_of(info[i]); }
double number(call info, int i) { return info[i]->IsNumber() ? info[i].As<v8::Number>()->Value() : 0; }
std::size_t size(call info, int i) {
  const double n = number(info, i);
  return n > 0 ? static_cast<std::size_t>(std::min(n, 1e9)) : 0;
}

void give(call info, const failure& f) {
  info.GetReturnValue().Set(js_string(info.GetIsolate(), f.code + ": " + f.message));
}
void give(call info, const outcome<std::string>& result) {
  v8::Local<v8::ArrayBuffer> buffer;
  if (!result)
    give(info, result.error());
  else if (new_buffer(info.GetIsolate(), *result).ToLocal(&buffer))
    info.GetReturnValue().Set(buffer);
}

void digest(call info) { give(info, web_crypto::digest(text(info, 0), bytes(info, 1))); }
void hmac(call info) { give(info, web_crypto::hmac(text(info, 0), bytes(info, 1), bytes(info, 2))); }
/// cryptoHkdf(hash, key, salt, info, bytes)
void hkdf(call info) {
  give(info, web_crypto::hkdf(text(info, 0), bytes(info, 1), bytes(info, 2), bytes(info, 3), size(info, 4)));
}
/// cryptoPbkdf2(hash, password, salt, iterations, bytes)
void pbkdf2(call info) {
  const isolate_box& box = isolate_box::of(info.GetIsolate());
  const auto iterations = static_cast<std::uint32_t>(size(info, 3));
  give(info, web_crypto::pbkdf2(text(info, 0), bytes(info, 1), bytes(info, 2), iterations, size(info, 4),
                                [&box] { return box.spent(); }));
}
void equal(call info) { info.GetReturnValue().Set(web_crypto::equal(bytes(info, 0), bytes(info, 1))); }

/// cryptoAes(mode, encrypt, key, iv, data, additionalData, tagBytes, counterBits)
void aes(call info) {
  const std::string mode = text(info, 0), iv = bytes(info, 3), additional = bytes(info, 5);
  web_crypto::aes_options o;
  o.mode = mode;
  o.encrypt = info[1]->IsTrue();
  o.iv = iv;
  o.additional_data = additional;
  o.tag_bytes = std::min<std::size_t>(size(info, 6), 16);
  o.counter_bits = static_cast<unsigned>(size(info, 7));
  give(info, web_crypto::aes(o, bytes(info, 2), bytes(info, 4)));
}

/// cryptoGenerate(kind, bits, exponent): [private, public]
void generate(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  const auto made = web_crypto::generate(text(info, 0), static_cast<unsigned>(size(info, 1)), bytes(info, 2));
  if (!made) return give(info, made.error());
  v8::Local<v8::ArrayBuffer> halves[2];
  if (!new_buffer(isolate, made->private_der).ToLocal(&halves[0]) ||
      !new_buffer(isolate, made->public_der).ToLocal(&halves[1]))
    return;
  v8::Local<v8::Value> list[] = {halves[0], halves[1]};
  info.GetReturnValue().Set(v8::Array::New(isolate, list, 2));
}

/// cryptoParts(kind, der, isPrivate): {n: bytes, ...}
void parts(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  const auto found = web_crypto::parts_of(text(info, 0), bytes(info, 1), info[2]->IsTrue());
  if (!found) return give(info, found.error());
  const v8::Local<v8::Object> object = v8::Object::New(isolate);
  for (const auto& [name, part] : *found) {
    v8::Local<v8::ArrayBuffer> buffer;
    if (!new_buffer(isolate, part).ToLocal(&buffer) ||
        object->CreateDataProperty(isolate->GetCurrentContext(), js_name(isolate, name), buffer).IsNothing())
      return;
  }
  info.GetReturnValue().Set(object);
}

/// cryptoKeyFrom(kind, [name, bytes, ...], isPrivate): DER
void key_from(call info) {
  web_crypto::key_parts given;
  if (info[1]->IsArray()) {
    const v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
    const auto list = info[1].As<v8::Array>();
    for (std::uint32_t i = 0; i + 1 < list->Length(); i += 2) {
      v8::Local<v8::Value> name, part;
      if (!list->Get(context, i).ToLocal(&name) || !list->Get(context, i + 1).ToLocal(&part)) return;
      given[utf8_text(info.GetIsolate(), name)] = bytes_of(part);
    }
  }
  give(info, web_crypto::key_from(text(info, 0), given, info[2]->IsTrue()));
}
void key_from_raw(call info) { give(info, web_crypto::key_from_raw(text(info, 0), bytes(info, 1))); }
/// cryptoCheckedKey(kind, der, isPrivate): DER
void checked_key(call info) { give(info, web_crypto::checked_key(text(info, 0), bytes(info, 1), info[2]->IsTrue())); }

/// cryptoSign(scheme, hash, saltBytes, key, data)
void sign(call info) {
  const std::string scheme = text(info, 0), hash = text(info, 1);
  give(info, web_crypto::sign({scheme, hash, static_cast<int>(size(info, 2))}, bytes(info, 3), bytes(info, 4)));
}
/// cryptoVerify(scheme, hash, saltBytes, key, signature, data)
void verify(call info) {
  const std::string scheme = text(info, 0), hash = text(info, 1);
  const auto good = web_crypto::verify({scheme, hash, static_cast<int>(size(info, 2))}, bytes(info, 3), bytes(info, 4),
                                       bytes(info, 5));
  if (good)
    info.GetReturnValue().Set(*good);
  else
    give(info, good.error());
}
/// cryptoOaep(encrypt, hash, key, label, data)
void oaep(call info) {
  give(info, web_crypto::rsa_oaep(info[0]->IsTrue(), text(info, 1), bytes(info, 2), bytes(info, 3), bytes(info, 4)));
}
void derive(call info) { give(info, web_crypto::shared_secret(bytes(info, 0), bytes(info, 1))); }

/// Throws where randomness that nobody could repeat is not allowed.
void require_crypto_random(call info) {
  const execution& e = *isolate_box::of(info.GetIsolate()).current;
  if (const auto refused = refuse_crypto_random(e.where(), e.importing()))
    info.GetIsolate()->ThrowException(error_object(info.GetIsolate()->GetCurrentContext(), *refused));
}

constexpr binding table[] = {
    {"cryptoDigest", digest},
    {"cryptoHmac", hmac},
    {"cryptoHkdf", hkdf},
    {"cryptoPbkdf2", pbkdf2},
    {"cryptoEqual", equal},
    {"cryptoAes", aes},
    {"cryptoGenerate", generate},
    {"cryptoParts", parts},
    {"cryptoKeyFrom", key_from},
    {"cryptoKeyFromRaw", key_from_raw},
    {"cryptoCheckedKey", checked_key},
    {"cryptoSign", sign},
    {"cryptoVerify", verify},
    {"cryptoOaep", oaep},
    {"cryptoDerive", derive},
    {"requireCryptoRandom", require_crypto_random},
};

}  // namespace

std::span<const binding> crypto_bindings() { return table; }

}  // namespace hull::backend::runtime
