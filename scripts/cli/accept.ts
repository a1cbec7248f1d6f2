/** `accept`: a person gives up what dates of a table lack, or lists what was given up. */
import { userInfo } from 'node:os';
import { acceptableDates } from '../../functions/control/accept.ts';
import type { Client } from '../../functions/targets/client.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { listAcceptances } from '../../shared/state/acceptances.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { table as tableText } from './text-table.ts';
import { tableOption } from './options.ts';
import { requestOf } from './request.ts';
import { runAndShow } from './watch.ts';

export interface AcceptFlags {
  readonly list?: boolean;
  readonly table?: string;
  readonly dates?: string;
  readonly start?: string;
  readonly end?: string;
  readonly reason?: string;
  readonly by?: string;
}

export async function acceptCommand(
  client: Client,
  { list = false, ...flags }: AcceptFlags,
  options: GlobalOptions,
): Promise<number> {
  const { table: named, reason, by = userInfo().username, ...dates } = flags;
  const isAsking = Object.keys(flags).some((flag) => flag !== 'json' && flag !== 'target');
  if (list && isAsking)
    throw new RequestError('--list lists all that was given up; other flags have no effect with it', {
      flag: '--list',
    });
  if (!isAsking) return listCommand(client, options);
  if (named === undefined || reason === undefined)
    throw new RequestError('accept needs --table, --dates (or --start and --end) and --reason', {
      flag: named === undefined ? '--table' : '--reason',
    });
  const table = tableOption('--table', named, client.registry);
  const asked = requestOf({ ...dates, tables: table }, client.registry);
  const { lacking, absent } = await acceptableDates(client, table, asked);
  const given = [...lacking, ...absent].sort();
  const backfills: { readonly id: string; readonly state: string; readonly verdict: string }[] = [];
  for (const each of [lacking, absent]) {
    if (each.length === 0) continue;
    const request = { tables: [table], dates: [...each], accept: { reason }, requestedBy: by };
    backfills.push((await runAndShow(client, request)).backfill);
  }
  const failed = backfills.find(({ state }) => state !== 'done');
  const backfill = failed ?? backfills[0];
  answer(
    options,
    { backfillId: backfill?.id, state: backfill?.state, table, dates: given, reason, by },
    () =>
      `${table} is given up on ${given.join(', ')} until data comes: ${reason} (${by})${failed === undefined ? '' : `\nWhat reads it: ${failed.verdict}; see fullcourt backfills show ${failed.id}`}`,
  );
  return failed === undefined ? EXIT.done : EXIT.failed;
}

async function listCommand(client: Client, options: GlobalOptions): Promise<number> {
  const accepted = await listAcceptances(client);
  answer(options, { accepted }, () =>
    accepted.length === 0
      ? 'Nothing was given up'
      : tableText(
          ['table', 'date', 'by', 'at', 'over', 'reason'],
          accepted.map((each) => [
            each.table,
            each.date,
            each.by ?? '-',
            each.at.slice(0, 19),
            each.over ? 'data has come' : 'no',
            each.reason,
          ]),
        ),
  );
  return EXIT.done;
}
