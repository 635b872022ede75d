// The chat example as a user starts it: the headless window and the plain C++ client, as programs, over the mock
// server.
#include <hull/mock/fake_deployment.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

// A program whose output can be read once it has ended.
class Program {
 public:
  explicit Program(const std::string& command) : m_pipe(popen((command + " 2>&1").c_str(), "r")) {}
  ~Program() {
    if (m_pipe) pclose(m_pipe);
  }
  int wait() {
    std::array<char, 512> buffer;
    while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), m_pipe)) output += buffer.data();
    const int status = pclose(std::exchange(m_pipe, nullptr));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string output;

 private:
  FILE* m_pipe;
};

// The functions of the chat, over a table that is there already.
class Chat : public hull::mock::fake_deployment {
 public:
  Chat() {
    query("messages:list",
          [](hull::mock::query_context& db, const hull::value&) { return hull::value(db.table("messages").scan()); });
    mutation("messages:send", [](hull::mock::mutation_context& db, const hull::value& args) {
      return hull::value(db.table("messages").insert(args.as_object()));
    });
    change([](hull::mock::tables& all) {
      all.table("messages").insert({{"author", "Grace"}, {"body", "good morning"}});
    });
  }
  void waitForQuery() {
    for (int i = 0; i < 1000 && live_queries() == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_EQ(live_queries(), 1u);
  }
};

TEST(ChatExample, ShowsWhatOthersPostAndWhatItSaysItself) {
  Chat deployment;
  const std::string picture = testing::TempDir() + "qml_chat.png";
  std::remove(picture.c_str());
  Program chat(QML_CHAT " --headless --name Ada --expect 4 --timeout 60 --say 'from the window' --screenshot " +
               picture + " --url " + deployment.url());
  deployment.waitForQuery();
  Program post(CHAT_POST " --author Bob --url " + deployment.url() + " 'first post' 'second post'");
  EXPECT_EQ(post.wait(), 0) << post.output;
  EXPECT_EQ(post.output, "acknowledged: first post\nacknowledged: second post\n");

  EXPECT_EQ(chat.wait(), 0) << chat.output;
  for (const char* line : {"row 1: Grace: good morning\n", ": Bob: first post\n", ": Bob: second post\n",
                           ": Ada: from the window\n", "all 4 rows arrived\n"})
    EXPECT_NE(chat.output.find(line), std::string::npos) << line << "is missing in:\n" << chat.output;
  EXPECT_EQ(chat.output.find("row 5:"), std::string::npos) << "a predicted row and its stored row are one";
  EXPECT_EQ(chat.output.find("qrc:"), std::string::npos) << "the window complains:\n" << chat.output;
  std::ifstream png(picture, std::ios::binary);
  std::string signature(4, ' ');
  png.read(signature.data(), 4);
  EXPECT_EQ(signature, "\x89PNG");
}

TEST(ChatExample, SaysSoWhenRowsAreMissing) {
  Chat deployment;
  Program chat(QML_CHAT " --headless --expect 2 --timeout 3 --url " + deployment.url());
  EXPECT_EQ(chat.wait(), 1);
  EXPECT_NE(chat.output.find("qml_chat: 1 of 2 rows arrived within 3 s"), std::string::npos) << chat.output;
}

TEST(ChatExample, PostReportsWhatTheFunctionThrew) {
  Chat deployment;
  deployment.mutation("messages:send", [](hull::mock::mutation_context&, const hull::value&) -> hull::value {
    throw std::runtime_error("too loud");
  });
  Program post(CHAT_POST " --url " + deployment.url() + " 'HELLO'");
  EXPECT_EQ(post.wait(), 1);
  EXPECT_NE(post.output.find("Uncaught Error: too loud"), std::string::npos) << post.output;
  EXPECT_EQ(Program(CHAT_POST " --url").wait(), 2);
}

}  // namespace
