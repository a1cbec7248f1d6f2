import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { GCP_POLICY, policyOf } from '../../functions/targets/cloud/tables.ts';
import { readConfig } from '../../shared/config.ts';
import { BUDGETS, DELIVERY, misfits } from '../../shared/derive/budgets.ts';
import { SWEEP_MINUTES } from '../../shared/derive/service-kinds.ts';
import { services } from '../../shared/derive/services.ts';
import { transient } from '../../shared/domain/failure.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { deployment } from '../support/deployment.ts';
import { contentsOf } from '../support/at-rest.ts';
import { runsIn, stateIn } from '../support/look.ts';
import { drain, sweepOnce, worldFrom } from '../support/stepping.ts';
import { DATES } from '../support/toy-league.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';

const DATE = DATES[0] as (typeof DATES)[0];

describe('F-44 every time fits into the one around it', () => {
  it('F-44 a job ends before its lease, the lease before the function, the function before the message comes again', () => {
    expect(misfits(BUDGETS)).toEqual([]);
    expect(2 * BUDGETS.jobSeconds).toBeLessThan(BUDGETS.leaseSeconds);
    expect(BUDGETS.leaseSeconds).toBeLessThan(BUDGETS.functionSeconds);
    expect(BUDGETS.functionSeconds).toBeLessThan(BUDGETS.ackDeadlineSeconds);
  });

  it('F-44 the deployed functions and their code go by these numbers', () => {
    const config = readConfig({ FULLCOURT_TARGET: 'gcp', FULLCOURT_PROJECT: 'hoops-1234' });
    expect(policyOf(config).leaseSeconds).toBe(BUDGETS.leaseSeconds);
    const { functions, subscriptions } = deployment();
    for (const { timeoutSeconds, environment } of functions) {
      expect(timeoutSeconds).toBe(BUDGETS.functionSeconds);
      expect(environment).not.toHaveProperty('FULLCOURT_LEASE_SECONDS');
    }
    for (const { ackDeadlineSeconds } of subscriptions)
      expect(ackDeadlineSeconds).toBe(BUDGETS.ackDeadlineSeconds);
  });

  it('F-44 a message is kept until all its tries are over, and a run is not asked for twice while one may still be at it', () => {
    const [min, max] = DELIVERY.backoffSeconds;
    let waited = 0;
    for (
      let attempt = 1, wait: number = min;
      attempt < DELIVERY.attempts;
      attempt++, wait = Math.min(wait * 2, max)
    )
      waited += wait + BUDGETS.ackDeadlineSeconds;
    expect(waited + BUDGETS.ackDeadlineSeconds).toBeLessThan(DELIVERY.retentionDays * 86_400);
    expect(GCP_POLICY.tellAgainSeconds).toBeGreaterThan(BUDGETS.functionSeconds);
    expect(GCP_POLICY.gateRetrySeconds).toBeLessThan(SWEEP_MINUTES * 60);
  });

  it('F-44 two sweeps are never at it at once, however long one takes', () => {
    const sweep = deployment().functions.find(({ service }) => service.consumer === 'sweep');
    expect([sweep?.concurrency, sweep?.maxInstances]).toEqual([1, 1]);
  });

  it('F-44 F-47 nobody waits for another function: what a function needs of the next one is a message', () => {
    for (const service of services()) {
      const { environment } = deployment().functions.find(({ name }) => name === service.name) ?? {};
      const urls = Object.entries(environment ?? {}).filter(([, value]) => value.startsWith('https://'));
      expect(urls.map(([name]) => name)).toEqual(['FULLCOURT_PUSH_AUDIENCE']);
    }
  });

  it('F-47 the address of a function is written down nowhere: it is made of project, region and name in one place', () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const naming = ['functions', 'shared', 'infra', 'scripts'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(?:ts|mjs)$/.test(file))
        .map((file) => join(folder, file))
        .filter((file) => /run\.app|cloudfunctions\.net/.test(readFileSync(join(root, file), 'utf8'))),
    );
    expect(naming).toEqual([join('infra', 'declared', 'target.ts')]);
  });

  it('F-44 a run that outlives its lease publishes nothing over the one that took its place, and all ends well', async () => {
    const world = await worldFrom(importedWorld());
    await world.request({ dates: [DATE], through: 'phase3', tables: ['team_offense'], maxInFlight: 1 });
    await world.handle('nba-backfill-request');
    let isSlow = true;
    const publish: Warehouse['publish'] = async (job) => {
      if (isSlow) {
        isSlow = false;
        // The job takes longer than the lease: somebody else is handed the run and finishes it first.
        world.advance(world.policy.leaseSeconds + 1);
        await sweepOnce(world);
      }
      return world.warehouse.publish(job);
    };
    await world.handle('nba-phase3-backfill', { warehouse: { ...world.warehouse, publish } });
    await drain(world);
    await world.settle();
    expect(stateIn(world, 'team_offense', DATE)?.status).toBe('success');
    const [run] = runsIn(world, 'team_offense');
    expect(run?.attempt).toBe(2);
    const clean = contentsOf(await cleanWorld(FIRST_SOURCES));
    const mine = Object.entries(contentsOf(world)).filter(([name]) => name.startsWith('team_offense'));
    expect(mine.length).toBeGreaterThan(0);
    for (const [name, content] of mine) expect(content).toEqual(clean[name]);
  });

  it('F-44 a backfill that lost a batch for good ends, and says which dates are missing', async () => {
    const world = await worldFrom(importedWorld());
    const id = await world.request({
      dates: [DATE],
      through: 'phase3',
      tables: ['team_offense'],
      maxInFlight: 1,
    });
    await world.handle('nba-backfill-request');
    const stalled: Warehouse['publish'] = () =>
      Promise.resolve(transient('job_timeout', 'the job took too long'));
    for (let i = 0; i < DELIVERY.attempts + 2; i++) {
      await world.handle('nba-phase3-backfill', { warehouse: { ...world.warehouse, publish: stalled } });
      world.advance(700);
    }
    await drain(world);
    await world.settle();
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({ state: 'done_with_failures' });
    expect(backfill?.finishedAt).not.toBeNull();
    expect(stateIn(world, 'team_offense', DATE)?.status).toBe('failed');
  });
});
