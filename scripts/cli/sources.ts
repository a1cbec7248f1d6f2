/** `sources`: how the live sources are. */
import { setTimeout } from 'node:timers/promises';
import { nextDueOf } from '../../functions/control/next-due.ts';
import { askCanaries, sourceReports, type SourceReport } from '../../functions/control/sources.ts';
import type { Client } from '../../functions/targets/client.ts';
import { businessNow } from '../../shared/ports/index.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';
import { instantOption } from './dates.ts';
import { table } from './text-table.ts';

export interface SourcesFlags {
  readonly now?: string;
  readonly canary?: boolean;
}

export async function sourcesCommand(
  client: Client,
  flags: SourcesFlags,
  options: GlobalOptions,
): Promise<number> {
  const now = flags.now === undefined ? businessNow(client) : instantOption('--now', flags.now);
  const settings = client.config.sources;
  let isChanged = false;
  if (flags.canary === true) {
    const wait = (ms: number) => setTimeout(ms);
    for (const [name, { status, subject }] of await askCanaries({
      ...client,
      ...{ settings, now, wait, random: Math.random },
    })) {
      tell(`  ${name} the known game ${subject}: ${status}`);
      isChanged ||= status === 'changed';
    }
  }
  const nextDue = await nextDueOf(client, now);
  const sources = await sourceReports({ store: client.store, settings, nextDue }, now);
  answer(options, { sources }, () => sourcesText(sources));
  return isChanged ? EXIT.failed : EXIT.done;
}

function sourcesText(sources: readonly SourceReport[]): string {
  const details = sources.flatMap((source) => source.details);
  const isOff = sources.some(({ status }) => status.startsWith('off') || status === 'unproven');
  return [
    table(
      [
        'source',
        'status',
        'last good read',
        'next due',
        'seconds',
        'refused',
        'credits',
        'canary',
        'in its place',
      ],
      sources.map((each) => [
        each.name,
        each.status.replaceAll('_', ' '),
        timeText(each.lastGood),
        timeText(each.nextDue),
        each.seconds === null ? '' : each.seconds.toFixed(1),
        each.refusals === 0 ? '' : String(each.refusals),
        each.credits === null ? '' : String(each.credits),
        each.canary ?? '',
        each.fallbackInForce ?? '',
      ]),
    ),
    ...(details.length === 0 ? [] : ['', ...details]),
    ...(isOff ? ['', 'How a source is switched on, and whether you may ask it: docs/sources.md'] : []),
  ].join('\n');
}

/** A time to the minute, in UTC. */
function timeText(iso: string | null): string {
  return iso === null ? '' : `${iso.slice(0, 10)} ${iso.slice(11, 16)}Z`;
}
