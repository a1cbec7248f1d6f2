/** `validate`: what is lacking or wrong in the rows of a range. */
import { listText } from '../../functions/control/list-text.ts';
import { unknownSeasonsText } from '../../functions/control/date-range.ts';
import { validate, type Validation } from '../../functions/control/validate.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted, grouped } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Finding, KeptValidation } from '../../shared/domain/validation.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { rangeOptions } from './dates.ts';
import { numberOption, tablesOption } from './options.ts';
import { table } from './text-table.ts';

export interface ValidateFlags extends GlobalOptions {
  readonly start?: string;
  readonly end?: string;
  readonly tables?: string;
  readonly spot?: string;
  readonly seed?: string;
}

/** Findings of one check of one table that the text shows. */
const SHOWN = 5;

/** Rows of each table that can be drawn at most. */
const MAX_SPOTS = 1000;

/** The exit code is 1 when something fails, and 0 when a person should only look. */
export async function validateCommand(client: Client, flags: ValidateFlags): Promise<number> {
  const { start, end } = rangeOptions(flags);
  const tables =
    flags.tables === undefined ? undefined : tablesOption('--tables', flags.tables, client.registry);
  if (flags.seed !== undefined && flags.spot === undefined)
    throw new RequestError('--seed has no effect without --spot', { flag: '--seed' });
  const spots =
    flags.spot === undefined
      ? undefined
      : {
          rows: numberOption('--spot', flags.spot, { least: 1, most: MAX_SPOTS }),
          seed: numberOption('--seed', flags.seed ?? '1', { least: 0 }),
        };
  const found = await client.readWarehouse('validate', (warehouse) =>
    validate(client, warehouse, { start, end, tables, spots }),
  );
  answer(flags, found, () => validationText(found));
  return found.verdict === 'fail' ? EXIT.failed : EXIT.done;
}

function validationText({
  verdict,
  start,
  end,
  findings,
  unknownSeasons,
  spots,
  looked,
}: Validation): string {
  const what = `${counted(looked.rows, 'row')} of ${counted(looked.tables, 'table')} on ${counted(looked.dates, 'game date')} from ${start} to ${end}`;
  const groups = [
    ...Map.groupBy(findings, ({ severity, table: name, check }) => `${severity} ${name} ${check}`).values(),
  ];
  return [
    ...(groups.length === 0
      ? []
      : [
          table(
            ['verdict', 'table', 'check', 'found', 'date', 'what', 'is', 'should be'],
            groups.flatMap((group) =>
              group.slice(0, SHOWN).map((each, i) => row(each, i === 0 ? group.length : undefined)),
            ),
          ),
          '',
        ]),
    ...(unknownSeasons.length === 0 ? [] : [`Seasons: ${unknownSeasonsText(unknownSeasons)}`, '']),
    ...(spots === null ? [] : [...spotLines(spots, findings), '']),
    `${VERDICTS[verdict]}: ${what}`,
    ...(groups.some((group) => group.length > SHOWN)
      ? [`All findings: fullcourt validate --start ${start} --end ${end} --json`]
      : []),
    ...(findings.some(({ severity }) => severity === 'fail')
      ? [`Why, and what cures it: fullcourt why --start ${start} --end ${end}`]
      : []),
  ].join('\n');
}

/** What became of the rows that were recomputed from raw rows. */
function spotLines(
  { compared, leftOut, without }: NonNullable<Validation['spots']>,
  findings: readonly Finding[],
): string[] {
  const differ = findings.filter(({ check }) => check === 'spot').length;
  return [
    `Recomputed from raw rows: ${counted(compared.rows, 'row')}, ${counted(compared.values, 'value')}; ${differ === 0 ? 'none differs' : `${grouped(differ)} differ`}`,
    ...leftOut.map(
      ({ table: name, why, rows }) => `Not recomputed: ${counted(rows, 'row')} of ${name}, because ${why}`,
    ),
    ...(without.length === 0 ? [] : [`Without a spot: ${without.join(', ')}`]),
  ];
}

/**
 * What is kept of a validation, in one line: `Validation: 3 findings (date_missing of player_game_summary 2, …); see them with: …`.
 */
export function keptText({ verdict, checks, detail, start, end }: KeptValidation): string {
  if (verdict === 'unknown') return `Validation: not known, because ${detail ?? 'it was not told'}`;
  if (verdict === 'pass') return `Validation: ${VERDICTS.pass.toLowerCase()}`;
  const total = checks.reduce((sum, { findings }) => sum + findings, 0);
  const named = listText(
    checks.map(({ check, table: name, findings }) => `${check} of ${name} ${grouped(findings)}`),
    3,
  );
  return `Validation: ${VERDICTS[verdict].toLowerCase()}, ${counted(total, 'finding')} (${named}); see them with: fullcourt validate --start ${start} --end ${end}`;
}

const VERDICTS = {
  pass: 'Nothing is wrong',
  review: 'Nothing fails, something is to be looked at',
  fail: 'Something is lacking or wrong',
} as const;

function row(
  { severity, table: name, check, date, entity, value, threshold }: Finding,
  n: number | undefined,
): (string | number)[] {
  return [severity, name, check, n ?? '', date, entity ?? 'the whole date', value ?? '', threshold ?? ''];
}
