#pragma once

#include <map>
#include <string>
#include <vector>

namespace millrace::contract {

/// Every generated file of proto/, by its path below it.
std::map<std::string, std::string> documents();

/// Messages without parties, parties without message, and entries of the table
/// that make no sense; empty when all is right.
std::vector<std::string> wrong_parties();

} // namespace millrace::contract
