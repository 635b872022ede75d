// chat_post: posts messages to the chat from plain C++, without Qt.
//
//   chat_post --url http://127.0.0.1:3210 --author Ada "first message" "second message"
#include <hull/client/client.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct arguments {
  std::string url = "http://127.0.0.1:3210";
  std::string author = "chat_post";
  std::vector<std::string> texts;
};

constexpr std::chrono::seconds patience{30};

bool parse(int argc, char** argv, arguments& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--url" || word == "--author") {
      if (++i == argc) return false;
      (word == "--url" ? out.url : out.author) = argv[i];
    } else if (word.substr(0, 2) == "--") {
      return false;
    } else {
      out.texts.emplace_back(word);
    }
  }
  return !out.texts.empty();
}

int run(const arguments& args) {
  boost::asio::io_context home;
  hull::client client(home.get_executor(), args.url);
  std::size_t unanswered = args.texts.size();
  int failures = 0;
  for (const std::string& text : args.texts) {
    const auto answered = [&unanswered, &failures, text](const hull::result<hull::value>& outcome) {
      --unanswered;
      if (outcome) {
        std::printf("acknowledged: %s\n", text.c_str());
      } else {
        ++failures;
        std::fprintf(stderr, "chat_post: %s\n", outcome.error().message.c_str());
      }
    };
    client.mutation("messages:send", hull::value::make_object({{"author", args.author}, {"body", text}}), answered);
  }
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (unanswered != 0 && std::chrono::steady_clock::now() < deadline) home.run_one_until(deadline);
  if (unanswered != 0) {
    std::fprintf(stderr, "chat_post: no answer from %s within %d s\n", args.url.c_str(),
                 static_cast<int>(patience.count()));
    return 1;
  }
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  arguments args;
  if (!parse(argc, argv, args)) {
    std::fprintf(stderr, "usage: chat_post [--url URL] [--author NAME] TEXT...\n");
    return 2;
  }
  try {
    return run(args);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "chat_post: %s\n", failure.what());
    return 1;
  }
}
