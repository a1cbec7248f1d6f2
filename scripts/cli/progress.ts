/** Shows the progress of a backfill: as bars on a terminal, as lines elsewhere. */
import { createRequire } from 'node:module';
import type { SingleBar } from 'cli-progress';
import pc from 'picocolors';
import { counted, grouped } from '../../shared/domain/counted.ts';
import { isFinished, type Backfill } from '../../shared/state/backfills.ts';
import { copyable, tell } from './command.ts';

const require = createRequire(import.meta.url);

export interface ProgressDisplay {
  readonly show: (backfill: Backfill) => void;
  readonly end: () => void;
}

/** Seconds between two progress lines where the output is not a terminal. */
const LINE_SECONDS = 2;

export function progressDisplay(kind: 'bars' | 'lines', title = 'backfill'): ProgressDisplay {
  switch (kind) {
    case 'lines':
      return lines(title);
    case 'bars':
      return bars();
    default:
      return kind satisfies never;
  }
}

interface Totals {
  readonly planned: number;
  readonly settled: number;
  readonly failed: number;
}

/** How many partitions a backfill has, and how many of them need nothing more. */
export function totalsOf(backfill: Backfill): Totals {
  let planned = 0;
  let settled = 0;
  let failed = 0;
  for (const table of backfill.progress) {
    planned += table.planned;
    settled += table.done + table.failed + table.unchanged;
    failed += table.failed;
  }
  return { planned, settled, failed };
}

/**
 * Estimated seconds left, from the speed of the last seconds; undefined while nothing has been built in them.
 */
function etaMeter(): (totals: Totals, isPaused: boolean) => number | undefined {
  const seen: { at: number; settled: number }[] = [];
  return ({ planned, settled }, isPaused) => {
    const at = Date.now();
    if (isPaused) {
      // The time of a pause says nothing about the speed.
      seen.length = 0;
      return undefined;
    }
    seen.push({ at, settled });
    while (seen.length > 2 && at - (seen[0]?.at ?? at) > 15_000) seen.shift();
    const first = seen[0];
    if (first === undefined || settled <= first.settled || at - first.at < 1000) return undefined;
    return ((planned - settled) * (at - first.at)) / (settled - first.settled) / 1000;
  };
}

function etaText(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  if (seconds < 90) return `about ${Math.ceil(seconds)} s left`;
  return `about ${Math.ceil(seconds / 60)} min left`;
}

function lines(title: string): ProgressDisplay {
  const eta = etaMeter();
  let last = '';
  let lastAt = 0;
  return {
    show: (backfill) => {
      const totals = totalsOf(backfill);
      const isPaused = backfill.state === 'paused';
      const rest = etaText(eta(totals, isPaused));
      const left = totals.settled === totals.planned ? '' : rest;
      const text =
        backfill.stage === 'restate'
          ? `${title}: restating later dates (round ${backfill.round})`
          : backfill.stage === 'fetch'
            ? fetchingText(title, backfill)
            : `${title}: ${grouped(totals.settled)} of ${counted(totals.planned, 'partition')}${totals.failed > 0 ? `, ${grouped(totals.failed)} failed` : ''}${isPaused ? `; paused, go on with: fullcourt backfills resume ${backfill.id}` : ''}`;
      const due = Date.now() - lastAt > LINE_SECONDS * 1000 || isFinished(backfill) || isPaused;
      const isNothing = backfill.stage === 'fetch' ? text === '' : totals.planned === 0;
      if (isNothing || text === last || !due) return;
      tell(`${text}${left === '' ? '' : ` (${left})`}`);
      last = text;
      lastAt = Date.now();
    },
    end: () => undefined,
  };
}

/** How far the questions to live sources are; empty while it is not known whether there are any. */
function fetchingText(title: string, { id, state, fetches }: Backfill): string {
  if (fetches === undefined || fetches.planned === 0) return '';
  const paused = state === 'paused' ? `; paused, go on with: fullcourt backfills resume ${id}` : '';
  return `${title}: live sources were asked about ${grouped(fetches.done)} of ${counted(fetches.planned, 'date')}${paused}`;
}

