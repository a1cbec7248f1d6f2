/** `ingest`: asks the live sources about a game date and loads what they answer. */
import { setTimeout } from 'node:timers/promises';
import { ingestDate, type Ingested } from '../../functions/control/ingest.ts';
import { admit, type Coming } from '../../functions/control/origins.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import { businessNow } from '../../shared/ports/index.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';
import { dateOption, instantOption } from './dates.ts';
import { asLoader, loadingProgress, withNext } from './load.ts';
import { table } from './text-table.ts';

export interface IngestFlags {
  readonly date: string;
  readonly source?: readonly string[];
  readonly now?: string;
}

export async function ingestCommand(
  client: Client,
  flags: IngestFlags,
  options: GlobalOptions,
): Promise<number> {
  const date = dateOption('--date', flags.date);
  const now = flags.now === undefined ? businessNow(client) : instantOption('--now', flags.now);
  const coming: Coming = { command: 'ingest', origin: { kind: 'files' } };
  await admit(client, coming);
  return asLoader(client, coming, async (worker) => {
    const ports = {
      ...client,
      settings: client.config.sources,
      wait: (ms: number) => setTimeout(ms),
      random: Math.random,
    };
    const found = withNext(
      await ingestDate(ports, date, {
        sources: flags.source,
        now,
        worker,
        onProgress: loadingProgress(),
        onAsked: ({ name, status, detail, seconds }) =>
          tell(`  ${name} ${detail ?? `${status} in ${seconds.toFixed(1)} s`}`),
      }),
    );
    answer(options, found, () => ingestText(found));
    const isDone = found.unanswered.length === 0 && found.failed.length === 0;
    return isDone ? EXIT.done : EXIT.failed;
  });
}

function ingestText(found: Ingested): string {
  const { date, fetches, notYet, complete, failed, next } = found;
  return [
    table(
      ['source', 'status', 'answers', 'rows', 'seconds', 'in place of'],
      fetches.map(({ source, status, entries, rows, seconds, fallbackFor }) => [
        source,
        status.replaceAll('_', ' '),
        entries,
        rows,
        seconds.toFixed(1),
        fallbackFor ?? '',
      ]),
    ),
    '',
    ...fetches.flatMap(({ details }) => details),
    complete ? `${date} is complete` : `${date} is not complete: ${lackOf(found)}`,
    ...(notYet.length === 0 ? [] : [`Not known yet: ${targetsText(notYet)}`]),
    ...failed,
    ...(next === null ? [] : [`Next: ${next}`]),
  ].join('\n');
}

function targetsText(targets: Ingested['unanswered']): string {
  return targets.join(', ').replaceAll('_', ' ');
}

function lackOf({ unanswered, notDue }: Ingested): string {
  const lacks = [
    ...(unanswered.length === 0 ? [] : [`no source has told ${targetsText(unanswered)}`]),
    ...(notDue === 0 ? [] : [`${counted(notDue, 'game is', 'games are')} not over`]),
  ];
  return lacks.length === 0 ? 'something is not known yet' : lacks.join(', ');
}
