/** Asks a source about a game that was over long ago, to see whether it still says what it said, in the shape in which it said it. */
import { gameDateOf } from '../../shared/domain/game-date.ts';
import { digest } from '../../shared/domain/hash.ts';
import type { CanaryState } from '../../shared/domain/source-state.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import { noteCanary, sourceState } from '../../shared/state/source-states.ts';
import { askerOf, type Asked, type AskingPorts, type Reaching } from './ask.ts';
import { lookInto } from './payload-files.ts';
import type { Canary, Reading, Source } from './source.ts';

export interface CanaryPorts extends Omit<AskingPorts, 'isHeld'> {
  readonly archive: Pick<ArchiveStore, 'put'>;
}

/**
 * Asks about the known game of a source when it was not asked about on this day, by US Eastern time. An answer that differs is kept
 * in the archive for whoever looks at it.
 * @returns what became of it; undefined when nothing was asked
 */
export async function askCanary(
  ports: CanaryPorts,
  source: Source,
  reaching: Reaching,
): Promise<CanaryState | undefined> {
  const { canary } = source;
  if (canary === undefined) return undefined;
  const { now } = ports;
  const host = { source: source.name, address: reaching.address ?? source.address };
  const { canary: before } = await sourceState(ports, host);
  const isKnown = before?.subject === canary.subject;
  if (isKnown && gameDateOf(new Date(before.at)) === gameDateOf(now)) return undefined;
  const asked = await askerOf(ports, source, reaching)(canary.endpoint, canary.subject);
  if (asked.status === 'left') return undefined;
  const after = stateAfter(asked, source, canary, isKnown ? before : null, now);
  if (after.status === 'changed' && asked.bytes !== undefined)
    await ports.archive.put(asked.name, asked.bytes);
  await noteCanary(ports, host, after);
  return after;
}

function stateAfter(
  { status, detail, bytes }: Asked,
  { endpoints }: Source,
  canary: Canary,
  before: CanaryState | null,
  now: Date,
): CanaryState {
  const { endpoint, subject, columns: compared } = canary;
  const same = { subject, at: now.toISOString(), hash: before?.hash ?? null, columns: before?.columns ?? {} };
  if (status === 'misread') return { ...same, status: 'changed', detail };
  if (status !== 'fetched' || bytes === undefined) return { ...same, status: 'unknown', detail };
  const looked = lookInto(
    new TextDecoder().decode(bytes),
    (document) => endpoints[endpoint]?.read(document, subject) ?? [],
  );
  if (looked.fault !== undefined) return { ...same, status: 'changed', detail: looked.fault };
  const { hash, columns } = hashOfLines(looked.found, compared);
  const expected = canary.hash ?? before?.hash ?? hash;
  if (hash === expected) return { ...same, status: 'same', hash, columns, detail: null };
  // What is remembered stays what it was: a difference is told every day until somebody has looked.
  return { ...same, status: 'changed', detail: differenceOf(same.columns, columns) };
}

/** Columns that a detail names at most. */
const MOST_NAMED = 6;

function differenceOf(before: CanaryState['columns'], after: CanaryState['columns']): string {
  const differing = Object.keys({ ...before, ...after })
    .filter((column) => before[column] !== after[column])
    .sort();
  if (Object.keys(before).length === 0) return 'says something else of a game that was over long ago';
  const named = differing.slice(0, MOST_NAMED).join(', ');
  const others = differing.length - MOST_NAMED;
  return `says something else of a game that was over long ago: ${named}${others > 0 ? ` and ${others} other columns` : ''}`;
}

/**
 * Hashes of what the lines of an answer say in some columns: of each column, and of all. The order of the lines and the columns that
 * are not compared do not count.
 */
export function hashOfLines(
  readings: readonly Reading[],
  compared: readonly string[],
): { readonly hash: string; readonly columns: Readonly<Record<string, string>> } {
  const columns: Record<string, string> = {};
  for (const { kind, columns: own, lines } of readings) {
    const shared = compared.filter((column) => own.includes(column));
    const ordered = lines
      .map((line) => shared.map((column) => JSON.stringify(line[column] ?? null)))
      .toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
    for (const [i, column] of shared.entries())
      columns[`${kind}.${column}`] = digest(ordered.map((cells) => cells[i]).join('\n'), 8);
  }
  const all = Object.entries(columns).sort(([a], [b]) => (a < b ? -1 : 1));
  return { hash: digest(all.map((each) => each.join(' ')).join('\n')), columns };
}
