/** What the bundles of deployed functions are made of: what predicts is in them, what trains and judges models is not. */
import { describe, expect, it } from 'vitest';
import { contentsOf, refuseForeign, TRAINERS } from '../../infra/bundle/bundle.ts';
import { services, type Service } from '../../shared/derive/services.ts';
import { drawnOf } from '../support/draw.ts';
import { byProof } from '../support/proof.ts';
import { bundleOfRun } from '../support/run-bundles.ts';

function serviceOf(name: string): Service {
  const found = services().find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no service ${name}`);
  return found;
}

const PREDICTS = 'nba-phase5-run';
const others = services().filter(({ name }) => name !== PREDICTS);
const some = [
  serviceOf(PREDICTS),
  ...drawnOf(others, byProof({ small: 1, ci: 2, all: others.length }), 'bundles without trainers'),
];

describe('bundles', () => {
  it.each(some.map((service) => [service.name, service] as const))(
    'of %s holds no trainer of models',
    async (_name, service) => {
      const { modules } = await bundleOfRun(service);
      expect(modules.length).toBeGreaterThan(20);
      expect(modules.filter((path) => TRAINERS.some((part) => path.includes(part)))).toEqual([]);
    },
  );

  it('of the functions of phase 5 hold what predicts', async () => {
    const { modules } = await bundleOfRun(serviceOf(PREDICTS));
    expect(modules).toEqual(
      expect.arrayContaining([
        'functions/processors/player_prop_predictions/compute.ts',
        ...['shared/learn/model.ts', 'shared/learn/trees/model.ts', 'shared/modeling/points-model.ts'],
      ]),
    );
  });

  it.each([
    'shared/learn/train/lad.ts',
    ...['shared/modeling/fit.ts', 'shared/modeling/train.ts', 'shared/modeling/predecessor.ts'],
    ...['train-model', 'evaluate-model', 'predecessor', 'retrain'].map(
      (name) => `functions/control/${name}.ts`,
    ),
  ])('is not written when it would hold %s', (path) => {
    const predicts = ['shared/learn/model.ts', 'shared/modeling/points-model.ts'];
    expect(() => refuseForeign(contentsOf(serviceOf(PREDICTS)), predicts)).not.toThrow();
    expect(() => refuseForeign(contentsOf(serviceOf(PREDICTS)), [...predicts, path])).toThrow(
      `${PREDICTS} is not to carry ${path}`,
    );
  });
});
