import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RunCompleted, SCHEMA_VERSION } from '../../shared/messages/schemas.ts';
import { DATE, fiveInputWorld, INPUTS, READER, UNREAD } from '../support/five-inputs.ts';
import { deadLettersIn, runsIn, stateIn } from '../support/look.ts';
import { worldFrom } from '../support/stepping.ts';
import type { World } from '../support/world.ts';

const UNKNOWN = ['no_such_table', 'five_readr', 'RAW_A'] as const;

/** A completion as anybody could send it, of a run that nobody asked for. */
function strayCompletion(table: string, n: number): RunCompleted {
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'run_completed',
    eventId: `completed:stray-${n}`,
    correlationId: 'stray',
    causationId: null,
    runId: `run-stray-${n}`,
    token: 9_000_000 + n,
    table,
    mode: 'live',
    backfillId: null,
    through: 'phase5',
    dates: [
      {
        date: DATE,
        status: 'success',
        inputFingerprint: 'stray.stray',
        rows: 2,
        expectedRows: 2,
        games: 1,
        expectedGames: 1,
        readyRows: 2,
        syntheticRows: 0,
        outputFingerprint: 'stray',
      },
    ],
  };
}

type Arrival = { readonly kind: 'real' | 'stray'; readonly table: string };

async function arrive(world: World, { kind, table }: Arrival, n: number): Promise<void> {
  if (kind === 'real') await world.ingest(table, DATE);
  else await world.publish('nba-phase2-complete', strayCompletion(table, n));
  await world.run();
}

describe('F-32 only the inputs a run reads can complete them', () => {
  it('F-32 runs if and only if every required input is among what arrived, whatever else arrived and however often', async () => {
    const arrival: fc.Arbitrary<Arrival> = fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .constantFrom<string[]>(...INPUTS, UNREAD)
          .map((table) => ({ kind: 'real' as const, table })),
      },
      {
        weight: 2,
        arbitrary: fc
          .constantFrom<string[]>(...UNKNOWN, ...INPUTS, UNREAD, READER)
          .map((table) => ({ kind: 'stray' as const, table })),
      },
    );
    let fired = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { minLength: 1, maxLength: 30, size: 'max' }), async (arrivals) => {
        const world = await worldFrom(fiveInputWorld());
        const real = new Set<string>();
        for (const [n, each] of arrivals.entries()) {
          await arrive(world, each, n);
          if (each.kind === 'real') real.add(each.table);
          const complete = INPUTS.every((table) => real.has(table));
          expect(runsIn(world, READER)).toHaveLength(complete ? 1 : 0);
        }
        if (runsIn(world, READER).length > 0) fired += 1;
        const known = arrivals.filter(
          ({ kind, table }) => kind === 'stray' && (UNKNOWN as readonly string[]).includes(table),
        );
        expect(deadLettersIn(world).map(({ reason }) => reason.startsWith('There is no table'))).toEqual(
          known.map(() => true),
        );
      }),
      { seed: 32, numRuns: 100 },
    );
    expect(fired).toBeGreaterThan(10);
  });

  it('F-32 leaves a waiting set as it is when five unknown tables complete', async () => {
    const world = await worldFrom(fiveInputWorld());
    await arrive(world, { kind: 'real', table: INPUTS[0] }, 0);
    const before = stateIn(world, READER, DATE);
    for (let n = 1; n <= 5; n++) await arrive(world, { kind: 'stray', table: `unknown_${n}` }, n);
    expect(stateIn(world, READER, DATE)).toEqual(before);
    expect(runsIn(world, READER)).toEqual([]);
    expect(deadLettersIn(world)).toHaveLength(5);
  });

  it('F-32 does not take a completion that no run made for that of the run under way', async () => {
    const world = await worldFrom(fiveInputWorld());
    const [last, ...others] = INPUTS;
    for (const table of others) await arrive(world, { kind: 'real', table }, 0);
    await world.ingest(last, DATE);
    const asked = stateIn(world, last, DATE);
    expect(asked?.status).toBe('requested');
    await world.publish('nba-phase2-complete', strayCompletion(last, 1));
    expect(await world.handle('nba-phase2-complete')).toEqual({ kind: 'ack' });
    expect(stateIn(world, last, DATE)).toEqual(asked);
    expect(runsIn(world, READER)).toEqual([]);
    await world.run();
    expect(runsIn(world, READER)).toHaveLength(1);
  });
});
