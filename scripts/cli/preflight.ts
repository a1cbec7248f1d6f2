/** `preflight`: whether a backfill from a phase on can run, by the readiness of what it reads. */
import { targetsFilling } from '../../functions/control/target-tables.ts';
import { matrixOf, planRequest, type Matrix } from '../../functions/control/plan.ts';
import { shortInputsOf } from '../../functions/steps/gates.ts';
import { listText } from '../../functions/control/list-text.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted, grouped } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { paint } from './colours.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { phaseOption } from './options.ts';
import { requestOf } from './request.ts';
import type { RequestFlags } from './request-flags.ts';
import { table } from './text-table.ts';

export interface PreflightFlags extends Pick<
  RequestFlags,
  'start' | 'end' | 'dates' | 'season' | 'through' | 'tables'
> {
  readonly phase?: string;
}

/** @throws RequestError when a flag is wrong, or names no table of these phases */
export async function preflightCommand(
  client: Client,
  { phase, ...flags }: PreflightFlags,
  options: GlobalOptions,
): Promise<number> {
  const from = phaseOption('--phase', phase);
  if (from === undefined)
    throw new RequestError('Say with --phase which phase is to be built, such as --phase 4', {
      flag: '--phase',
    });
  const planned = await planRequest(client, requestOf({ ...flags, from }, client.registry));
  const short = await client.readWarehouse('preflight', (warehouse) =>
    shortInputsOf(warehouse, planned.view, planned.plan.batches),
  );
  const isFetched = targetsFilling(planned.fetched).length > 0;
  const found = await matrixOf(client, planned, isFetched, short.ok ? short.value : null);
  const tables = found.tables.map(({ fewestRows: _fewest, isNeeded: _needed, ...each }) => each);
  answer(options, { ...found, tables }, () => preflightText(found));
  return found.verdict === 'GO' ? EXIT.done : EXIT.failed;
}

/** `at least 90`; what is counted because it stands in the way is at most 0. */
export function limitText(threshold: number): string {
  return threshold === 0 ? 'at most 0' : `at least ${threshold}`;
}

function preflightText({ verdict, criteria, tables }: Matrix): string {
  const failed = criteria.filter((each) => each.verdict === 'NO-GO');
  const lines = failed.map(({ name, weight, threshold, value, cure }) => {
    const what = `${name}: ${value ?? 'none'}, ${limitText(threshold)}; cure it with: ${cure ?? ''}`;
    return weight === 'critical'
      ? paint.red(`NO-GO ${what}`)
      : `Runs all the same, and lacks something: ${what}`;
  });
  return [
    ...(tables.length === 0
      ? []
      : [
          table(
            ['reads', 'phase', '', 'dates', 'rows', 'missing'],
            tables.map(({ table: name, phase, required, have, expected, rowsPct, missing }) => [
              ...[name, phase.slice(5), required ? 'required' : 'optional'],
              `${grouped(have)} / ${grouped(expected)}`,
              rowsPct === null ? '' : `${rowsPct} %`,
              missing.length === 0 ? '' : listText(missing, 3),
            ]),
          ),
          '',
        ]),
    ...lines,
    `${verdict === 'GO' ? paint.green(verdict) : paint.red(verdict)}: ${criteria.length - failed.length} of ${counted(criteria.length, 'criterion', 'criteria')} hold`,
  ].join('\n');
}
