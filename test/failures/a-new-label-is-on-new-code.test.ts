import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerService } from '../../functions/targets/cloud/function.ts';
import { type Probe, type Probing, sendProbe } from '../../infra/apply/verify.ts';
import { type Bundle, bundleService } from '../../infra/bundle/bundle.ts';
import type { Release } from '../../infra/declared/target.ts';
import { services } from '../../shared/derive/services.ts';
import { release } from '../support/deployment.ts';
import { deployedModel } from '../support/deployed-model.ts';
import { bundleOfRun } from '../support/run-bundles.ts';
import { removeFolder } from '../support/remove-folder.ts';

/** The next release: another commit, and another bundle of one function. */
const NEXT: Release = {
  commit: 'fedcba9876543210fedcba9876543210fedcba98',
  bundles: new Map([...release.bundles, ['nba-phase4-run', 'beef']]),
};

/** A project in which the probe's document is `document`. */
function answering(document: Readonly<Record<string, unknown>>): Probing {
  return {
    publish: () => Promise.resolve(),
    read: () => Promise.resolve(document),
    sleep: () => Promise.resolve(),
    now: () => 0,
  };
}

describe('F-23 a new label is on new code, and new code gets the messages', () => {
  it('F-23 finds a function that was left on an older commit or bundle, and deploys it', async () => {
    const deployed = await deployedModel();
    const faults = await deployed.faults(NEXT);
    const { functions, training } = deployed.deployment;
    for (const { name } of [...functions, training])
      expect(faults).toContain(`${name}: label commit is "${release.commit}", not "${NEXT.commit}"`);
    expect(faults).toContain('nba-phase4-run: label bundle is "f00d", not "beef"');
    expect(await deployed.changes(NEXT)).toEqual([
      ...functions.map(({ name }) => `update function ${name}`),
      `update job ${training.name}`,
    ]);
    await deployed.deploy(NEXT);
    expect(await deployed.faults(NEXT)).toEqual([]);
  });

  it('F-23 builds an image of the job for another bundle only, and deploys that one', async () => {
    const deployed = await deployedModel();
    const builds = (): number => deployed.model.said.filter((argv) => argv.includes('builds')).length;
    await deployed.deploy(NEXT);
    expect(builds()).toBe(1);
    const other: Release = { ...NEXT, bundles: new Map([...NEXT.bundles, ['nba-train', 'cafe']]) };
    expect(await deployed.faults(other)).toContainEqual(
      expect.stringMatching(/^nba-train: image is ".*nba-train:none", not ".*nba-train:cafe"$/),
    );
    await deployed.deploy(other);
    expect(builds()).toBe(2);
    expect(await deployed.faults(other)).toEqual([]);
  });

  it('F-23 finds the label of the new commit on the bundle of the old one', async () => {
    const deployed = await deployedModel();
    await deployed.deploy(NEXT);
    deployed.alter('function nba-phase4-run', (thing) => {
      thing['metadata'].labels.bundle = 'f00d';
    });
    expect(await deployed.faults(NEXT)).toContain('nba-phase4-run: label bundle is "f00d", not "beef"');
    expect(await deployed.changes(NEXT)).toEqual(['update function nba-phase4-run']);
  });

  it('F-23 finds traffic that stays on an old revision, and a revision that never became ready', async () => {
    const deployed = await deployedModel();
    deployed.alter('function nba-phase3-run', (thing) => {
      thing['status'].traffic = [{ revisionName: 'nba-phase3-run-00000-old', percent: 100 }];
    });
    deployed.alter('function nba-phase4-run', (thing) => {
      thing['status'].latestCreatedRevisionName = 'nba-phase4-run-00009-new';
    });
    const faults = await deployed.faults();
    expect(faults).toContain('the newest revision of nba-phase3-run has 0 %');
    expect(faults).toContain('nba-phase4-run: its newest revision never became ready');
    await deployed.deploy();
    expect(await deployed.faults()).toEqual([]);
  });

  it('F-23 F-37 fails when what answers is another bundle than the label of its function says', async () => {
    const probe: Probe = { id: 'p', topic: 'nba-sweep', timeoutSeconds: 1, code: 'tables', bundle: 'new' };
    expect(await sendProbe(probe, answering({ code: 'tables', bundle: 'new' }))).toMatchObject({ ok: true });
    expect(await sendProbe(probe, answering({ code: 'tables', bundle: 'old' }))).toMatchObject({
      ok: false,
      faults: [expect.stringContaining('written by the bundle old, and this is new')],
    });
    expect(await sendProbe(probe, answering({ code: 'other tables', bundle: 'new' }))).toMatchObject({
      ok: false,
      faults: [expect.stringContaining('was written by code other tables')],
    });
  });

  it('F-23 does not start under the name of no function', () => {
    expect(() => registerService('nba-phase3', () => Promise.reject(new Error('never')))).toThrow(
      'There is no service nba-phase3',
    );
  });

  describe('a bundle', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fullcourt-f23-'));
    const service = services().find(({ name }) => name === 'nba-sweep');
    let bundle: Bundle;
    beforeAll(async () => {
      if (service === undefined) throw new Error('There is no sweep');
      bundle = await bundleOfRun(service);
    });
    afterAll(() => removeFolder(folder));

    it('F-23 holds the digest that is its label once, beside the code that answers a probe with it', () => {
      const texts = new Map(
        bundle.files.map(({ name }) => [name, readFileSync(join(bundle.folder, name), 'latin1')]),
      );
      const holding = (words: string): string[] =>
        [...texts].flatMap(([name, text]) => (text.includes(words) ? [name] : []));
      expect(bundle.digest).toMatch(/^[0-9a-f]{40}$/);
      const used = [...holding(bundle.digest), ...holding('answerProbe')];
      expect(used).toHaveLength(2);
      // The function loads both: what hands the digest to its handler, and the handler.
      for (const name of used) expect(texts.get('index.js'), name).toContain(`"./${name}"`);
    });

    it('F-23 is the same when it is built again, and another for another function', async () => {
      const other = services().find(({ name }) => name === 'nba-orchestrate');
      if (service === undefined || other === undefined) throw new Error('There is no such service');
      const [again, another] = [await bundleService(service, folder), await bundleOfRun(other)];
      expect(again.digest).toBe(bundle.digest);
      expect(again.files).toEqual(bundle.files);
      for (const { name } of bundle.files)
        expect(
          readFileSync(join(again.folder, name)).equals(readFileSync(join(bundle.folder, name))),
          name,
        ).toBe(true);
      expect(another.digest).not.toBe(bundle.digest);
    });
  });
});
