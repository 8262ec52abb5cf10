# Debian's packages, each wrapped once. Debian ships no CMake package for CAF
# and SOCI.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(PahoMqttCpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost 1.81 EXACT REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)

function(millrace_import name library)
  string(MAKE_C_IDENTIFIER ${name} id)
  find_library(${id}_LIBRARY ${library} REQUIRED)
  add_library(${name} INTERFACE IMPORTED GLOBAL)
  target_link_libraries(${name} INTERFACE ${${id}_LIBRARY} Threads::Threads)
endfunction()

millrace_import(millrace::caf caf_core)
millrace_import(millrace::soci soci_core)
millrace_import(millrace::soci_postgresql soci_postgresql)
millrace_import(millrace::soci_sqlite3 soci_sqlite3)
millrace_import(millrace::sqlite3 sqlite3)
millrace_import(millrace::sodium sodium)
