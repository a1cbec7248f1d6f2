import { describe, expect, it } from 'vitest';
import { SCHEDULES } from '../../infra/declared/schedules.ts';
import { RETRAINING } from '../../shared/derive/training-job.ts';
import { deployedModel } from '../support/deployed-model.ts';

describe('F-49 what happens by the clock is declared and compared with what is there', () => {
  it('F-49 deploys every declared schedule in the zone of game dates, and no other', async () => {
    const { model } = await deployedModel();
    const jobs = [...model.things].flatMap(([key, job]) => (key.startsWith('schedule ') ? [job] : []));
    const declared = [...SCHEDULES, RETRAINING];
    expect(jobs).toHaveLength(declared.length);
    expect(jobs.map(({ schedule }) => String(schedule)).sort()).toEqual(
      declared.map(({ cron }) => cron).sort(),
    );
    expect(new Set(jobs.map(({ timeZone }) => String(timeZone)))).toEqual(new Set(['America/New_York']));
  });

  it('F-49 finds a schedule that is gone or has another time or zone, and puts it right', async () => {
    const deployed = await deployedModel();
    const [key] = [...deployed.model.things.keys()].filter((each) => each.startsWith('schedule '));
    if (key === undefined) throw new Error('There is no schedule');
    const harms: readonly (() => void)[] = [
      () => void deployed.model.things.delete(key),
      () => deployed.alter(key, (job) => void (job['schedule'] = '0 0 1 1 *')),
      () => deployed.alter(key, (job) => void (job['timeZone'] = 'UTC')),
    ];
    for (const harm of harms) {
      harm();
      expect(await deployed.faults()).not.toEqual([]);
      expect(await deployed.deploy()).toBe(1);
      expect(await deployed.faults()).toEqual([]);
    }
  });
});
