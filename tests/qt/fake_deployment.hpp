// A small deployment over the mock server for tests that run an event loop of their own: query results that the test
// sets, and a chat whose mutation it can hold back. Serves any number of clients, each on a thread.
#pragma once

#include <hull/mock/mock_server.hpp>
#include <hull/value/value.hpp>

#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

class FakeDeployment {
 public:
  FakeDeployment();
  ~FakeDeployment();

  std::string url() const { return m_server.url(); }

  /// All queries of this path return `result` from now on, in one transition.
  void setResult(const std::string& path, hull::value result);
  void failQuery(const std::string& path, const std::string& message);

  /// "messages:send" appends {_id, _creationTime, author, body} to the result of "messages:list". While held it waits.
  void holdMutations(bool hold);
  /// Mutations fail with this message; empty: they succeed.
  void failMutations(const std::string& message);
  /// Breaks every connection and refuses new ones until told otherwise.
  void goOffline(bool offline);

  /// Paths with arguments of the queries that were ever subscribed, as JSON text.
  std::vector<std::string> subscriptions() const;
  std::size_t liveQueries() const;

 private:
  struct Answer {
    hull::value result;
    std::optional<std::string> failure;
  };
  class Session;

  void acceptClients();
  std::optional<std::string> send(const hull::value& args);  // The message of a failure.

  hull::mock::mock_server m_server;
  mutable std::mutex m_mutex;
  std::map<std::string, Answer> m_answers;
  std::vector<std::string> m_subscriptions;
  std::size_t m_liveQueries = 0;
  hull::protocol::timestamp m_version = 1;
  bool m_held = false;
  bool m_offline = false;
  std::string m_failMutations;
  int m_nextRow = 0;

  std::atomic<bool> m_stop = false;
  std::list<std::thread> m_sessions;
  std::thread m_acceptor;
};
