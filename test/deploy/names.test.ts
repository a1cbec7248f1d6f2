/** Names within the limits of each service, and two deployments of one project that share none. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PREFIX_PATTERN } from '../../shared/derive/names.ts';
import { deployPlan } from '../../infra/steps/plan.ts';
import type { DeployTarget } from '../../infra/declared/target.ts';
import { deployment, target } from '../support/deployment.ts';

/** Longest prefix that is accepted. */
const LONGEST = 'abcdefghijk_';

describe.each(['', 'staging_', LONGEST])('names with the prefix "%s"', (prefix) => {
  const whole = deployment(target(prefix));

  it('of accounts have 6 to 30 characters', () => {
    for (const { id } of whole.accounts) expect(id).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
    expect(new Set(whole.accounts.map(({ id }) => id)).size).toBe(whole.accounts.length);
  });

  it('of services have 49 characters at most, and their addresses are labels of DNS', () => {
    for (const { name } of whole.functions) {
      expect(name).toMatch(/^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$/);
      expect(`${name}-${whole.target.projectNumber}`.length).toBeLessThanOrEqual(63);
    }
  });

  it('of topics and subscriptions are what Pub/Sub takes', () => {
    for (const name of [...whole.topics, ...whole.subscriptions.map(({ name }) => name)]) {
      expect(name).toMatch(/^[a-z][a-z0-9-]{2,254}$/);
      expect(name).not.toMatch(/^goog/);
    }
  });

  it('of the database, schedules, metrics and labels are what their services take', () => {
    expect(whole.target.database).toMatch(/^(\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$/);
    for (const { name } of whole.schedules) expect(name).toMatch(/^[A-Za-z0-9_-]{1,500}$/);
    for (const { name, filter } of whole.metrics) {
      expect(name).toMatch(/^[a-z][a-z0-9_]{0,99}$/);
      expect(filter.length).toBeLessThan(20_000);
    }
    for (const { labels } of whole.functions)
      for (const [key, value] of Object.entries(labels)) {
        expect(key).toMatch(/^[a-z][a-z0-9_-]{0,62}$/);
        expect(value).toMatch(/^[a-z0-9_-]{0,63}$/);
      }
  });

  it('of filters of alerts stay within 2048 characters', () => {
    const filters = [...JSON.stringify(whole.alerts).matchAll(/"filter":"((?:[^"\\]|\\.)*)"/g)].map(
      ([, text]) => JSON.parse(`"${text}"`) as string,
    );
    expect(filters.length).toBe(whole.alerts.length);
    for (const filter of filters) expect(filter.length, filter).toBeLessThanOrEqual(2048);
  });
});

/** Everything that a deployment makes, by kind and name. */
function made(where: DeployTarget): string[] {
  const whole = deployment(where);
  return [
    ...whole.accounts.map(({ email }) => `account ${email}`),
    ...whole.topics.map((name) => `topic ${name}`),
    ...whole.subscriptions.map(({ name }) => `subscription ${name}`),
    ...whole.functions.map(({ name }) => `function ${name}`),
    ...whole.schedules.map(({ name }) => `schedule ${name}`),
    ...whole.metrics.map(({ name }) => `metric ${name}`),
    ...whole.alerts.map(({ policy }) => `alert ${policy.displayName}`),
    `dashboard ${whole.dashboard.displayName}`,
    `database ${whole.target.database}`,
    `bucket ${whole.target.bucket}`,
    ...whole.tables.map(({ dataset, name }) => `table ${whole.names.dataset(dataset)}.${name}`),
    ...whole.datasets.map((dataset) => `dataset ${whole.names.dataset(dataset)}`),
    `dataset ${whole.names.dataset(whole.stagingDataset)}`,
  ];
}

describe('a copy beside production', () => {
  it('shares no name with it', () => {
    const production = new Set(made(target()));
    expect(made(target('staging_')).filter((name) => production.has(name))).toEqual([]);
    expect(production.size).toBe(made(target()).length);
  });

  it('shares no name with any other copy', () => {
    const prefix = fc.stringMatching(/^[a-z][a-z0-9]{0,10}_$/).filter((text) => PREFIX_PATTERN.test(text));
    fc.assert(
      fc.property(fc.uniqueArray(prefix, { minLength: 2, maxLength: 2 }), ([one = '', other = '']) => {
        const first = new Set(made(target(one)));
        expect(made(target(other)).filter((name) => first.has(name))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('names nothing of production in its command lines and files', () => {
    const { stages, files } = deployPlan(deployment(target('staging_')), 'x');
    const lines = stages.flatMap(({ steps }) =>
      steps.flatMap(({ commands }) => commands.map(({ argv }) => argv)),
    );
    const production = new Set(made(target()).map((name) => name.split(' ').at(-1) ?? ''));
    for (const argv of lines) {
      // The entry point and its bundle have the same name in every deployment; labels are no names.
      const words = argv.filter((word) => !/^--(source|function|env-vars-file|labels)=/.test(word));
      const values = words.flatMap((word) => word.split(/[=,]/));
      expect(
        values.filter((value) => production.has(value)),
        argv.join(' '),
      ).toEqual([]);
    }
    for (const [name, text] of files) {
      if (!name.endsWith('.sql')) continue;
      expect(text, name).not.toMatch(/`nba_[a-z]+`\.|SCHEMA (?:IF NOT EXISTS )?`nba_/);
    }
  });
});
