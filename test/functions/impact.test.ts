/** What impact says of corrections is what then happens: the same partitions, rows and columns, and no other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { knownFiles } from '../support/corrections.ts';
import { atHome, copyOf, removeFolders } from '../support/homes.ts';
import { drillImpact } from '../support/impact-drill.ts';
import { byProof } from '../support/proof.ts';
import { seedsFor } from '../support/seeds.ts';
import { builtLeague, SEASON, tinyFiles } from '../support/tiny-league.ts';

const SEEDS = seedsFor('model', { small: 3, ci: 3, all: 60 });
/** The first date that is corrected: what follows from an earlier one takes longer. */
const SINCE = byProof({ small: '2021-12-16', ci: '2021-12-16', all: '' });

afterAll(removeFolders);

describe('impact of corrections', () => {
  it('names the partitions, rows and columns that change, and no others', async () => {
    const folder = tinyFiles();
    const files = knownFiles(
      readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })),
    );
    await atHome(copyOf((await builtLeague()).folder), async (home) => {
      let changed = 0;
      for (const seed of SEEDS) {
        const drilled = await drillImpact(home, SEASON, files, seed, SINCE);
        expect(drilled.wrong, drilled.story).toEqual([]);
        changed += drilled.changed;
      }
      expect(changed).toBeGreaterThan(SEEDS.length);
    });
  }, 600_000);
});
