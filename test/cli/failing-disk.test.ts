/**
 * Commands on a disk that is full or fails, commands without memory, and commands that are killed, at drawn writes to the real engines: each ends with one
 * line, nothing is lost, and with a sound disk the same command ends in the state of a run in which nothing failed.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRaw } from '../../shared/domain/table.ts';
import type { RunDocument } from '../../shared/state/documents.ts';
import { wantedLoads } from '../../shared/state/wanted-loads.ts';
import { contentsOf } from '../support/compare-homes.ts';
import { drawn, drawnStretch } from '../support/draw.ts';
import { cliOn, compiledDisk } from '../support/failing-disk.ts';
import { atHome, copyOf, newFolder, removeFolders } from '../support/homes.ts';
import { byProof, proof } from '../support/proof.ts';
import type { Ended } from '../support/command-line.ts';
import { cli, cliJson, startCliWith } from '../support/run-cli.ts';
import { importedHome, OPENING_NIGHT, tinyFiles } from '../support/tiny-league.ts';

const LAST = '2021-10-28';
const RANGE = ['--start', OPENING_NIGHT, '--end', LAST] as const;
const BACKFILL = ['backfill', ...RANGE] as const;
const LIMIT_MS = 240_000;

const FAULTS = ['no room', 'input/output error', 'no growth', 'too little memory'] as const;
/** One of them is drawn; with the whole proof, each. */
const DRAWN: readonly (typeof FAULTS)[number][] =
  proof === 'all' ? FAULTS : drawnStretch(drawn('failing-disk', 'how'), FAULTS, 1);

afterAll(removeFolders);

/**
 * It ended with one line that says what is wrong, not with a stack; or what failed came after the work was done. DuckDB ends the
 * process itself, with its own words, when it can neither write its log nor take the write back.
 */
function expectOneLine({ code, stderr }: Ended, says: RegExp): void {
  if (code === null) {
    expect(stderr).toMatch(/terminate called[\s\S]*duckdb::[\s\S]*(?:Input\/output error|No space left)/);
    return;
  }
  expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
  expect([0, 1], stderr).toContain(code);
  if (code === 1) expect(stderr.trim().split('\n').at(-1)).toMatch(says);
}

const library = compiledDisk('a disk that fails at drawn writes');

