// Files from upload to removal: rows and blobs stay in step, also when something breaks in between.
#include "files/file_storage.hpp"

#include "common/encoding.hpp"
#include "common/seeded_random.hpp"
#include "common/virtual_clock.hpp"
#include "files/local_store.hpp"
#include "scratch_folder.hpp"
#include "storage/memory.hpp"
#include "storage/sqlite/sqlite.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace hull::backend::files {
namespace {

using database::access;
using hull::test::scratch_folder;

struct rig {
  scratch_folder folder;
  virtual_clock time;
  seeded_random random{9};
  std::unique_ptr<database::database> db = database::database::open(storage::open_memory(), time, random).value();
  std::shared_ptr<blob_store> blobs = open_local_store(folder.path()).value();
  file_storage files{*db, blobs, upload_key{}, "http://127.0.0.1:3210", time, random};

  std::string store(const std::string& content, std::optional<std::string> type = {}) {
    auto up = files.begin_upload().value();
    EXPECT_TRUE(up.write(content));
    return files.finish_upload(std::move(up), std::nullopt, type).value();
  }
  std::optional<file_row> find(const std::string& id) {
    auto tx = db->begin();
    return find_file(tx, id, "storage.getUrl").value();
  }
  std::string content(const std::string& uuid) {
    auto file = files.open(uuid);
    if (!file) return file.error().code;
    std::string all(static_cast<std::size_t>(file->content->size()), '\0');
    EXPECT_TRUE(file->content->read(0, all));
    return all;
  }
  /// What `find_file` refuses the text with.
  std::string refusal(const std::string& id) {
    auto tx = db->begin();
    auto found = find_file(tx, id, "storage.getUrl");
    return found ? "" : found.error().code + ": " + found.error().message;
  }
};

TEST(FileStorage, WhatWasUploadedCanBeReadAgain) {
  rig r;
  const std::string id = r.store("abc", "text/plain");
  const auto file = r.find(id);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->size, 3u);
  EXPECT_EQ(file->content_type, "text/plain");
  EXPECT_EQ(encode_hex(file->sha256), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_NE(file->storage_id, file->storage_key);
  EXPECT_EQ(r.content(file->storage_id), "abc");
  EXPECT_EQ(r.files.url_of(*file), "http://127.0.0.1:3210/api/storage/" + file->storage_id);
  EXPECT_EQ(r.find(file->storage_id)->id, id) << "the UUID names the same file";
}

TEST(FileStorage, TheViewHasTheDocumentedFields) {
  rig r;
  const std::string id = r.store("abc", "text/plain");
  const std::string untyped = r.store("");
  auto tx = r.db->begin();
  const value document = *tx.get(access::user_system, id, "_storage").value();
  EXPECT_EQ(document.as_object().size(), 5u);
  EXPECT_EQ(document.find("_id")->as_string(), id);
  EXPECT_TRUE(document.find("_creationTime")->if_double());
  EXPECT_EQ(document.find("sha256")->as_string(), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  EXPECT_EQ(document.find("size")->as_double(), 3.0);
  EXPECT_EQ(document.find("contentType")->as_string(), "text/plain");
  const value plain = *tx.get(access::user_system, untyped, "_storage").value();
  EXPECT_EQ(plain.as_object().size(), 4u) << "no contentType";
}

TEST(FileStorage, AWrongHashLeavesNothing) {
  rig r;
  auto up = r.files.begin_upload().value();
  ASSERT_TRUE(up.write("abc"));
  auto refused = r.files.finish_upload(std::move(up), sha256_digest{}, std::nullopt);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "Sha256Mismatch");
  EXPECT_EQ(refused.error().message,
            "Sha256 mismatch. Expected: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= Actual: "
            "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST(FileStorage, ARefusedUploadTakesNoSpace) {
  rig r;
  {
    auto up = r.files.begin_upload().value();
    ASSERT_TRUE(up.write("abc"));
    ASSERT_FALSE(r.files.finish_upload(std::move(up), sha256_digest{}, std::nullopt));
  }
  { auto dropped = r.files.begin_upload().value(); }
  EXPECT_EQ(r.folder.count_files(), 0u);
}

TEST(FileStorage, IdsOfOtherTablesAndOtherTextsAreRefused) {
  rig r;
  auto tx = r.db->begin();
  const std::string user = tx.insert(access::user, "users", value::make_object({})).value();
  ASSERT_TRUE(r.db->commit(std::move(tx), "test"));
  EXPECT_EQ(r.refusal(user),
            "InvalidArgument: Invalid argument `storageId` for `storage.getUrl`: expected to be an "
            "Id<\"_storage\">, got Id<\"users\"> instead.");
  EXPECT_EQ(r.refusal("hello"),
            "InvalidStorageId: Invalid argument `storageId` for `storage.getUrl`: Unable to decode "
            "ID: \"hello\" is not a valid storage ID");
  EXPECT_FALSE(r.find("01234567-89ab-4def-8012-0123456789ab"));
}

TEST(FileStorage, RemovalIsPartOfTheTransaction) {
  rig r;
  const std::string id = r.store("abc");
  const auto file = *r.find(id);
  {
    auto tx = r.db->begin();
    ASSERT_TRUE(remove_file(tx, file));
  }  // never committed
  r.files.remove_blobs({file});
  EXPECT_EQ(r.content(file.storage_id), "abc") << "the row is still there, so the blob must be";

  auto tx = r.db->begin();
  ASSERT_TRUE(remove_file(tx, file));
  ASSERT_TRUE(r.db->commit(std::move(tx), "test"));
  r.files.remove_blobs({file});
  EXPECT_FALSE(r.find(id));
  EXPECT_EQ(r.content(file.storage_id), "StorageFileNotFound");
  EXPECT_EQ(r.folder.count_files(), 0u);
}

TEST(FileStorage, ABlobWithoutARowIsAnOrphanAndOthersStay) {
  rig r;
  const std::string id = r.store("kept");
  {
    auto up = r.files.begin_upload().value();
    ASSERT_TRUE(up.write("the crash came before the row"));
    ASSERT_TRUE(up.finish(std::nullopt));
  }
  EXPECT_EQ(r.folder.count_files(), 2u);
  EXPECT_EQ(r.files.remove_orphans().value(), 1u);
  EXPECT_EQ(r.folder.count_files(), 1u);
  EXPECT_EQ(r.content(r.find(id)->storage_id), "kept");
}

TEST(FileStorage, ACrashBetweenBlobAndRowLosesTheUploadAndNothingElse) {
  scratch_folder folder;
  std::filesystem::create_directories(folder / "db");
  const pid_t child = ::fork();  // before this process has threads of its own
  ASSERT_NE(child, -1);
  const auto open_db = [&](clock& time, random_source& random) {
    return database::database::open(storage::open_sqlite(folder / "db").value(), time, random).value();
  };
  virtual_clock time;
  seeded_random random{child == 0 ? 1u : 2u};
  if (child == 0) {
    const auto db = open_db(time, random);
    file_storage files(*db, open_local_store(folder / "files").value(), upload_key{}, "", time, random);
    auto kept = files.begin_upload().value();
    bool good =
        kept.write("kept").has_value() && files.finish_upload(std::move(kept), std::nullopt, std::nullopt).has_value();
    auto lost = files.begin_upload().value();
    good = good && lost.write("lost").has_value() && lost.finish(std::nullopt).has_value();
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);

  const auto db = open_db(time, random);
  file_storage files(*db, open_local_store(folder / "files").value(), upload_key{}, "", time, random);
  EXPECT_EQ(files.remove_orphans().value(), 1u);
  auto tx = db->begin();
  const auto rows = all_files(tx).value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(files.open(rows[0].storage_id).value().content->size(), 4u);
}

TEST(FileStorage, UploadUrlsCarryAGoodToken) {
  rig r;
  const std::string url = r.files.make_upload_url().value();
  const std::string start = "http://127.0.0.1:3210/api/storage/upload?token=";
  ASSERT_EQ(url.substr(0, start.size()), start);
  EXPECT_TRUE(r.files.check_token(url.substr(start.size())));
  r.time.advance(3'601'000'000'000);
  EXPECT_EQ(r.files.check_token(url.substr(start.size())).error().code, "StorageTokenExpired");
}

TEST(FileStorage, WithoutAStoreUploadsAreRefused) {
  rig r;
  file_storage none(*r.db, nullptr, upload_key{}, "", r.time, r.random);
  EXPECT_EQ(none.make_upload_url().error().code, "FileStorageUnavailable");
  EXPECT_EQ(none.begin_upload().error().code, "FileStorageUnavailable");
  EXPECT_EQ(none.remove_orphans().value(), 0u);
}

}  // namespace
}  // namespace hull::backend::files
