import { expect, it } from 'vitest';
import { FEATURE_VERSIONS, featureVersion, POINTS_V1 } from '../../shared/domain/features.ts';

it('finds a version by its name, and says which there are when it has none of that name', () => {
  for (const version of FEATURE_VERSIONS) expect(featureVersion(version.name)).toBe(version);
  expect(() => featureVersion('points_v0')).toThrow(
    'There is no feature version points_v0. There are: points_v1',
  );
});

it('names each feature of a version once', () => {
  for (const { features } of FEATURE_VERSIONS)
    expect(new Set(features.map(({ name }) => name)).size).toBe(features.length);
  expect(POINTS_V1.features).toHaveLength(20);
});
