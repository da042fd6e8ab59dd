// A user's C++ program: loads IMAGE and lists inputs and outputs; handles as unique_ptr.
#include <ppr/native.h>
#include <ppr/ppr.h>
#include <ppr/run.h>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

namespace {
template <typename T, void (*free_it)(T *)> struct releaser {
  void operator()(T *handle) const { free_it(handle); }
};
template <typename T, void (*free_it)(T *)> using handle = std::unique_ptr<T, releaser<T, free_it>>;
} // namespace

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  handle<ppr_engine, ppr_engine_free> engine(ppr_engine_new());
  handle<ppr_report, ppr_report_free> report(ppr_report_new());
  ppr_program *loaded = nullptr;
  if (ppr_program_load(&loaded, engine.get(), bytes.data(), bytes.size(), report.get()) != PPR_OK) return 1;
  handle<ppr_program, ppr_program_free> program(loaded);
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  ppr_run_opts run = PPR_RUN_OPTS_INIT;
  if (opts.size != sizeof opts || run.size == 0) return 1;
  ppr_evaluator *made = nullptr;
  if (ppr_evaluator_new(&made, program.get(), 0, &opts) != PPR_OK) return 1;
  handle<ppr_evaluator, ppr_evaluator_free> evaluator(made);
  ppr_edition_info edition;
  if (ppr_program_edition(program.get(), 0, &edition) != PPR_OK) return 1;
  int found = 0;
  for (std::size_t i = 0; i < edition.outputs; i++) {
    ppr_value_info info;
    if (ppr_program_output(program.get(), 0, i, &info) != PPR_OK) return 1;
    found += std::strcmp(info.name, "Grad[b]") == 0;
  }
  std::cout << edition.name << ": " << edition.inputs << " inputs, " << edition.outputs << " outputs\n";
  return found == 1 ? 0 : 1;
}
