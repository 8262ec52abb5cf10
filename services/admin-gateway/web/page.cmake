# The dashboard: npm bundles web/ at build time, and the library admin-page holds
# the files. Everything npm makes stays in the build folder.
find_program(NPM npm)
set(web ${CMAKE_CURRENT_LIST_DIR})
set(web_build ${CMAKE_CURRENT_BINARY_DIR}/web)
set(web_packages package.json package-lock.json .npmrc)
set(web_package_files ${web_packages})
list(TRANSFORM web_package_files PREPEND ${web}/)
file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${web}/src/*)

# Node has its own list of authorities; a company's proxy may have one that only
# the system knows.
set(authorities /etc/ssl/certs/ca-certificates.crt)
if(EXISTS ${authorities} AND NOT DEFINED ENV{NODE_EXTRA_CA_CERTS})
  set(with_authorities ${CMAKE_COMMAND} -E env NODE_EXTRA_CA_CERTS=${authorities})
endif()
if(NPM)
  set(fetch_packages ${with_authorities} ${NPM} ci --loglevel=error)
else()
  set(fetch_packages ${CMAKE_COMMAND} -E echo
    "npm is missing, and the dashboard is bundled with it: run deploy/install-packages.sh build"
    COMMAND ${CMAKE_COMMAND} -E false)
endif()

add_custom_command(OUTPUT ${web_build}/packages.stamp
  COMMAND ${CMAKE_COMMAND} -E make_directory ${web_build}
  COMMAND ${CMAKE_COMMAND} -E copy ${web_package_files} ${web_build}
  COMMAND ${fetch_packages}
  COMMAND ${CMAKE_COMMAND} -E touch ${web_build}/packages.stamp
  DEPENDS ${web_package_files}
  WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/web
  COMMENT "Fetching the dashboard's npm packages" VERBATIM)

add_custom_command(OUTPUT ${web_build}/page_files.cpp
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${web_build}/src
  COMMAND ${CMAKE_COMMAND} -E copy_directory ${web}/src ${web_build}/src
  COMMAND ${CMAKE_COMMAND} -E copy ${web}/build.mjs ${web}/tsconfig.json ${web_build}
  COMMAND ${NPM} run --silent check
  COMMAND ${NPM} run --silent build -- --cpp page_files.cpp
  DEPENDS ${web_build}/packages.stamp ${web_sources} ${web}/build.mjs ${web}/tsconfig.json
  WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/web
  COMMENT "Bundling the dashboard" VERBATIM)
file(MAKE_DIRECTORY ${web_build})

add_library(admin-page STATIC ${web_build}/page_files.cpp)
