/* The program that writes, when ppr is built, its manual pages and the completion of the shells: ppr-pages VERSION FOLDER. */
#include "help.h"

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    void (*write)(FILE *out);
  } shells[] = {{"ppr.bash", complete_bash}, {"_ppr", complete_zsh}, {"ppr.fish", complete_fish}};
  if (argc != 3) help_refuse("usage", "ppr-pages VERSION FOLDER (with folders man1, de/man1)");
  man_write(argv[2], argv[1]);
  for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
    FILE *out = help_open(argv[2], shells[i].name);
    shells[i].write(out);
    help_close(out, shells[i].name);
  }
  return 0;
}
