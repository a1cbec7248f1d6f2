/** What a plan says of the live sources that a backfill asks first. */
import { listText } from '../../functions/control/list-text.ts';
import type { FetchesPlanned } from '../../functions/control/plan.ts';
import { counted, grouped } from '../../shared/domain/counted.ts';
import { paint } from './colours.ts';
import { table } from './text-table.ts';

/** The lines of a plan about its fetches, with an empty line at the end of each part. */
export function fetchesText({
  dates,
  sources,
  requests,
  credits,
  seconds,
  leftOut,
  problem,
}: FetchesPlanned): string[] {
  const lines: string[] = [];
  if (problem !== null) lines.push(paint.yellow(`Live sources are not asked: ${problem}`), '');
  if (dates > 0) {
    const priced = sources.some((source) => source.credits > 0);
    lines.push(
      `Live sources are asked first about ${counted(dates, 'date')}: at most ${counted(requests, 'request')}${credits > 0 ? ` and ${grouped(credits)} credits` : ''}, at least ${grouped(Math.ceil(seconds))} s at their rates. What they tell is loaded and built after that.`,
      '',
      table(
        [
          'source',
          'host',
          'about',
          'dates',
          'requests',
          'seconds',
          ...(priced ? ['credits', 'left', 'kept'] : []),
        ],
        sources.map((each) => [
          each.source,
          each.host,
          each.targets.map(worded).join(', '),
          each.dates,
          each.requests,
          Math.ceil(each.seconds),
          ...(priced
            ? each.credits > 0
              ? [each.credits, each.creditsLeft ?? 'unknown', each.creditsKept]
              : ['', '', '']
            : []),
        ]),
      ),
      '',
    );
  }
  for (const { target, dates: without, source, reason, detail } of leftOut) {
    const what = `Not fetched: ${worded(target)} of ${counted(without.length, 'date')} (${listText(without, 3)})`;
    lines.push(
      reason === 'off'
        ? `${what}: ${source} is off; ${detail}`
        : `${what}: ${source} has too few credits left; ${detail}`,
    );
  }
  if (leftOut.length > 0) lines.push('');
  return lines;
}

const worded = (target: string): string => target.replaceAll('_', ' ');
