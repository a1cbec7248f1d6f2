/** Documents of models for tests of what keeps them. */
import { gameDate } from '../../shared/domain/game-date.ts';
import type { ModelDocument } from '../../shared/domain/models.ts';

/** A model with this id; its file is not there. */
export function modelNamed(id: string, changed: Partial<ModelDocument> = {}): ModelDocument {
  return {
    id,
    algorithm: 'lad',
    parameters: { 'lad.ridge': 0.0001 },
    seed: 42,
    training: {
      first: gameDate('2021-11-03'),
      last: gameDate('2023-04-09'),
      rows: 41_000,
      dates: 300,
      players: 600,
      rowsHash: 'c0ffee',
    },
    validity: null,
    featureVersion: 'points_v1',
    features: ['e_prod'],
    leftOut: [{ name: 'assisted_rate_last_10', why: 'empty' }],
    fill: { e_prod: 1 },
    codeRevision: 'abc',
    trainedAt: '2024-06-01T12:00:00.000Z',
    metrics: [{ rowsOf: 'test 2023-01-20 to 2023-04-09', rows: 6000, mae: 4.5, interval: [4.4, 4.6] }],
    baselines: { l10: { rowsOf: 'test 2023-01-20 to 2023-04-09', rows: 6000, mae: 4.65, interval: null } },
    checks: [],
    file: { uri: `archive:${id}.json`, sha256: 'f00d', bytes: 1234 },
    ...changed,
  };
}
