#include "services/plc-simulator/plant_memory.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace millrace::plc_sim;

TEST_CASE("the recorded slot of the plant reads as FACTS says") {
  words memory(memory_size, 0);
  const words start{1, 22344, 12109, 20271, 12336, 12337, 12544, 0, 0};
  std::copy(start.begin(), start.end(), memory.begin() + 6000);
  const words goods{23345, 12336, 14642, 23840, 19014, 8275, 16720, 20308};
  std::copy(goods.begin(), goods.end(), memory.begin() + 6017);
  memory[6025] = 1;
  memory[6026] = 34464;
  CHECK(text_at(memory, 6001) == "WH/MO/00011");
  CHECK(text_at(memory, 6017) == "[10092] JF SAPOT");
  CHECK(mass_at(memory, 6025) == 100000);
  CHECK(mass_text(100000) == "1000.00");
  CHECK(mass_text(7) == "0.07");
}

TEST_CASE("a report fills exactly the 77 words of its slot") {
  words memory(memory_size, 0xEEEE);
  recipe made;
  made.slot = 3;
  made.order = "WH/MO/00011";
  made.bom = "BOM-7";
  made.goods = "[10092] JF SAPOT 1B";
  made.quantity = 100000;
  report state;
  state.actual[2] = 30000;
  state.actual[14] = 70000;
  state.weight = 100000;
  state.finished = true;
  put_report(memory, made, state);

  CHECK(memory[6199] == 0xEEEE);
  CHECK(memory[6200] == 3);
  CHECK(memory[6201] == 22344);
  CHECK(memory[6206] == 12544);
  CHECK(memory[6207] == 0);
  CHECK(text_at(memory, 6217) == "[10092] JF SAPOT");
  CHECK(memory[6225] == 1);
  CHECK(memory[6226] == 34464);
  CHECK(memory[6227] == 101);
  CHECK(memory[6233] == 103);
  CHECK(memory[6234] == 0);
  CHECK(memory[6235] == 30000);
  CHECK(memory[6269] == 115);
  CHECK(memory[6270] == 1);
  CHECK(memory[6271] == 4464);
  CHECK(memory[6272] == 1);
  CHECK(memory[6273] == 0);
  CHECK(memory[6274] == 1);
  CHECK(memory[6275] == 34464);
  CHECK(memory[6276] == 0);
  CHECK(memory[6277] == 0xEEEE);
}
