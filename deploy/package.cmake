# What is installed where, and the .deb of it: cpack --config CPackConfig.cmake.
# docs/installation.md describes the result.
include(GNUInstallDirs)

# Packaging takes what was built and builds nothing by itself: tests are no part
# of it.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

set(services admin-gateway batch-store notifier odoo-gateway plc-gateway scheduler)
set(packaging ${CMAKE_CURRENT_LIST_DIR}/debian)
set(units ${CMAKE_CURRENT_LIST_DIR}/systemd)
set(configuration /etc/millrace)
set(data ${CMAKE_INSTALL_DATADIR}/millrace)
# Debian 12 reads units below /lib, whatever the prefix.
set(unit_folder /lib/systemd/system)

set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME millrace)

# Prefixed: /usr/bin is everybody's.
foreach(service ${services})
  install(PROGRAMS $<TARGET_FILE:${service}> DESTINATION ${CMAKE_INSTALL_BINDIR} RENAME millrace-${service})
  install(FILES ${units}/millrace-${service}.service DESTINATION ${unit_folder})
endforeach()
install(CODE "file(GLOB programs \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/millrace-*\")
  execute_process(COMMAND ${CMAKE_STRIP} \${programs} COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${units}/millrace.target DESTINATION ${unit_folder})
install(DIRECTORY ${units}/millrace-.service.d DESTINATION ${unit_folder})
install(FILES ${packaging}/sysusers.conf DESTINATION /usr/lib/sysusers.d RENAME millrace.conf)
install(FILES ${packaging}/tmpfiles.conf DESTINATION /usr/lib/tmpfiles.d RENAME millrace.conf)

install(PROGRAMS ${packaging}/millrace-backup ${packaging}/millrace-restore DESTINATION ${CMAKE_INSTALL_BINDIR})
install(PROGRAMS ${packaging}/setup-broker deploy/backup.sh deploy/restore.sh DESTINATION lib/millrace)
install(FILES deploy/database.sh ${packaging}/settings.sh DESTINATION lib/millrace)
install(DIRECTORY proto/plc-map DESTINATION ${data})

# The broker's listener is the one of mosquitto/mosquitto.conf; where it keeps its
# data and log, Debian's own configuration says.
file(STRINGS mosquitto/mosquitto.conf broker_lines)
list(FILTER broker_lines EXCLUDE REGEX "^(#|persistence |persistence_location |log_)")
list(JOIN broker_lines "\n" broker)
string(REGEX REPLACE "listener [^\n]*" "listener 1883 127.0.0.1" broker "${broker}")
string(REPLACE "/mosquitto/secrets/" "${configuration}/mosquitto/" broker "${broker}")
file(WRITE ${CMAKE_BINARY_DIR}/package/millrace.conf
  "# mosquitto for Millrace; /etc/mosquitto/conf.d/millrace.conf leads here.\n${broker}\n")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/mosquitto/mosquitto.conf)
install(FILES ${CMAKE_BINARY_DIR}/package/millrace.conf mosquitto/acl DESTINATION ${configuration}/mosquitto)
install(PROGRAMS mosquitto/make-passwords.sh DESTINATION ${data}/mosquitto)
file(CREATE_LINK ${configuration}/mosquitto/acl ${CMAKE_BINARY_DIR}/package/acl SYMBOLIC)
install(FILES ${CMAKE_BINARY_DIR}/package/acl DESTINATION ${data}/mosquitto)

install(FILES ${packaging}/millrace.env.example DESTINATION ${configuration}
  PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)

file(GLOB documents CONFIGURE_DEPENDS docs/*.md)
install(FILES ${packaging}/copyright README.md ${documents} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/images DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_PACKAGE_CONTACT "the Millrace team <millrace@localhost>")

# Debian wants them compressed, without a time in it.
function(install_compressed file destination name)
  install(CODE "set(to \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${destination}\")
    file(MAKE_DIRECTORY \"\${to}\")
    execute_process(COMMAND gzip -9nc \"${file}\" OUTPUT_FILE \"\${to}/${name}.gz\" COMMAND_ERROR_IS_FATAL ANY)")
endfunction()
install_compressed(${CMAKE_SOURCE_DIR}/CHANGELOG.md ${CMAKE_INSTALL_DOCDIR} CHANGELOG.md)
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${CMAKE_BINARY_DIR}/package/changelog "millrace (${PROJECT_VERSION}) stable; urgency=medium

  * See CHANGELOG.md.gz.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
install_compressed(${CMAKE_BINARY_DIR}/package/changelog ${CMAKE_INSTALL_DOCDIR} changelog)
install_compressed(${packaging}/millrace.7 ${CMAKE_INSTALL_MANDIR}/man7 millrace.7)
file(WRITE ${CMAKE_BINARY_DIR}/package/see.8 ".so man7/millrace.7\n")
foreach(name ${services} backup restore)
  install_compressed(${CMAKE_BINARY_DIR}/package/see.8 ${CMAKE_INSTALL_MANDIR}/man8 millrace-${name}.8)
endforeach()

foreach(name millrace.env.example mosquitto/acl mosquitto/millrace.conf)
  string(APPEND conffiles "${configuration}/${name}\n")
endforeach()
file(WRITE ${CMAKE_BINARY_DIR}/package/conffiles "${conffiles}")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME millrace)
set(CPACK_PACKAGE_VENDOR Millrace)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "orders from Odoo to the OMRON PLC of a feed mill and back")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
  "Millrace carries manufacturing orders from Odoo into the memory of the
OMRON PLC that runs a feed mill, reads back what was dosed, books it in Odoo
and keeps the history. Six services over an MQTT broker, with a page for
whoever is on shift.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEB_COMPONENT_INSTALL OFF)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# systemd brings systemd-sysusers and systemd-tmpfiles, too.
set(CPACK_DEBIAN_PACKAGE_DEPENDS systemd)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "mosquitto (>= 2.0), ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql, postgresql-client, sqlite3, mosquitto-clients")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${packaging}/postinst ${packaging}/prerm ${packaging}/postrm ${packaging}/triggers
  ${CMAKE_BINARY_DIR}/package/conffiles)
include(CPack)
