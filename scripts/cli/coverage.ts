/** `coverage`: how many of the expected game dates are there, for each table and date, week or season. */
import {
  COVERAGE_UNITS,
  coverageBy,
  coverageDocument,
  missingFrom,
  type Coverage,
  type CoverageGroup,
} from '../../functions/control/coverage.ts';
import type { Client } from '../../functions/targets/client.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { PartitionRef } from '../../shared/domain/partition.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { rangeOptions } from './dates.ts';
import { coverageText, share, table } from './render.ts';

export interface CoverageFlags {
  readonly start?: string;
  readonly end?: string;
  readonly by?: string;
  readonly missing?: boolean;
  readonly csv?: boolean;
}

export async function coverageCommand(
  client: Client,
  flags: CoverageFlags,
  options: GlobalOptions,
): Promise<number> {
  const { start, end } = rangeOptions(flags);
  const { view, dates, document } = await coverageDocument(client, start, end);
  if (flags.missing === true) {
    const missing = missingFrom(document);
    answer(options, { unit: document.unit, start, end, missing }, () =>
      flags.csv === true ? missingCsv(missing) : missingText(missing),
    );
    return missing.length === 0 ? EXIT.done : EXIT.failed;
  }
  if (flags.by === undefined) {
    answer(options, document, () =>
      dates.length === 0
        ? `No game dates are known from ${start} to ${end}`
        : coverageText(document.tables, start, end),
    );
    return EXIT.done;
  }
  const unit = COVERAGE_UNITS.find((each) => each === flags.by);
  if (unit === undefined) throw new RequestError('--by must be date, week or season');
  const groups = coverageBy(unit, view, dates);
  answer(options, { ...document, by: unit, groups }, () => groupsText(unit, document, groups));
  return EXIT.done;
}

function missingCsv(missing: readonly PartitionRef[]): string {
  return ['table,date', ...missing.map((each) => `${each.table},${each.date}`)].join('\n');
}

function missingText(missing: readonly PartitionRef[]): string {
  if (missing.length === 0) return 'Nothing is missing';
  return table(
    ['table', 'date'],
    missing.map((each) => [each.table, each.date]),
  );
}

function groupsText(
  unit: string,
  { start, end, tables: all }: Coverage,
  groups: readonly CoverageGroup[],
): string {
  return [
    `Coverage in game dates (present / expected), ${start} to ${end}`,
    '',
    table(
      [unit, ...all.map(({ table: name }) => initialsOf(name))],
      groups.map(({ group, tables }) => [
        group,
        ...tables.map(({ present, expected, pct }) =>
          expected === 0 ? '-' : `${present}/${expected} ${share(pct)}`,
        ),
      ]),
    ),
    '',
    all.map(({ table: name }) => `${initialsOf(name)} ${name}`).join(', '),
  ].join('\n');
}

/** `player_game_summary` as PGS, `ml_feature_store_v2` as MLFS. */
function initialsOf(name: string): string {
  const words = name.split('_').filter((word) => !/^v\d+$/.test(word));
  return words
    .map((word) => (word.length === 2 ? word : word.slice(0, 1)))
    .join('')
    .toUpperCase();
}
