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
    CHECK(relative.connection == "db=\"plc.db\" timeout=2");
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
            == "postgresql://mill:grist@db:5433/plc?connect_timeout=3&"
               "keepalives_idle=10&keepalives_interval=5&keepalives_count=3&"
               "tcp_user_timeout=15000&application_name=millrace-batch-store");
      CHECK(where.shown == "postgresql://db:5433/plc");
    }
  }

  TEST_CASE("what the URL asks of libpq is kept") {
    const auto where
      = parse_database_url("postgresql:///plc?host=/run/pg&user=mill");
    CHECK(where.connection
          == "postgresql:///plc?host=/run/pg&user=mill&connect_timeout=3&"
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

  TEST_CASE("server and port must be what they can be") {
    for (const std::string url :
         {"postgresql://mill:grist@db/plc", "postgresql://db:5432/plc",
          "postgresql:///plc?host=/run/pg", "postgresql://[::1]:5432/plc",
          "postgresql://db1:5432,db2:5433/plc", "postgresql://db:/plc",
          "postgresql://%2Frun%2Fpg/plc"}) {
      CAPTURE(url);
      CHECK_NOTHROW(parse_database_url(url));
    }
    for (const std::string url :
         {"postgresql://mill:grist/plc", "postgresql://db:5432x/plc",
          "postgresql://db:0/plc", "postgresql://db:65536/plc",
          "postgresql://db1:5432,db2:grist/plc",
          "postgresql://[::1]:grist/plc"}) {
      CAPTURE(url);
      const auto why = refusal_of(url);
      CHECK(why.starts_with("has a port that is not 1..65535"));
      CHECK(why.find("grist") == std::string::npos);
    }
    for (const std::string url :
         {"postgresql://10.0.0.256/plc", "postgresql://[db]/plc",
          "postgresql://a b:5432/plc", "postgresql://[::1/plc"}) {
      CAPTURE(url);
      CHECK(refusal_of(url).starts_with(
        "names a host that is neither an address nor a name"));
    }
    CHECK(refusal_of("postgresql://[::1]x/plc")
            .starts_with("has something between host and port"));
  }

  TEST_CASE("a file name with a quote would end SOCI's connection string") {
    CHECK(refusal_of("sqlite:///a\" x=\"b.db")
            .starts_with("names a file with a quote"));
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
