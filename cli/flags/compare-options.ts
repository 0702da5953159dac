/** The options of `compare`. */
import { Option, type Command } from "commander";
import { parseThreshold } from "../../core/quantities.ts";
import { comparisonReports, FAIL_ON } from "../../reports/index.ts";
import { DEFAULT_REFERENCE } from "../../results/index.ts";
import { argument, collect, listOption, parseEachName } from "./arguments.ts";
import { parseRenamed } from "./compared-sides.ts";
import { formatOption, GROUP, languageOption, outFileOption } from "./shared-options.ts";

export function addCompareOptions(command: Command): Command {
  return addSideOptions(command)
    .addOption(thresholdOption())
    .addOption(knownOption())
    .addOption(
      listOption(
        "--fail-on <results>",
        "exit with 5 for regressions: confirmed ones, which run --confirm shows, or also suspects",
        FAIL_ON,
      ),
    )
    .optionsGroup(GROUP.output)
    .addOption(formatOption(Object.keys(comparisonReports), "text"))
    .addOption(outFileOption())
    .addOption(languageOption())
    .option("--all", "text: list all cells instead of the most important ones");
}

function addSideOptions(command: Command): Command {
  return command
    .optionsGroup(GROUP.compare)
    .addOption(new Option("--base <dir>", "further run of the base; repeatable").argParser(collect))
    .addOption(new Option("--head <dir>", "further run of the head; repeatable").argParser(collect))
    .addOption(
      new Option("--plugins <names>", "two plugins of one run, as for run: bridge@OLD,bridge@NEW").argParser(
        parseEachName,
      ),
    )
    .addOption(
      new Option("--map <names>", "plugin that has another name in the head: OLD=NEW; repeatable").argParser(
        (value, previous?: ReadonlyMap<string, string>) => argument((text) => parseRenamed(text, previous))(value),
      ),
    )
    .addOption(
      new Option(
        "--reference <plugin>",
        "plugin of all runs, to which life-cycle times are compared within each run",
      ).default(undefined, DEFAULT_REFERENCE),
    );
}

export function thresholdOption(): Option {
  return new Option("--threshold <percent>", "smallest change that counts, with its unit: 5%")
    .default(1.05, "5%")
    .argParser(argument(parseThreshold));
}

export function knownOption(): Option {
  return new Option("--known <file>", "YAML file with known changes, each with a reason and an expiry date");
}
