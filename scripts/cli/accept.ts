/** `accept`: a person gives up what dates of a raw table lack, or lists what was given up. */
import { userInfo } from 'node:os';
import { journalAcceptance, lackingDates } from '../../functions/control/accept.ts';
import type { Client } from '../../functions/targets/client.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { listAcceptances } from '../../shared/state/acceptances.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { table as tableText } from './render.ts';
import { requestOf } from './request.ts';
import { runAndShow } from './watch.ts';

export interface AcceptFlags {
  readonly table?: string;
  readonly dates?: string;
  readonly start?: string;
  readonly end?: string;
  readonly reason?: string;
  readonly by?: string;
}

export async function acceptCommand(
  client: Client,
  flags: AcceptFlags,
  options: GlobalOptions,
): Promise<number> {
  const { table, reason, by = userInfo().username, ...dates } = flags;
  if (table === undefined && reason === undefined) return listCommand(client, options);
  if (table === undefined || reason === undefined)
    throw new RequestError('accept needs --table, --dates (or --start and --end) and --reason');
  const asked = requestOf({ tables: table, ...dates });
  const lacking = await lackingDates(client, table, asked);
  if (lacking.length === 0) throw new RequestError(`${table} lacks nothing that is known on these dates`);
  await journalAcceptance(client, { table, dates: lacking, reason, by });
  const request = { tables: [table], dates: [...lacking], accept: { reason }, requestedBy: by };
  const { backfill } = await runAndShow(client, request);
  answer(
    options,
    { backfillId: backfill.id, state: backfill.state, table, dates: lacking, reason, by },
    () => `${table} is given up on ${lacking.join(', ')} until data comes: ${reason} (${by})`,
  );
  return backfill.state === 'done' ? EXIT.done : EXIT.failed;
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
