/** Asks what corrections will change, carries them out, and holds the answer against what the home has then published. */
import { loadFiles } from '../../functions/control/imports.ts';
import { askImpact } from '../../functions/targets/impact.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import type { Season } from '../../shared/domain/season.ts';
import { PHASES } from '../../shared/domain/table.ts';
import { drawCorrection, type KnownFiles } from './corrections.ts';
import { backfill, type Home } from './homes.ts';

export interface Drilled {
  readonly story: string;
  /** Partitions that have changed, and those that could. */
  readonly changed: number;
  readonly bound: number;
  /** What the answer has told wrongly, a line for each; empty when it was right. */
  readonly wrong: readonly string[];
  readonly boundSeconds: number;
  readonly exactSeconds: number;
}

/**
 * One or two corrections at once, by the seed. What they are is kept in `files`.
 * @param since the first date that is corrected
 * @throws Error when the files cannot be loaded
 */
export async function drillImpact(
  home: Home,
  season: Season,
  files: KnownFiles,
  seed: number,
  since?: string,
): Promise<Drilled> {
  const random = makeRandom('impact', seed);
  const drawn = Array.from({ length: 1 + random.below(2) }, () => drawCorrection(random, files, since));
  // Two corrections of one file are two imports.
  const [first, ...others] = drawn;
  if (first === undefined) throw new Error('Nothing was drawn');
  const together = [first, ...others.filter(({ file }) => file.name !== first.file.name)];
  const story = `seed ${seed}: ${together.map((each) => each.story).join(' and ')}`;
  const sources = together.map(({ file }) => file);
  let began = Date.now();
  const { bound, exact } = await askImpact(
    { ...home.client, withWarehouse: (_, look) => look(home.worker.context.ports.warehouse) },
    { kind: 'correct', files: sources, options: {} },
  );
  const boundSeconds = (Date.now() - began) / 1000;
  began = Date.now();
  const found = await exact();
  const exactSeconds = (Date.now() - began) / 1000;
  const before = await fingerprints(home);
  const applied = new Date().toISOString();
  const loaded = await loadFiles(home.client, sources, { worker: home.worker });
  if (loaded.failed.length > 0) throw new Error(`${story}: ${loaded.failed.join('\n')}`);
  await backfill(home, { season, from: 'phase2', through: 'phase5', only: 'stale', fetch: false });
  const after = await fingerprints(home);
  const changed = [...after.keys()].filter(
    (name) => (after.get(name) ?? null) !== (before.get(name) ?? null),
  );
  const kept = await changesSince(home, applied);
  const wrong: string[] = [];
  const told = new Map(found.cells.map((cell) => [`${cell.table}@${cell.date}`, cell]));
  const possible = new Set(bound.cells.map(({ table, date }) => `${table}@${date}`));
  for (const name of changed) {
    if (!told.has(name)) wrong.push(`${name} has changed and was not told`);
    if (!possible.has(name)) wrong.push(`${name} has changed and was not in the upper bound`);
  }
  for (const [name, { rows, columns }] of told) {
    if (!changed.includes(name)) wrong.push(`${name} was told and has not changed`);
    if (!possible.has(name)) wrong.push(`${name} was told and is not in the upper bound`);
    const was = kept.get(name);
    if (was === undefined) continue;
    if (was.rows.size !== rows) wrong.push(`${name}: ${rows} rows were told, ${was.rows.size} have changed`);
    const [a, b] = [[...was.columns].sort().join(), columns.toSorted().join()];
    if (a !== b) wrong.push(`${name}: the columns ${b} were told, ${a} have changed`);
  }
  if (!found.exact || found.notMade.length > 0) wrong.push(`not exact: ${JSON.stringify(found.notMade)}`);
  return { story, changed: changed.length, bound: possible.size, wrong, boundSeconds, exactSeconds };
}

/** `table@date` -> fingerprint of its published rows, of every table. */
async function fingerprints({ client }: Home): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>();
  for (const phase of PHASES)
    for (const { data } of await client.store.list(`${phase}_completion`)) {
      const { date, tables } = data as { date: string; tables: Record<string, PartitionState> };
      for (const [table, { outputFingerprint }] of Object.entries(tables))
        found.set(`${table}@${date}`, outputFingerprint);
    }
  return found;
}

/** The rows and columns of which changes were kept since a moment, by partition. */
async function changesSince({ worker }: Home, since: string) {
  const asked = { since: gameDate(since.slice(0, 10)) };
  const changes = await worker.context.ports.warehouse.changes(asked, 2_000_000);
  if (!changes.ok) throw new Error(changes.failure.detail);
  const found = new Map<string, { readonly rows: Set<string>; readonly columns: Set<string> }>();
  for (const { at, table, date, key, column } of changes.value) {
    if (at < since) continue;
    const name = `${table}@${date}`;
    const known = found.get(name) ?? { rows: new Set<string>(), columns: new Set<string>() };
    found.set(name, known);
    known.rows.add(key);
    if (column !== null) known.columns.add(column);
  }
  return found;
}
