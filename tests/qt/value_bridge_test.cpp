// The table of hullvaluebridge_p.h, both ways, and what it refuses.
#include "hullint64.h"
#include "hullvaluebridge_p.h"

#include <hull/value/json.hpp>

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace {

using HullValueBridge::fromVariant;
using HullValueBridge::toVariant;

struct InCase {
  const char* name;
  QVariant in;
  const char* json;
};

TEST(ValueBridge, TakesEveryVariantOfTheTable) {
  const InCase cases[] = {
      {"null", QVariant::fromValue(nullptr), "null"},
      {"bool", true, "true"},
      {"int is what JavaScript calls a number", 7, "7"},
      {"unsigned", 7u, "7"},
      {"short", QVariant::fromValue(short{3}), "3"},
      {"double", 1.5, "1.5"},
      {"float", 0.5f, "0.5"},
      {"long long is Int64", qlonglong{1}, R"({"$integer":"AQAAAAAAAAA="})"},
      {"std::int64_t is Int64", QVariant::fromValue(std::int64_t{-1}), R"({"$integer":"//////////8="})"},
      {"unsigned long long that fits", qulonglong{1}, R"({"$integer":"AQAAAAAAAAA="})"},
      {"HullInt64", QVariant::fromValue(HullInt64(5151996)), R"({"$integer":"/JxOAAAAAAA="})"},
      {"string", QStringLiteral("h\u00e4"), "\"h\u00e4\""},
      {"bytes", QByteArray("\x00\x01\xff", 3), R"({"$bytes":"AAH/"})"},
      {"list", QVariantList{1, QStringLiteral("a"), QVariantList{}}, R"([1,"a",[]])"},
      {"string list", QStringList{QStringLiteral("a"), QStringLiteral("b")}, R"(["a","b"])"},
      {"map", QVariantMap{{QStringLiteral("b"), 1}, {QStringLiteral("a"), false}}, R"({"a":false,"b":1})"},
      {"undefined fields are left out", QVariantMap{{QStringLiteral("a"), QVariant()}, {QStringLiteral("b"), 1}},
       R"({"b":1})"},
      {"hash", QVariantHash{{QStringLiteral("a"), 1}}, R"({"a":1})"},
      {"JSON numbers are Float64",
       QJsonObject{{QStringLiteral("n"), 3}, {QStringLiteral("x"), QJsonArray{1, QJsonValue()}}},
       R"({"n":3,"x":[1,null]})"},
  };
  for (const InCase& c : cases) {
    const auto converted = fromVariant(c.in);
    ASSERT_TRUE(converted) << c.name << ": " << converted.error().message;
    EXPECT_EQ(hull::write_json(*converted), c.json) << c.name;
  }
}

TEST(ValueBridge, GivesEveryKindBack) {
  const char* const texts[] = {"null",
                               "true",
                               "false",
                               "0",
                               "-1.5",
                               R"("text")",
                               R"({"$integer":"/////////38="})",
                               R"({"$float":"AAAAAAAAAIA="})",
                               R"({"$bytes":"AAH/"})",
                               R"([1,[2,{"a":null}]])",
                               R"({"a":{"b":[{"$integer":"AQAAAAAAAAA="}]}})"};
  for (const char* text : texts) {
    const auto value = hull::read_json(text);
    ASSERT_TRUE(value) << text;
    const auto back = fromVariant(toVariant(*value));
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(hull::write_json(*back), text);
  }
}

TEST(ValueBridge, Int64ReadsAsNumberAndTextInCpp) {
  const QVariant big = toVariant(hull::value::int64(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(big.toLongLong(), std::numeric_limits<qint64>::max());
  EXPECT_EQ(big.toString(), QStringLiteral("9223372036854775807"));
}

TEST(ValueBridge, RefusesWithThePlace) {
  const auto in = [](const char* field, const QVariant& v) { return QVariantMap{{QString::fromLatin1(field), v}}; };
  struct {
    QVariant in;
    const char* message;
  } const cases[] = {
      {QVariant(), "value: undefined is no Convex value"},
      {in("when", QDateTime::currentDateTime()),
       "when: QDateTime is no Convex value; store milliseconds since the epoch as a number"},
      {in("rows", QVariantList{1, in("big", qulonglong{1} << 63)}),
       "rows[1].big: 9223372036854775808 does not fit into an Int64"},
      {QVariantList{1, QVariant()}, "[1]: undefined is no Convex value"},
      {in("c", QVariant::fromValue(QChar(u'x'))), "c: QChar is no Convex value"},
  };
  for (const auto& c : cases) {
    const auto converted = fromVariant(c.in);
    ASSERT_FALSE(converted) << c.message;
    EXPECT_EQ(converted.error().code, hull::errc::bad_value);
    EXPECT_EQ(converted.error().message, c.message);
  }
  QVariant deep = 1;
  for (int i = 0; i < 70; ++i) deep = QVariantList{deep};
  EXPECT_FALSE(fromVariant(deep));
}

TEST(ValueBridge, NumbersAtTheEdges) {
  const double odd[] = {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                        -std::numeric_limits<double>::infinity(), -0.0, std::numeric_limits<double>::denorm_min()};
  for (const double number : odd) {
    const auto in = fromVariant(number);
    ASSERT_TRUE(in);
    const auto text = hull::write_json(*in);
    const auto back = toVariant(hull::read_json(text).value());
    const double read = back.toDouble();
    EXPECT_TRUE(std::isnan(number) ? std::isnan(read) : read == number) << text;
    EXPECT_EQ(std::signbit(read), std::signbit(number)) << text;
  }
  for (const qint64 number : {(qint64{1} << 53) + 1, -(qint64{1} << 53) - 1, std::numeric_limits<qint64>::max(),
                              std::numeric_limits<qint64>::min(), qint64{0}}) {
    const QVariant back = toVariant(*fromVariant(QVariant::fromValue(HullInt64(number))));
    EXPECT_EQ(back.value<HullInt64>().value(), number);
    EXPECT_EQ(back.toLongLong(), number);
    EXPECT_EQ(back.toString(), QString::number(number));
  }
}

TEST(ValueBridge, BytesAndTextsAreNotMixed) {
  QByteArray all;
  for (int i = 0; i < 256; ++i) all.append(static_cast<char>(i));
  EXPECT_EQ(toVariant(*fromVariant(all)), QVariant(all));
  EXPECT_EQ(toVariant(*fromVariant(QByteArray())).typeId(), QMetaType::QByteArray);
  const QString text = QString::fromUtf8("a\0b \xF0\x9F\x90\x9A \xC3\xA4", 10);
  EXPECT_EQ(toVariant(*fromVariant(text)), QVariant(text));
}

TEST(ValueBridge, RefusesDatesAndHalfCharacters) {
  for (const QVariant& date :
       {QVariant(QDateTime::currentDateTime()), QVariant(QDate(2026, 1, 1)), QVariant(QTime(1, 2))}) {
    const auto refused =
        fromVariant(QVariantMap{{QStringLiteral("a"), QVariantList{1, QVariantMap{{QStringLiteral("when"), date}}}}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message.rfind("a[1].when: ", 0), 0u) << refused.error().message;
    EXPECT_NE(refused.error().message.find("milliseconds since the epoch"), std::string::npos);
  }
  const QString half = QStringLiteral("x") + QChar(0xD83D);
  const auto refused = fromVariant(QVariantMap{{QStringLiteral("t"), half}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.rfind("t: ", 0), 0u) << refused.error().message;
}

TEST(ValueBridge, ErrorsKeepKindTextAndData) {
  const hull::error thrown{
      hull::errc::function_failed, "Uncaught Error: no", hull::value::make_object({{"code", 3}}), {"[LOG] hello"}};
  const HullError error = HullValueBridge::toError(thrown);
  EXPECT_EQ(error.kind(), HullError::FunctionFailed);
  EXPECT_EQ(error.message(), QStringLiteral("Uncaught Error: no"));
  EXPECT_EQ(error.data().toMap().value(QStringLiteral("code")).toDouble(), 3);
  EXPECT_EQ(error.logLines(), QStringList{QStringLiteral("[LOG] hello")});
  EXPECT_FALSE(error.isRetryable());
  EXPECT_TRUE(HullValueBridge::toError({hull::errc::network, "", {}, {}}).isRetryable());
}

}  // namespace
