#include "services/batch-store/dialect.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace millrace::store;

namespace {

std::string refusal_of(const std::string& url) {
  try {
    (void)parse_database_url(url);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "accepted";
}

} // namespace

TEST_SUITE("dialect") {
  TEST_CASE("SQLite paths, relative and absolute") {
    const auto relative = parse_database_url("sqlite:///plc.db");
    CHECK(relative.kind == database_kind::sqlite);
    CHECK(relative.file == "plc.db");
    CHECK(relative.connection == "db=\"plc.db\" timeout=5");
    const auto absolute = parse_database_url("sqlite:////var/lib/my plc.db");
    CHECK(absolute.file == "/var/lib/my plc.db");
    CHECK(absolute.shown == "sqlite:/var/lib/my plc.db");
  }

  TEST_CASE("PostgreSQL in all its spellings") {
    for (const auto* scheme :
         {"postgresql://", "postgres://", "postgresql+psycopg2://",
          "postgresql+psycopg://", "postgresql+asyncpg://"}) {
      const auto url = std::string(scheme) + "mill:grist@db:5433/plc";
      const auto where = parse_database_url(url);
      CHECK(where.kind == database_kind::postgresql);
      CHECK(where.connection
            == "postgresql://mill:grist@db:5433/plc?connect_timeout=5&"
               "keepalives_idle=10&keepalives_interval=5&keepalives_count=3&"
               "tcp_user_timeout=15000&application_name=millrace-batch-store");
      CHECK(where.shown == "postgresql://db:5433/plc");
    }
  }

  TEST_CASE("what the URL asks of libpq is kept") {
    const auto where
      = parse_database_url("postgresql:///plc?host=/run/pg&user=mill");
    CHECK(where.connection
          == "postgresql:///plc?host=/run/pg&user=mill&connect_timeout=5&"
             "keepalives_idle=10&keepalives_interval=5&keepalives_count=3&"
             "tcp_user_timeout=15000&application_name=millrace-batch-store");
  }

  TEST_CASE("no password is shown, also when it holds an @ or is in "
            "the query") {
    for (const std::string url :
         {"postgresql://mill:gri@st@db/plc", "postgresql://mill:grist@db/plc",
          "postgresql://db/plc?user=mill&password=grist",
          "postgresql://mill:gr%3Fist@db/plc"}) {
      CAPTURE(url);
      const auto shown = parse_database_url(url).shown;
      CHECK(shown == "postgresql://db/plc");
    }
  }

  TEST_CASE("a URL that names no database is refused without its password") {
    for (const std::string url :
         {"postgresql://mill:grist@db", "postgresql://mill:grist@db/",
          "postgresql://mill:grist@db/?host=x", "mysql://mill:grist@db/plc",
          "grist", "sqlite://", "sqlite:///", ""}) {
      CAPTURE(url);
      const auto why = refusal_of(url);
      CHECK(why.find("expected postgresql://") != why.npos);
      CHECK(why.find("grist") == std::string::npos);
      CHECK(why.find("expected postgresql://user:password@host:5432/name")
            != std::string::npos);
    }
  }
}
