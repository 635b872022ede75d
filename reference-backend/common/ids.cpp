// Layout of an id: variable-length table number, sixteen bytes, two bytes of checksum xor version, version 0.
#include "common/ids.hpp"

#include "common/encoding.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace hull::backend {
namespace {

constexpr std::size_t min_text = 31;
constexpr std::size_t max_text = 37;
constexpr std::size_t max_table_bytes = 5;

/// Fletcher's checksum with modulus 256; the low byte is the plain sum.
std::uint16_t fletcher16(std::span<const std::uint8_t> data) {
  std::uint8_t sum = 0;
  std::uint8_t sum_of_sums = 0;
  for (const std::uint8_t byte : data) {
    sum = static_cast<std::uint8_t>(sum + byte);
    sum_of_sums = static_cast<std::uint8_t>(sum_of_sums + sum);
  }
  return static_cast<std::uint16_t>(sum_of_sums << 8 | sum);
}

std::vector<std::uint8_t> pack(const document_id& id) {
  std::vector<std::uint8_t> out;
  out.reserve(max_table_bytes + id.internal.size() + 2);
  for (std::uint32_t rest = id.table; true; rest >>= 7) {
    if (rest < 0x80) {
      out.push_back(static_cast<std::uint8_t>(rest));
      break;
    }
    out.push_back(static_cast<std::uint8_t>(rest & 0x7f) | 0x80);
  }
  out.insert(out.end(), id.internal.begin(), id.internal.end());
  const std::uint16_t check = fletcher16(out);
  out.push_back(static_cast<std::uint8_t>(check & 0xff));
  out.push_back(static_cast<std::uint8_t>(check >> 8));
  return out;
}

}  // namespace

std::string document_id::to_string() const { return encode_base32(pack(*this)); }

std::optional<document_id> document_id::parse(std::string_view text) {
  if (text.size() < min_text || text.size() > max_text) return std::nullopt;
  const auto data = decode_base32(text);
  if (!data) return std::nullopt;

  document_id id;
  std::uint64_t table = 0;
  std::size_t at = 0;
  for (bool more = true; more; ++at) {
    if (at == max_table_bytes || at == data->size()) return std::nullopt;
    table |= static_cast<std::uint64_t>((*data)[at] & 0x7f) << (7 * at);
    more = ((*data)[at] & 0x80) != 0;
  }
  if (table == 0 || table > UINT32_MAX || data->size() != at + id.internal.size() + 2) return std::nullopt;
  id.table = static_cast<std::uint32_t>(table);
  std::copy_n(data->begin() + static_cast<std::ptrdiff_t>(at), id.internal.size(), id.internal.begin());
  // Comparing the text checks the checksum, the table number's shortest form and the left-over bits at once.
  if (id.to_string() != text) return std::nullopt;
  return id;
}

internal_id make_internal_id(random_source& random, std::int64_t wall_ns) {
  constexpr std::int64_t day_ns = 86'400'000'000'000;
  internal_id id{};
  random.fill(std::span(id).first(14));
  const auto day = static_cast<std::uint16_t>(wall_ns / day_ns);
  id[14] = static_cast<std::uint8_t>(day >> 8);
  id[15] = static_cast<std::uint8_t>(day & 0xff);
  return id;
}

std::string to_base64url(const internal_id& id) { return encode_base64url(id); }

std::optional<internal_id> internal_id_from_base64url(std::string_view text) {
  const auto data = decode_base64url(text);
  if (!data || data->size() != internal_id{}.size()) return std::nullopt;
  internal_id id{};
  std::copy(data->begin(), data->end(), id.begin());
  return id;
}

}  // namespace hull::backend
