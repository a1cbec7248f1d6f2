/** Incidents in a small league: what `why` names turns a cell green when it is cured, all of it and nothing less. */
import { afterAll, describe, expect, it } from 'vitest';
import { causeText } from '../../shared/domain/cause.ts';
import { refName, refNamed, type PartitionRef } from '../../shared/domain/partition.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import { whyOf, type CellWhy } from '../../shared/domain/why.ts';
import { atRest, cured, drawIncidents, isGreen, REGISTRY, type Incidents } from '../support/incidents.ts';
import { seedsFor } from '../support/seeds.ts';
import { pick } from '../support/stories.ts';
import { DATES } from '../support/view-of.ts';

const SEEDS = seedsFor('model', { small: 8, ci: 25, all: 500 });

/** Cells that are not green, one of each status; what rightly has no rows is none of them. */
function drawCells(incidents: Incidents, seed: number): CellWhy[] {
  const view = atRest(incidents);
  const explain = whyOf(view);
  const random = makeRandom('cells', seed);
  const cells = REGISTRY.all
    .flatMap(({ definition: { name: table } }) => DATES.map((date) => explain({ table, date })))
    .filter(
      ({ status, causes }) =>
        status !== 'green' && !(status === 'excluded' && causes.every(({ cure }) => cure === null)),
    );
  return [...Map.groupBy(cells, ({ status }) => status).values()].map((ofStatus) => pick(random, ofStatus));
}

const subsetsWithoutOne = (causes: readonly PartitionRef[]): PartitionRef[][] =>
  causes.map((left) => causes.filter((cause) => cause !== left));

describe('the causes that why names', () => {
  const seen = new Map<string, number>();
  let [several, others] = [0, 0];
  afterAll(() => {
    if (SEEDS.length < 25) return;
    // Otherwise the seeds have shown nothing.
    expect([...seen.keys()].sort()).toEqual(
      expect.arrayContaining(['blocked', 'failed', 'not_ready', 'partial', 'stale', 'waiting']),
    );
    expect([several, others].every((n) => n > 0)).toBe(true);
  });

  it.each(SEEDS)(
    'turn a cell green when all are cured, and no fewer and nothing else does: seed %i',
    (seed) => {
      const incidents = drawIncidents(makeRandom('incidents', seed));
      const view = atRest(incidents);
      const isGreenAfter = (cures: readonly PartitionRef[], cell: PartitionRef): boolean =>
        isGreen(atRest(cured(incidents, cures, view)), cell);
      for (const cell of drawCells(incidents, seed)) {
        const told = [
          JSON.stringify([...incidents]),
          `${refName(cell)} is ${cell.status}`,
          ...cell.causes.map((cause) => causeText(cause)),
        ].join('\n');
        // The source that a date lacks is that of its box scores.
        const causes = cell.causes.map(({ kind, table, date }) =>
          kind === 'excluded' ? { table: 'nbac_player_boxscores', date } : { table, date },
        );
        expect(isGreen(view, cell), told).toBe(false);
        expect(isGreenAfter(causes, cell), `with all causes cured\n${told}`).toBe(true);
        for (const fewer of subsetsWithoutOne(causes))
          expect(isGreenAfter(fewer, cell), `with ${fewer.map(refName).join()} alone\n${told}`).toBe(false);
        const named = new Set(causes.map(refName));
        const rest = [...incidents.keys()].filter((name) => !named.has(name));
        // A run that other cures bring may end a cause that any run ends; then all causes are cured.
        const left = cured(incidents, rest.map(refNamed), view);
        if (causes.every((cause) => left.has(refName(cause)))) {
          expect(isGreen(atRest(left), cell), `with ${rest.join()} alone\n${told}`).toBe(false);
          if (rest.length > 0) others += 1;
        }
        seen.set(cell.status, (seen.get(cell.status) ?? 0) + 1);
        if (causes.length > 1) several += 1;
        if (rest.length > 0) others += 1;
      }
    },
  );
});
