// Runs the cases of models_test.h; the first argument may name one class.
#include "models_test.h"

#include <QtTest/QTest>
#include <QtWidgets/QApplication>

#include <functional>
#include <map>

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  std::map<QString, std::function<int(int, char**)>> all;
  const auto add = [&](const char* name, auto make) {
    all[QString::fromLatin1(name)] = [make](int count, char** words) {
      const auto test = make();
      return QTest::qExec(test.get(), count, words);
    };
  };
  add("RandomEditsTest", [] { return std::make_unique<RandomEditsTest>(); });
  add("LongListsTest", [] { return std::make_unique<LongListsTest>(); });
  add("TableModelTest", [] { return std::make_unique<TableModelTest>(); });
  add("PaginatedModelTest", [] { return std::make_unique<PaginatedModelTest>(); });
  const auto chosen = argc > 1 ? all.find(QString::fromLatin1(argv[1])) : all.end();
  if (chosen != all.end()) {
    argv[1] = argv[0];
    return chosen->second(argc - 1, argv + 1);
  }
  int failures = 0;
  for (const auto& [name, run] : all) failures += run(argc, argv);
  return failures;
}
