// Files up and down, whole or not at all.
#include "net/support/certificate.hpp"
#include "net/support/raw_server.hpp"
#include "support/turning.hpp"

#include <hull/http/file_storage.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace hull::test {
namespace {

bytes pattern(std::size_t size) {
  bytes data(size);
  for (std::size_t i = 0; i < size; ++i) data[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  return data;
}

std::string as_text(const bytes& data) { return std::string(data.begin(), data.end()); }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(file_storage, uploads_from_memory_and_file) {
  std::vector<std::string> seen;
  const raw_server server([&](raw_peer& peer) {
    for (std::string request; !(request = peer.receive_request()).empty();) {
      seen.push_back(request);
      peer.answer("200 OK", R"({"storageId":"kg123"})");
    }
  });
  const scratch_folder folder;
  const bytes data = pattern(300'000);
  const auto file = folder / "picture.png";
  std::ofstream(file, std::ios::binary) << as_text(data);

  turning_home home;
  file_storage storage(home.loop.get_executor());
  std::vector<std::uint64_t> progress;
  upload_options options;
  options.content_type = "image/png";
  options.on_progress = [&](std::uint64_t done, std::optional<std::uint64_t> total) {
    progress.push_back(done);
    EXPECT_EQ(total, 300'000u);
  };
  awaited<std::string> from_memory, from_file, empty;
  storage.upload(server.url("/up?token=t"), data, options, from_memory.token());
  EXPECT_EQ(*home.wait(from_memory), "kg123");
  ASSERT_FALSE(progress.empty());
  EXPECT_EQ(progress.back(), 300'000u);
  EXPECT_TRUE(std::is_sorted(progress.begin(), progress.end()));
  EXPECT_EQ(std::adjacent_find(progress.begin(), progress.end()), progress.end()) << "the same was told twice";
  storage.upload_file(server.url("/up"), file, options, from_file.token());
  EXPECT_EQ(*home.wait(from_file), "kg123");
  storage.upload(server.url("/up"), {}, {}, empty.token());
  EXPECT_EQ(*home.wait(empty), "kg123");
  ASSERT_EQ(seen.size(), 3u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(contains(seen[i], "Content-Type: image/png\r\n"));
    EXPECT_EQ(seen[i].substr(seen[i].find("\r\n\r\n") + 4), as_text(data));
  }
  EXPECT_TRUE(contains(seen[0], "POST /up?token=t HTTP/1.1\r\n"));
  EXPECT_TRUE(contains(seen[2], "Content-Type: application/octet-stream\r\nContent-Length: 0\r\n"));
}

TEST(file_storage, uploads_that_fail) {
  const raw_server server([](raw_peer& peer) {
    for (std::string request; !(request = peer.receive_request()).empty();) {
      if (contains(request, "/expired")) peer.answer("401 Unauthorized", R"({"code":"Expired","message":"too late"})");
      if (contains(request, "/strange")) peer.answer("200 OK", R"({"id":1})");
    }
  });
  const scratch_folder folder;
  turning_home home;
  file_storage storage(home.loop.get_executor());
  const auto upload = [&](const std::string& path) {
    awaited<std::string> a;
    storage.upload(server.url(path), pattern(10), {}, a.token());
    return home.wait(a);
  };
  EXPECT_EQ(upload("/expired?secret").error().code, errc::unauthenticated);
  EXPECT_TRUE(contains(upload("/expired?secret").error().message, "Expired: too late"));
  EXPECT_FALSE(contains(upload("/expired?secret").error().message, "secret")) << "an upload URL is a key";
  EXPECT_EQ(upload("/strange").error().code, errc::bad_message);
  for (const auto& file : {folder / "missing", folder.path()}) {
    awaited<std::string> a;
    storage.upload_file(server.url("/up"), file, {}, a.token());
    const auto r = home.wait(a);
    EXPECT_EQ(r.error().code, errc::bad_argument);
    EXPECT_TRUE(contains(r.error().message, "cannot be read")) << r.error().message;
  }
  awaited<std::string> bad_url;
  storage.upload("nonsense", {}, {}, bad_url.token());
  EXPECT_EQ(home.wait(bad_url).error().code, errc::bad_argument);
}

TEST(file_storage, downloads_to_memory_and_file) {
  const bytes data = pattern(500'000);
  const raw_server server([&](raw_peer& peer) {
    while (!peer.receive_request().empty()) peer.answer("200 OK", as_text(data), "Content-Type: image/png\r\n");
  });
  const scratch_folder folder;
  const auto file = folder / "picture.png";
  std::ofstream(file) << "old";
  turning_home home;
  file_storage storage(home.loop.get_executor());
  std::uint64_t last = 0;
  download_options options;
  options.on_progress = [&](std::uint64_t done, std::optional<std::uint64_t> total) {
    EXPECT_GE(done, last);
    last = done;
    EXPECT_EQ(total, 500'000u);
  };
  awaited<downloaded_bytes> in_memory;
  storage.download(server.url("/api/storage/x"), options, in_memory.token());
  const auto got = home.wait(in_memory);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->data, data);
  EXPECT_EQ(got->content_type, "image/png");
  EXPECT_EQ(last, 500'000u);
  last = 0;
  awaited<downloaded_file> to_file;
  storage.download_file(server.url("/api/storage/x"), file, options, to_file.token());
  const auto kept = home.wait(to_file);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(kept->size, 500'000u);
  EXPECT_EQ(file_text(file), as_text(data)) << "the old file was replaced";
  EXPECT_EQ(folder.count_files(), 1u);
}

TEST(file_storage, a_broken_download_is_continued) {
  const std::string data = as_text(pattern(400'000));
  struct {
    const char* name;
    const char* tag;
    const char* later_tag;
    bool honours_range;
    int requests;
  } const cases[] = {
      {"continued", "\"v1\"", "\"v1\"", true, 3},
      {"changed meanwhile", "\"v1\"", "\"v2\"", true, 2},
      {"server without ranges", "\"v1\"", "\"v1\"", false, 2},
      {"weak tag", "W/\"v1\"", "W/\"v1\"", true, 2},
  };
  for (const auto& c : cases) {
    int requests = 0;
    std::vector<std::string> ranges;
    const raw_server server([&](raw_peer& peer) {
      const std::string request = peer.receive_request();
      if (request.empty()) return;
      ++requests;
      const std::string tag = requests == 1 ? c.tag : c.later_tag;
      std::size_t from = 0;
      if (const auto at = request.find("Range: bytes="); at != std::string::npos && request.find("\nRange") + 1 == at) {
        ranges.push_back(request.substr(at + 13, request.find('\r', at) - at - 13));
        if (c.honours_range && contains(request, "If-Range: " + tag + "\r\n")) from = std::stoul(ranges.back());
      }
      const std::string rest = data.substr(from);
      std::string head = "HTTP/1.1 " + std::string(from == 0 ? "200 OK" : "206 Partial Content") + "\r\nETag: " + tag +
                         "\r\nContent-Length: " + std::to_string(rest.size()) + "\r\n";
      if (from != 0)
        head += "Content-Range: bytes " + std::to_string(from) + "-" + std::to_string(data.size() - 1) + "/" +
                std::to_string(data.size()) + "\r\n";
      // Breaks off until the expected number of tries is reached.
      peer.send(head + "\r\n" + (requests < c.requests ? rest.substr(0, 150'000) : rest));
    });
    const scratch_folder folder;
    turning_home home;
    file_storage storage(home.loop.get_executor());
    awaited<downloaded_file> a;
    storage.download_file(server.url(), folder / "file", {}, a.token());
    const auto kept = home.wait(a);
    ASSERT_TRUE(kept) << c.name << ": " << kept.error().message;
    EXPECT_EQ(kept->size, data.size()) << c.name;
    EXPECT_EQ(file_text(folder / "file"), data) << c.name;
    EXPECT_EQ(requests, c.requests) << c.name;
    EXPECT_EQ(ranges.empty(), std::string(c.tag).starts_with('W')) << c.name;
  }
}

TEST(file_storage, downloads_that_fail_leave_nothing) {
  struct {
    const char* wire;
    errc code;
    const char* message;
  } const cases[] = {
      {"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", errc::function_failed, "gone (HTTP 404"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", errc::network, "broke in the middle of its answer"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", errc::bad_message, "the limit is 1000"},
      {"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/4\r\nContent-Length: 4\r\n\r\nfour", errc::bad_message,
       "another part of the file"},
      {"garbage\r\n\r\n", errc::bad_message, "is no HTTP"},
  };
  for (const auto& c : cases) {
    int requests = 0;
    const raw_server server([&](raw_peer& peer) {
      if (peer.receive_request().empty()) return;
      ++requests;
      peer.send(c.wire);
    });
    const scratch_folder folder;
    turning_home home;
    file_storage storage(home.loop.get_executor());
    download_options options;
    options.max_bytes = 1000;
    options.max_resumes = 2;
    awaited<downloaded_file> a;
    storage.download_file(server.url(), folder / "file", options, a.token());
    const auto r = home.wait(a);
    ASSERT_TRUE(r.has_error()) << c.wire;
    EXPECT_EQ(r.error().code, c.code) << r.error().message;
    EXPECT_TRUE(contains(r.error().message, c.message)) << r.error().message;
    EXPECT_TRUE(home.until([&] { return folder.count_files() == 0; })) << c.wire;
    EXPECT_EQ(requests, c.code == errc::network ? 3 : 1) << "continued as often as allowed";
  }
  turning_home home;
  const raw_server server([](raw_peer& peer) {
    peer.receive_request();
    peer.answer("200 OK", "x");
  });
  file_storage storage(home.loop.get_executor());
  awaited<downloaded_file> a;
  storage.download_file(server.url(), "/nowhere/file", {}, a.token());
  EXPECT_TRUE(contains(home.wait(a).error().message, "Cannot create /nowhere/file.part-"));
}

TEST(file_storage, cancelled_and_closed_transfers_leave_nothing) {
  const raw_server server([](raw_peer& peer) {
    peer.receive_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbeginning");
    peer.wait_for_end();
  });
  const scratch_folder folder;
  turning_home home;
  std::optional<file_storage> storage(std::in_place, home.loop.get_executor());
  boost::asio::cancellation_signal stop;
  awaited<downloaded_file> cancelled, closed;
  int told = 0;
  download_options options;
  options.on_progress = [&](std::uint64_t, std::optional<std::uint64_t>) { ++told; };
  storage->download_file(server.url(), folder / "a", options,
                         boost::asio::bind_cancellation_slot(stop.slot(), cancelled.token()));
  storage->download_file(server.url(), folder / "b", options, closed.token());
  ASSERT_TRUE(home.until([&] { return told == 2; }));
  EXPECT_EQ(folder.count_files(), 2u);
  stop.emit(boost::asio::cancellation_type::terminal);
  EXPECT_EQ(home.wait(cancelled).error().code, errc::cancelled);
  storage.reset();
  EXPECT_EQ(home.wait(closed).error().code, errc::closed);
  EXPECT_TRUE(home.until([&] { return folder.count_files() == 0; }));
  EXPECT_EQ(told, 2);
}

}  // namespace
}  // namespace hull::test
