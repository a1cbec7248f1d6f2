/**
 * What decisions remember: nothing is derived twice from the same documents, and nothing is kept after they
 * are released.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { evaluate } from '../../shared/domain/evaluation.ts';
import { digest } from '../../shared/domain/hash.ts';
import { lastGamesBefore } from '../../shared/domain/last-games.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import type { SeasonView, View } from '../../shared/domain/view.ts';
import { isComputed } from '../../shared/domain/table.ts';
import { DATES, day, viewOf } from '../support/view-of.ts';
import { partition } from '../support/partitions.ts';

vi.mock('../../shared/domain/hash.ts', { spy: true });

const hashesMadeBy = (work: () => void): number => {
  vi.mocked(digest).mockClear();
  work();
  return vi.mocked(digest).mock.calls.length;
};
const isOfTables = ({ definition }: RegisteredTable): boolean => isComputed(definition);
/** Asks for the fingerprint of every computed partition. */
const fingerprint = (view: View): void => {
  const evaluation = evaluate(view);
  for (const table of view.registry.all) {
    for (const date of DATES) if (isOfTables(table)) evaluation.inputFingerprint(table, date);
  }
};
const seasonOfView = (view: View): SeasonView => {
  const [season] = view.seasons.values();
  if (season === undefined) throw new Error('no season');
  return season;
};
/** A new view of the same documents, except for what `change` replaces. */
const again = (view: View, change: (season: SeasonView) => Partial<SeasonView> = () => ({})): View => ({
  ...view,
  seasons: new Map(
    [...view.seasons].map(([label, season]) => [label, { ...season, ...change(season) }] as const),
  ),
});

describe('a view of documents that were seen before', () => {
  let view: View;
  let partitions: number;
  beforeEach(() => {
    view = viewOf({ dates: [...DATES] });
    partitions = DATES.length * view.registry.all.filter(isOfTables).length;
  });

  it('costs one hash for each partition, and none for the season before it', () => {
    const read = again(view, ({ calendar }) => ({ calendar: { ...calendar, dates: [...calendar.dates] } }));
    expect(hashesMadeBy(() => fingerprint(read))).toBeGreaterThan(partitions);

    expect(hashesMadeBy(() => fingerprint(read))).toBe(partitions);
    expect(hashesMadeBy(() => fingerprint(again(read)))).toBe(partitions);
  });

  it('makes no hash when only the progress of runs has changed', () => {
    fingerprint(view);
    const copied = again(view, ({ states }) => ({
      states: new Map([...states].map(([table, ofTable]) => [table, { ...ofTable }])),
    }));
    expect(hashesMadeBy(() => fingerprint(copied))).toBe(partitions);
  });

  it('derives anew, from the changed date on, what the table whose document has changed gives to its readers', () => {
    fingerprint(view);
    const changed = again(view, ({ states }) => ({
      states: new Map(states).set('team_offense', {
        ...states.get('team_offense'),
        [day(20)]: partition({ status: 'failed' }),
      }),
    }));

    expect(hashesMadeBy(() => fingerprint(changed))).toBe(partitions + DATES.length - DATES.indexOf(day(20)));
  });

  it('adds the last games up again only when a game that counts has changed', () => {
    const [season, same] = [seasonOfView(view), seasonOfView(again(view))];
    const first = lastGamesBefore('player_summary', 2, season);
    const asked = again(view, ({ states }) => ({
      states: new Map(states).set('player_summary', { ...states.get('player_summary') }),
    }));
    const played = again(view, ({ gameHashes }) => ({
      gameHashes: new Map(gameHashes).set('player_summary', {
        ...gameHashes.get('player_summary'),
        [day(20)]: { ATL: '0123456789abcdef' },
      }),
    }));

    expect(lastGamesBefore('player_summary', 2, same)).toBe(first);
    expect(lastGamesBefore('player_summary', 2, seasonOfView(asked))).toBe(first);
    expect(lastGamesBefore('player_summary', 2, seasonOfView(played))).not.toEqual(first);
  });

  it('tells games by their hashes, also by those of another form that another program has sent', () => {
    const sumsOf = (hash: string): readonly string[] =>
      lastGamesBefore(
        'player_summary',
        2,
        seasonOfView(
          again(view, ({ gameHashes }) => ({
            gameHashes: new Map(gameHashes).set('player_summary', {
              ...gameHashes.get('player_summary'),
              [day(20)]: { ATL: '0123456789abcdef', BOS: hash },
            }),
          })),
        ),
      );
    const hashes = ['0123456789abcdef', '0123456789abcdee', '', 'a', '0123456789abcdef0', '?'.repeat(16)];

    expect(new Set(hashes.map((hash) => sumsOf(hash).join())).size).toBe(hashes.length);
    for (const hash of hashes) expect(sumsOf(hash)).toEqual(sumsOf(hash));
  });
});

describe('a view that is no longer in use', () => {
  const collectGarbage = (): void => {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
  };
  /** Weak references to the documents of a view of which every fingerprint was computed. */
  const usedAndDropped = (): WeakRef<object>[] => {
    const view = viewOf({ dates: [...DATES] });
    fingerprint(view);
    const { calendar, states, gameHashes } = seasonOfView(view);
    return [calendar.dates, ...states.values(), ...gameHashes.values()].map((each) => new WeakRef(each));
  };

  it('leaves nothing behind', async () => {
    const references = usedAndDropped();

    expect(references.length).toBeGreaterThan(5);
    // The engine may be compiling a function in the background that has seen the objects; it lets go of them when that is done.
    await vi.waitFor(() => {
      collectGarbage();
      expect(references.filter((each) => each.deref() !== undefined)).toEqual([]);
    }, 10_000);
  });

  it('cannot: no file of the domain has a collection that grows', () => {
    const folder = join(import.meta.dirname, '../../shared/domain');
    const growing = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        readFileSync(join(folder, file), 'utf8')
          .split('\n')
          .filter((line) =>
            /^(export )?(let|var) |^(export )?const \w+[^()]*= (new (Map|Set)\b|\[\];|\{\};)/.test(line),
          )
          .filter((line) => !/^(export )?const \w+: (Readonly(Map|Set|Array)?<|readonly |States)/.test(line))
          .map((line) => `${file}: ${line}`),
      );

    expect(growing).toEqual([]);
  });
});
