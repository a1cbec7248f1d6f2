/** `coverage`: how many of the expected game dates are there, for each table and date, week or season. */
import {
  COVERAGE_UNITS,
  coverageBy,
  coverageDocument,
  missingFrom,
  whyMissing,
  type Coverage,
  type CoverageGroup,
} from '../../functions/control/coverage.ts';
import { unknownSeasonsText } from '../../functions/control/date-range.ts';
import { scopeText } from '../../functions/control/import-scopes.ts';
import { listText } from '../../functions/control/list-text.ts';
import type { Client } from '../../functions/targets/client.ts';
import type { TableCoverage } from '../../shared/domain/coverage.ts';
import type { PartitionRef } from '../../shared/domain/partition.ts';
import { RAW_PHASE } from '../../shared/domain/table.ts';
import type { CellWhy } from '../../shared/domain/why.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { rangeOptions } from './dates.ts';
import { chosenOption } from './options.ts';
import { coverageText, share } from './render.ts';
import { table, terminalWidth, wrappedTo } from './text-table.ts';
import { cellsText } from './why-text.ts';

export interface CoverageFlags {
  readonly start?: string;
  readonly end?: string;
  readonly by?: string;
  readonly missing?: boolean;
  readonly csv?: boolean;
  readonly allDates?: boolean;
}

export async function coverageCommand(
  client: Client,
  flags: CoverageFlags,
  options: GlobalOptions,
): Promise<number> {
  const { start, end } = rangeOptions(flags);
  const unit = chosenOption('--by', flags.by, COVERAGE_UNITS);
  const { view, dates, document } = await coverageDocument(client, start, end);
  if (flags.missing === true) {
    const missing = missingFrom(document);
    const cells = flags.csv === true ? [] : whyMissing(view, missing);
    answer(
      options,
      { unit: document.unit, start, end, missing, cells, unknownSeasons: document.unknownSeasons },
      () => (flags.csv === true ? missingCsv(missing) : missingText(missing, cells, document)),
    );
    return missing.length === 0 ? exitOf(document) : EXIT.failed;
  }
  if (unit === undefined) {
    answer(options, document, () =>
      dates.length === 0
        ? `No game dates are known from ${start} to ${end}${unknownText(document)}`
        : `${coverageText(document.tables, start, end, flags.allDates)}${scopesText(document)}${unknownText(document)}`,
    );
    return exitOf(document);
  }
  const groups = coverageBy(unit, view, dates);
  answer(
    options,
    { ...document, by: unit, groups },
    () => `${groupsText(unit, document, groups)}${scopesText(document)}${unknownText(document)}`,
  );
  return exitOf(document);
}

/** A range with seasons of which nothing is known is not covered, whatever the other seasons have. */
function exitOf({ unknownSeasons }: Coverage): number {
  return unknownSeasons.length === 0 ? EXIT.done : EXIT.failed;
}

function unknownText({ unknownSeasons }: Coverage): string {
  return unknownSeasons.length === 0 ? '' : `\n\nSeasons: ${unknownSeasonsText(unknownSeasons)}`;
}

/** What is outside of the scope of the files, table by table, and who has said what they mean to hold. */
function scopesText({ tables, scopes }: Coverage): string {
  const outside = tables.flatMap(({ table: name, outsideScope: { dates, games } }) =>
    games === 0
      ? []
      : [
          `Outside of the scope of ${name}: ${games} ${games === 1 ? 'game' : 'games'}, ${dates.length} whole ${dates.length === 1 ? 'date' : 'dates'}${dates.length === 0 ? '' : ` (${listText(dates, 3)})`}`,
        ],
  );
  const given = scopes.map(
    (scope) =>
      `Scope of ${scope.season} (${[scope.file, scope.by, scope.at.slice(0, 10)].filter((part) => part !== null).join(', ')}): ${scopeText(scope)}`,
  );
  const lines = [...outside, ...given];
  return lines.length === 0 ? '' : `\n\n${lines.join('\n')}`;
}

function missingCsv(missing: readonly PartitionRef[]): string {
  return ['table,date', ...missing.map((each) => `${each.table},${each.date}`)].join('\n');
}

function missingText(
  missing: readonly PartitionRef[],
  cells: readonly CellWhy[],
  document: Coverage,
): string {
  const known = document.unknownSeasons.length === 0 ? 'Nothing is missing' : 'Nothing else is missing';
  if (missing.length === 0) return `${known}${unknownText(document)}`;
  const list = table(
    ['table', 'date'],
    missing.map((each) => [each.table, each.date]),
  );
  return `${list}\n${cellsText(cells).join('\n')}${unknownText(document)}`;
}

function groupsText(
  unit: string,
  { start, end, tables }: Coverage,
  groups: readonly CoverageGroup[],
): string {
  const all = tables.filter(isComputed);
  return [
    `Coverage in game dates (present / expected), ${start} to ${end}`,
    '',
    table(
      [unit, ...all.map(({ table: name }) => initialsOf(name))],
      groups.map(({ group, tables: ofGroup }) => [
        group,
        ...ofGroup
          .filter(isComputed)
          .map(({ present, expected, pct }) =>
            expected === 0 ? '-' : share(pct, `${present}/${expected} `),
          ),
      ]),
    ),
    '',
    ...legend(all.map(({ table: name }) => [initialsOf(name), name])),
  ].join('\n');
}

/** What the initials stand for; no line ends between the two. */
function legend(named: readonly (readonly [initials: string, name: string])[]): string[] {
  const text = named.map((pair) => pair.join('\u00a0')).join(', ');
  return wrappedTo(text, terminalWidth()).map((line) => line.replaceAll('\u00a0', ' '));
}

/** The grid by date has the computed tables; the raw tables are in the JSON document, and in the coverage of the whole range. */
function isComputed({ phase }: TableCoverage): boolean {
  return phase !== RAW_PHASE;
}

/** `player_game_summary` as PGS, `ml_feature_store_v2` as MLFS. */
function initialsOf(name: string): string {
  const words = name.split('_').filter((word) => !/^v\d+$/.test(word));
  return words
    .map((word) => (word.length === 2 ? word : word.slice(0, 1)))
    .join('')
    .toUpperCase();
}
