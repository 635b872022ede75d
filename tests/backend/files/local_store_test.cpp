// Blobs in a folder: whole or not there, also across a crash.
#include "files/local_store.hpp"

#include "scratch_folder.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace hull::backend::files {
namespace {

using hull::test::scratch_folder;

std::unique_ptr<blob_store> open(const scratch_folder& folder) { return open_local_store(folder / "files").value(); }

void put(blob_store& store, const std::string& key, const std::string& content) {
  auto writer = store.create(key).value();
  ASSERT_TRUE(writer->write(content));
  ASSERT_TRUE(writer->commit());
}

/// The whole blob; "none" when there is none.
std::string get(blob_store& store, const std::string& key) {
  auto reader = store.open(key).value();
  if (!reader) return "none";
  std::string content(static_cast<std::size_t>(reader->size()), '\0');
  EXPECT_EQ(reader->read(0, content).value(), content.size());
  return content;
}

std::vector<std::string> keys(blob_store& store) {
  std::vector<std::string> all;
  EXPECT_TRUE(store.for_each_key([&](const std::string& key) { all.push_back(key); }));
  std::sort(all.begin(), all.end());
  return all;
}

TEST(LocalStore, KeepsWhatWasCommitted) {
  scratch_folder folder;
  {
    auto store = open(folder);
    put(*store, "one", "first");
    put(*store, "empty", "");
  }
  auto store = open(folder);
  EXPECT_EQ(get(*store, "one"), "first");
  EXPECT_EQ(get(*store, "empty"), "");
  EXPECT_EQ(get(*store, "two"), "none");
  EXPECT_EQ(keys(*store), (std::vector<std::string>{"empty", "one"}));
}

TEST(LocalStore, AWriterThatIsDroppedLeavesNothing) {
  scratch_folder folder;
  auto store = open(folder);
  {
    auto writer = store->create("one").value();
    ASSERT_TRUE(writer->write("half"));
    EXPECT_EQ(get(*store, "one"), "none");
    EXPECT_EQ(keys(*store), std::vector<std::string>{});
  }
  EXPECT_EQ(folder.count_files(), 0u);
}

TEST(LocalStore, PartsOfABlobAreRead) {
  scratch_folder folder;
  auto store = open(folder);
  put(*store, "one", "0123456789");
  auto reader = store->open("one").value();
  EXPECT_EQ(reader->size(), 10u);
  std::string part(4, ' ');
  EXPECT_EQ(reader->read(3, part).value(), 4u);
  EXPECT_EQ(part, "3456");
  EXPECT_EQ(reader->read(8, part).value(), 2u);
  EXPECT_EQ(part.substr(0, 2), "89");
  EXPECT_EQ(reader->read(10, part).value(), 0u);
}

TEST(LocalStore, AnOpenBlobOutlivesItsRemoval) {
  scratch_folder folder;
  auto store = open(folder);
  put(*store, "one", "content");
  auto reader = store->open("one").value();
  ASSERT_TRUE(store->remove("one"));
  EXPECT_EQ(get(*store, "one"), "none");
  std::string content(7, ' ');
  EXPECT_EQ(reader->read(0, content).value(), 7u);
  EXPECT_EQ(content, "content");
  EXPECT_TRUE(store->remove("one")) << "removing what is not there is no failure";
}

TEST(LocalStore, KeysCannotLeaveTheFolder) {
  scratch_folder folder;
  auto store = open(folder);
  for (const std::string key : {"", "../x", "a/b", ".", "..", "A", "a.b", "incoming/x"}) {
    EXPECT_FALSE(store->create(key)) << key;
    EXPECT_EQ(store->open(key).value(), nullptr) << key;
  }
  EXPECT_FALSE(store->create(std::string(65, 'a')));
  EXPECT_EQ(store->open("incoming").value(), nullptr) << "a folder is no blob";
}

TEST(LocalStore, WhatACrashLeftHalfWrittenIsGoneAfterTheNextStart) {
  scratch_folder folder;
  open(folder);
  const pid_t child = ::fork();
  ASSERT_NE(child, -1);
  if (child == 0) {
    auto store = open(folder);
    auto whole = store->create("whole").value();
    bool good = whole->write("all of it").has_value() && whole->commit().has_value();
    auto half = store->create("half").value();
    good = good && half->write("a part").has_value();
    ::_exit(good ? 0 : 1);  // without destructors, as kill -9 would
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(folder.count_files(), 2u);

  auto store = open(folder);
  EXPECT_EQ(folder.count_files(), 1u);
  EXPECT_EQ(get(*store, "whole"), "all of it");
  EXPECT_EQ(get(*store, "half"), "none");
}

}  // namespace
}  // namespace hull::backend::files