describe('a home on a disk that fails', () => {
  let files: string;
  let raw: string;
  let clean: unknown;
  let loaded: unknown;
  let writes = { import: 0, backfill: 0 };

  beforeAll(async () => {
    files = tinyFiles({ through: LAST });
    raw = await importedHome(files);
    loaded = await contentsOf(raw);
    const whole = copyOf(raw);
    const none = { from: 0, how: 'no room' } as const;
    if (library === undefined) expect((await cli(whole, ...BACKFILL)).code).toBe(0);
    else {
      const built = await cliOn(library, none, whole, ...BACKFILL);
      const imported = await cliOn(library, none, newFolder(), 'import', '--from', files);
      expect([built.code, imported.code]).toEqual([0, 0]);
      writes = { import: imported.writes, backfill: built.writes };
      expect(writes.import).toBeGreaterThan(100);
      expect(writes.backfill).toBeGreaterThan(100);
    }
    clean = await contentsOf(whole);
  }, LIMIT_MS);

  /** The same command again, on a sound disk. */
  async function expectRepaired(folder: string, command: readonly string[], wanted: unknown): Promise<void> {
    const again = await cli(folder, ...command);
    expect(again.code, again.stderr).toBe(0);
    expect(await contentsOf(folder)).toEqual(wanted);
    const { document } = await cliJson(folder, 'plan', ...RANGE, '--from', 'phase2');
    if (wanted === clean) expect(document).toMatchObject({ runs: 0, go: true });
    expect((await cli(folder, 'recover', '--dry-run')).stdout).toContain('nothing to do');
  }

  it.skipIf(library === undefined).each(
    byProof({
      small: [],
      ci: (['no room', 'input/output error'] as const)
        .filter((how) => DRAWN.includes(how))
        .map((how) => drawnFault(how)),
      all: (['no room', 'input/output error'] as const).flatMap((how) =>
        Array.from({ length: 10 }, (_, i) => drawnFault(how, i)),
      ),
    }),
  )(
    'ends with one line when there is $how from a share of $share of the writes of a backfill on, and goes on when it is repaired',
    async ({ how, share }) => {
      const folder = copyOf(raw);
      const from = 1 + Math.floor(share * (writes.backfill - 1));
      const ended = await cliOn(library ?? '', { from, how }, folder, ...BACKFILL);
      expectOneLine(ended, how === 'no room' ? /disk/i : /disk cannot be written or read/i);
      await expectRepaired(folder, BACKFILL, clean);
    },
    LIMIT_MS,
  );

  it.skipIf(library === undefined || proof === 'small')(
    'loses nothing when a backfill is killed at drawn writes',
    async () => {
      const folder = copyOf(raw);
      const kills = byProof({ small: 0, ci: 3, all: 20 });
      let killed = 0;
      for (let i = 0; i < kills; i++) {
        const from = 1 + drawn('failing-disk', 'backfill', i).below(Math.floor(writes.backfill / 2));
        const { code } = await cliOn(library ?? '', { from, how: 'kill' }, folder, ...BACKFILL);
        if (code === null) killed += 1;
      }
      expect(killed).toBeGreaterThan(kills / 4);
      await expectRepaired(folder, BACKFILL, clean);
    },
    LIMIT_MS * 2,
  );

  it.skipIf(library === undefined || proof === 'small')(
    'loses nothing when an import is killed at drawn writes',
    async () => {
      const folder = newFolder();
      const command = ['import', '--from', files];
      for (let i = 0; i < byProof({ small: 0, ci: 1, all: 20 }); i++) {
        const from = 1 + drawn('failing-disk', 'import', i).below(writes.import);
        await cliOn(library ?? '', { from, how: 'kill' }, folder, ...command);
      }
      await expectRepaired(folder, command, loaded);
    },
    LIMIT_MS * 2,
  );

  it.skipIf(library === undefined || proof === 'small')(
    'builds all tables by a backfill that follows at once on an import that is killed at drawn writes, and loads nothing twice',
    async () => {
      for (let i = 0; i < byProof({ small: 0, ci: 2, all: 20 }); i++) {
        const folder = newFolder();
        // The first eighth of the writes archives the files.
        const share = 0.125 + (0.8 * drawn('failing-disk', 'loading', i).below(1000)) / 1000;
        const from = Math.ceil(share * writes.import);
        const killed = await cliOn(library ?? '', { from, how: 'kill' }, folder, 'import', '--from', files);
        expect(killed.code).toBeNull();
        const { code, stderr } = await cli(folder, ...BACKFILL);
        expect(code, `killed at write ${from} of ${writes.import}: ${stderr}`).toBe(0);
        expect(await contentsOf(folder)).toEqual(clean);
        await atHome(folder, async ({ client }) => {
          expect(await wantedLoads(client)).toEqual([]);
          const runs = (await client.store.list('runs')).map(({ data }) => data as unknown as RunDocument);
          const loads = runs.filter(({ table }) => isRaw(client.registry.get(table).definition));
          const cells = loads.flatMap(({ table, dates }) => dates.map(({ date }) => `${table}@${date}`));
          expect(cells.length).toBeGreaterThan(50);
          expect(new Set(cells).size).toBe(cells.length);
        });
      }
    },
    LIMIT_MS * 2,
  );

  it.skipIf(proof === 'small' || !DRAWN.includes('no growth'))(
    'ends with one line when its files may not grow any more, and goes on when they may',
    async () => {
      const folder = copyOf(raw);
      const kib = Math.ceil(statSync(join(folder, 'state.sqlite')).size / 1024) + 100;
      const ended = await startCliWith({ shell: `ulimit -f ${kib}` }, folder, ...BACKFILL).ended;
      expect(ended.code, ended.stderr).toBe(1);
      expectOneLine(ended, /disk|larger than it may be/i);
      await expectRepaired(folder, BACKFILL, clean);
    },
    LIMIT_MS,
  );

  it.skipIf(proof === 'small' || !DRAWN.includes('too little memory'))(
    'ends with one line when there is too little memory for its tables, and goes on when there is more',
    async () => {
      const folder = copyOf(raw);
      const ended = await startCliWith({ env: { FULLCOURT_MEMORY: '8MB' } }, folder, ...BACKFILL).ended;
      expect(ended.code, ended.stderr).toBe(1);
      expectOneLine(ended, /^error: There is not enough memory: /);
      await expectRepaired(folder, BACKFILL, clean);
    },
    LIMIT_MS,
  );
});

/** A fault at a write that is drawn: after this share of all writes. */
function drawnFault(how: 'no room' | 'input/output error', nth = 0) {
  return { how, share: drawn('failing-disk', how, nth).below(1000) / 1000 };
}
