/* Lines of help that several subcommands have: their options are the same, told once. */
#ifndef PPR_CLI_SHARED_H
#define PPR_CLI_SHARED_H
#define HELP_READING_DE "  --reading NAME=VARIANTE    Auslegung wählen (mehrfach möglich)\n"
#define HELP_READING_EN "  --reading NAME=VARIANT     choose a reading (repeatable)\n"
#define HELP_AS_OF_DE "  --as-of DATUM              Stand des Wissens: nur Beschlüsse bis zu diesem Tag (01.03.2024 oder 2024-03-01)\n"
#define HELP_AS_OF_EN "  --as-of DATE               state of knowledge: only decisions made by that day (01.03.2024 or 2024-03-01)\n"
#define HELP_RECORD_DE "  --record NAME              Art der Datensätze (Name der eingabe; ohne Angabe die erste)\n"
#define HELP_RECORD_EN "  --record NAME              kind of record (name of the eingabe; the first if not given)\n"
#define HELP_SCENARIO_DE "  --scenario DATEI           den Regeltext durch ein Szenario ändern (mehrfach möglich)\n"
#define HELP_SCENARIO_EN "  --scenario FILE            change the rule text by a scenario (repeatable)\n"
#define HELP_PARAMETER_DE "  --parameter NAME=WERT      Vorgabe eines Parameters setzen (mehrfach möglich)\n"
#define HELP_PARAMETER_EN "  --parameter NAME=VALUE     set the preset of a parameter (repeatable)\n"
#endif