/** What is known of a table: how many partitions are under way, and how many need nothing more. */
export interface TableCounts {
  readonly running: number;
  readonly settled: number;
}

/**
 * Tells for how long a table has been at the partitions that are under way, such as `178 at work, 3 s`, so that a large batch shows that
 * something happens. Empty while nothing is under way, and in the first second.
 */
export function workMeter(): (counts: TableCounts, now: number) => string {
  let seen: (TableCounts & { readonly since: number }) | undefined;
  return ({ running, settled }, now) => {
    if (seen === undefined || seen.settled !== settled || seen.running !== running)
      seen = { running, settled, since: now };
    const seconds = Math.floor((now - seen.since) / 1000);
    return running === 0 || seconds < 1 ? '' : `${grouped(running)} at work, ${grouped(seconds)} s`;
  };
}

/** What stands beside a bar: the name of a table, two counts of partitions and the time that is left. */
const BESIDE = 58;

/** How wide a bar is, so that its line fits a terminal of `columns`. */
export function barWidth(columns: number): number {
  return Math.max(4, Math.min(28, (columns > 0 ? columns : 80) - BESIDE));
}

function bars(): ProgressDisplay {
  const eta = etaMeter();
  // Only a terminal needs what draws bars.
  const { MultiBar, Presets } = require('cli-progress') as typeof import('cli-progress');
  const multi = new MultiBar(
    {
      format: ` {name} ${pc.cyan('{bar}')} {value}/{total} {note}`,
      barsize: barWidth(process.stderr.columns),
      hideCursor: true,
      clearOnComplete: false,
      stopOnComplete: false,
      fps: 8,
      emptyOnZero: true,
      gracefulExit: false,
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  const known = new Map<string, SingleBar>();
  const meters = new Map<string, ReturnType<typeof workMeter>>();
  return {
    show: (backfill) => {
      const { fetches } = backfill;
      if (fetches !== undefined && fetches.planned > 0) {
        let bar = known.get('fetches');
        if (bar === undefined) {
          bar = multi.create(fetches.planned, 0, { name: 'live sources', note: '' });
          known.set('fetches', bar);
        }
        bar.update(fetches.done, { note: pc.dim('dates asked about') });
      }
      const width = Math.max(0, ...backfill.progress.map(({ table }) => table.length));
      for (const table of backfill.progress) {
        let bar = known.get(table.table);
        if (bar === undefined) {
          bar = multi.create(table.planned, 0, { name: table.table.padEnd(width), note: '' });
          known.set(table.table, bar);
        }
        const settled = table.done + table.failed + table.unchanged;
        const meter = meters.get(table.table) ?? workMeter();
        meters.set(table.table, meter);
        const atWork = meter(
          { running: backfill.state === 'paused' ? 0 : table.running, settled },
          Date.now(),
        );
        bar.update(settled, { note: table.failed > 0 ? pc.red(`${table.failed} failed`) : pc.dim(atWork) });
      }
      if (backfill.progress.length === 0) return;
      const totals = totalsOf(backfill);
      let total = known.get('');
      if (total === undefined) {
        total = multi.create(totals.planned, 0, { name: 'all tables'.padEnd(width), note: '' });
        known.set('', total);
      }
      const isPaused = backfill.state === 'paused';
      const left = etaText(eta(totals, isPaused));
      const note = isPaused
        ? copyable(`paused: fullcourt backfills resume ${backfill.id}`)
        : backfill.stage === 'restate'
          ? `restating later dates (round ${backfill.round})`
          : left;
      total.update(totals.settled, { note: !isFinished(backfill) ? pc.dim(note) : '' });
    },
    end: () => {
      // Without a bar it would print an empty line.
      if (known.size > 0) multi.stop();
    },
  };
}
