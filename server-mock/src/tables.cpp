// Documents, and transactions over them.
#include <hull/mock/tables.hpp>
#include <hull/value/json.hpp>

#include "store.hpp"

#include <algorithm>
#include <charconv>

namespace hull::mock {

namespace {

std::string error_text(const value& data) { return data.is_string() ? data.as_string() : write_json(data); }

void check_fields(const object& fields, std::string_view table) {
  for (const auto& [name, unused] : fields)
    if (name.starts_with('_'))
      throw std::invalid_argument("The field \"" + name + "\" of a document of \"" + std::string(table) +
                                  "\" cannot be set: names that begin with '_' belong to the deployment.");
}

}  // namespace

convex_error::convex_error(value data) : std::runtime_error(error_text(data)), data_(std::move(data)) {}

namespace detail {

bool meets(const touched& read, const touched& written) {
  const auto common = [](const auto& a, const auto& b) {
    const auto& small = a.size() < b.size() ? a : b;
    const auto& large = a.size() < b.size() ? b : a;
    return std::any_of(small.begin(), small.end(), [&](const std::string& name) { return large.count(name) != 0; });
  };
  return common(read.tables, written.tables) || common(read.documents, written.documents);
}

std::optional<std::pair<std::string, std::uint64_t>> parse_id(std::string_view id) {
  const auto dash = id.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  const std::string_view digits = id.substr(dash + 1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.starts_with('0')) return std::nullopt;
  return std::pair(std::string(id.substr(0, dash)), number);
}

std::string make_id(std::string_view table, std::uint64_t number) {
  return std::string(table) + "-" + std::to_string(number);
}

const table_data* transaction::find(std::string_view table) const {
  if (const auto at = changed_.find(table); at != changed_.end()) return at->second.get();
  const auto at = base_->data.find(table);
  return at == base_->data.end() ? nullptr : at->second.get();
}

std::optional<value> transaction::get(std::string_view id) {
  reads_.documents.emplace(id);
  const auto parsed = parse_id(id);
  const table_data* table = parsed ? find(parsed->first) : nullptr;
  if (!table) return std::nullopt;
  const auto at = table->rows.find(parsed->second);
  if (at == table->rows.end()) return std::nullopt;
  return at->second;
}

const table_data& transaction::read_table(const std::string& name) {
  static const table_data empty;
  reads_.tables.insert(name);
  const table_data* table = find(name);
  return table ? *table : empty;
}

table_data& transaction::writable(const std::string& table) {
  auto& copy = changed_[table];
  if (!copy) {
    const auto at = base_->data.find(table);
    copy = at == base_->data.end() ? std::make_shared<table_data>() : std::make_shared<table_data>(*at->second);
  }
  return *copy;
}

std::string transaction::insert(const std::string& table, object fields) {
  check_fields(fields, table);
  table_data& data = writable(table);
  const std::uint64_t number = data.next++;
  std::string id = make_id(table, number);
  // Documents of one transaction have different times, as at a real deployment.
  fields.set("_creationTime", now_ms_ + static_cast<double>(writes_.documents.size()) * 1e-3);
  fields.set("_id", id);
  data.rows.emplace(number, std::move(fields));
  writes_.tables.insert(table);
  writes_.documents.insert(id);
  return id;
}

void transaction::write(std::string_view id, std::optional<object> fields) {
  const auto old = get(id);
  if (!old) throw std::invalid_argument("There is no document with the id \"" + std::string(id) + "\".");
  const auto [table, number] = *parse_id(id);
  table_data& data = writable(table);
  if (fields) {
    fields->set("_creationTime", *old->find("_creationTime"));
    fields->set("_id", std::string(id));
    data.rows.insert_or_assign(number, std::move(*fields));
  } else {
    data.rows.erase(number);
  }
  writes_.tables.insert(table);
  writes_.documents.emplace(id);
}

store_ptr transaction::commit(protocol::timestamp ts) const {
  auto next = std::make_shared<store>(*base_);
  for (const auto& [name, data] : changed_) next->data.insert_or_assign(name, data);
  next->ts = ts;
  return next;
}

}  // namespace detail

table_reader::table_reader(detail::transaction& transaction, std::string name)
    : transaction_(&transaction), name_(std::move(name)) {
  const bool good = !name_.empty() && std::all_of(name_.begin(), name_.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!good) throw std::invalid_argument("\"" + name_ + "\" cannot name a table: letters, digits and '_' can.");
}

std::optional<value> table_reader::get(std::string_view id) const {
  const auto parsed = detail::parse_id(id);
  if (!parsed || parsed->first != name_) return std::nullopt;
  return transaction_->get(id);
}

array table_reader::scan(const document_filter& keep) const {
  array out;
  for (const auto& [number, document] : transaction_->read_table(name_).rows)
    if (!keep || keep(document)) out.push_back(document);
  return out;
}

std::size_t table_reader::size() const { return transaction_->read_table(name_).rows.size(); }

std::string table_writer::insert(object fields) { return transaction_->insert(name_, std::move(fields)); }

void table_writer::patch(std::string_view id, const object& fields, const std::vector<std::string>& erased) {
  check_fields(fields, name_);
  const auto old = get(id);
  if (!old)
    throw std::invalid_argument("Table \"" + name_ + "\" has no document with the id \"" + std::string(id) + "\".");
  object next = old->as_object();
  for (const auto& [name, v] : fields) next.set(name, v);
  for (const auto& name : erased) next.erase(name);
  transaction_->write(id, std::move(next));
}

void table_writer::replace(std::string_view id, object fields) {
  check_fields(fields, name_);
  if (!get(id))
    throw std::invalid_argument("Table \"" + name_ + "\" has no document with the id \"" + std::string(id) + "\".");
  transaction_->write(id, std::move(fields));
}

void table_writer::remove(std::string_view id) {
  if (!get(id))
    throw std::invalid_argument("Table \"" + name_ + "\" has no document with the id \"" + std::string(id) + "\".");
  transaction_->write(id, std::nullopt);
}

void table_writer::clear() {
  for (const value& document : scan()) transaction_->write(document.find("_id")->as_string(), std::nullopt);
}

std::optional<value> tables::get(std::string_view id) const { return transaction_->get(id); }

}  // namespace hull::mock
