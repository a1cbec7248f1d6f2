/** How long `why` takes when the documents are read: over 22 seasons of the real tables, of which one cell in 200 has an incident. */
import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { addDays, gameDate } from '../../shared/domain/game-date.ts';
import type { PartitionRef } from '../../shared/domain/partition.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { View } from '../../shared/domain/view.ts';
import { whyOf } from '../../shared/domain/why.ts';
import type { PartitionFields } from '../support/partitions.ts';
import { proof } from '../support/proof.ts';
import { pick } from '../support/stories.ts';
import { never, viewOf } from '../support/view-of.ts';

const SEASONS = 22;
const DATES_OF_A_SEASON = 166;
const ASKED = 400;
const INCIDENT_SHARE = 0.005;
const INCIDENTS: readonly (PartitionFields | null)[] = [
  null,
  never('failed'),
  { status: 'partial', rows: 3, reason: 'rows_refused: 1 row' },
  { inputFingerprint: 'other.inputs' },
  { readyRows: 2 },
];

describe.runIf(proof === 'all')('why', () => {
  it('says how long it takes for one of 100 000 cells', { timeout: 300_000 }, () => {
    const registry = loadRegistry();
    const random = makeRandom('the time of why');
    const openings = Array.from({ length: SEASONS }, (_, i) => gameDate(`${2003 + i}-10-22`));
    const dates = openings.flatMap((opening) =>
      Array.from({ length: DATES_OF_A_SEASON }, (_, day) => addDays(opening, day)),
    );
    const view = viewOf({
      registry,
      dates,
      differently: () => (random.chance(INCIDENT_SHARE) ? pick(random, INCIDENTS) : undefined),
    });
    const tables = registry.all.map(({ definition }) => definition.name);
    const cells = tables.length * dates.length;
    expect(cells).toBeGreaterThan(100_000);
    const kept = new Map([...view.seasons.keys()].map((label) => [label, asLoaded(view, label)]));
    for (const loaded of kept.values()) {
      const [season] = loaded.seasons.values();
      for (const table of tables)
        ask(loaded, { table, date: season?.calendar.dates.at(-1) ?? pick(random, dates) });
    }
    for (const [how, viewFor] of [
      ['views that are kept', (label: string): View => kept.get(label) ?? view],
      ['a view that is made anew', (label: string): View => asLoaded(view, label)],
    ] as const) {
      const asked = Array.from({ length: ASKED }, () => {
        const date = pick(random, dates);
        return ask(viewFor(seasonOf(date)), { table: pick(random, tables), date });
      });
      const times = asked.map(({ ms }) => ms).sort((a, b) => a - b);
      const at = (share: number): string => (times[Math.floor(share * ASKED)] ?? Infinity).toFixed(1);
      const notGreen = asked.filter(({ status }) => status !== 'green').length;
      process.stdout.write(
        `why over ${cells} cells, ${how}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, ${notGreen} of ${ASKED} not green\n`,
      );
      expect(notGreen).toBeGreaterThan(ASKED / 10);
    }
  });
});

function ask(view: View, cell: PartitionRef): { readonly ms: number; readonly status: string } {
  const started = performance.now();
  const { status } = whyOf(view)(cell);
  return { ms: performance.now() - started, status };
}

/** The view of one season and the two before, as `why` loads it. */
function asLoaded(view: View, season: string): View {
  const labels = [...view.seasons.keys()];
  const place = labels.indexOf(season);
  const between = (first: number, end: number): View['seasons'] =>
    new Map([...view.seasons].slice(Math.max(0, first), end));
  return { ...view, seasons: between(place, place + 1), earlier: between(place - 2, place) };
}
