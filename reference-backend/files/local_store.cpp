// A blob is written under incoming/, made durable, and renamed to its key.
#include "files/local_store.hpp"

#include "common/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace hull::backend::files {
namespace {

namespace fs = std::filesystem;

failure cannot(const std::string& what, const fs::path& path, int error) {
  const std::string text = "Cannot " + what + " " + path.string() + ": " + std::strerror(error) + ".";
  if (error != ENOSPC && error != EDQUOT) return internal_failure(text);
  return failure{blame::overload, "StorageFull", "There is no space left to store files.", std::nullopt};
}

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= 64 && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

outcome<void> make_durable(const fs::path& folder) {
  if (!sync_folder(folder)) return cannot("write", folder, errno);
  return {};
}

class local_writer final : public blob_writer {
 public:
  local_writer(file_descriptor file, fs::path draft, fs::path place)
      : file_(std::move(file)), draft_(std::move(draft)), place_(std::move(place)) {}
  ~local_writer() override {
    if (!placed_) ::unlink(draft_.c_str());
  }

  outcome<void> write(std::string_view data) override {
    while (!data.empty()) {
      const ssize_t n = ::write(file_.get(), data.data(), data.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return cannot("write", draft_, n < 0 ? errno : EIO);
      data.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
  }

  outcome<void> commit() override {
    if (::fsync(file_.get()) != 0) return cannot("write", draft_, errno);
    if (::rename(draft_.c_str(), place_.c_str()) != 0) return cannot("write", place_, errno);
    placed_ = true;
    return make_durable(place_.parent_path());
  }

 private:
  file_descriptor file_;
  const fs::path draft_;
  const fs::path place_;
  bool placed_ = false;
};

class local_reader final : public blob_reader {
 public:
  local_reader(file_descriptor file, fs::path path, std::uint64_t size)
      : file_(std::move(file)), path_(std::move(path)), size_(size) {}

  std::uint64_t size() const override { return size_; }

  outcome<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t n = ::pread(file_.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return cannot("read", path_, errno);
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  }

 private:
  file_descriptor file_;
  const fs::path path_;
  const std::uint64_t size_;
};

class local_store final : public blob_store {
 public:
  explicit local_store(fs::path folder) : folder_(std::move(folder)), incoming_(folder_ / "incoming") {}

  outcome<void> prepare() {
    std::error_code error;
    fs::remove_all(incoming_, error);
    if (error) return cannot("clear", incoming_, error.value());
    fs::create_directories(incoming_, error);
    if (error) return cannot("create", incoming_, error.value());
    if (::chmod(folder_.c_str(), 0700) != 0) return cannot("protect", folder_, errno);
    return make_durable(folder_);
  }

  outcome<std::unique_ptr<blob_writer>> create(const std::string& key) override {
    if (!is_key(key)) return internal_failure("Not a key of a blob: " + key);
    const fs::path draft = incoming_ / key;
    file_descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) return cannot("create", draft, errno);
    return std::unique_ptr<blob_writer>(std::make_unique<local_writer>(std::move(file), draft, folder_ / key));
  }

  outcome<std::unique_ptr<blob_reader>> open(const std::string& key) override {
    if (!is_key(key)) return std::unique_ptr<blob_reader>();
    const fs::path path = folder_ / key;
    file_descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file && errno == ENOENT) return std::unique_ptr<blob_reader>();
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) return cannot("read", path, errno);
    if (!S_ISREG(status.st_mode)) return std::unique_ptr<blob_reader>();
    return std::unique_ptr<blob_reader>(
        std::make_unique<local_reader>(std::move(file), path, static_cast<std::uint64_t>(status.st_size)));
  }

  outcome<void> remove(const std::string& key) override {
    if (!is_key(key)) return {};
    const fs::path path = folder_ / key;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return cannot("remove", path, errno);
    return {};
  }

  outcome<void> for_each_key(const std::function<void(const std::string&)>& visit) override {
    std::vector<std::string> keys;
    std::error_code error;
    for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
      std::string name = at->path().filename().string();
      if (at->is_regular_file(error) && is_key(name)) keys.push_back(std::move(name));
    }
    if (error) return cannot("read", folder_, error.value());
    for (const std::string& key : keys) visit(key);
    return {};
  }

 private:
  const fs::path folder_;
  const fs::path incoming_;
};

}  // namespace

outcome<std::unique_ptr<blob_store>> open_local_store(const fs::path& folder) {
  auto store = std::make_unique<local_store>(folder);
  if (auto ready = store->prepare(); !ready) return ready.error();
  return std::unique_ptr<blob_store>(std::move(store));
}

}  // namespace hull::backend::files
